import type { CagedProcess } from '../../../activities/parser/caged-process.ts';
import { readerLimits } from '../../../activities/parser/frames.ts';
import { startWatchdog, type Watchdog } from '../../../activities/parser/watchdog.ts';

const limits = { ...readerLimits, smallFileMs: 1_000, largeFileMs: 5_000 };
const maxBytes = 1_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

interface Scene {
  watchdog: Watchdog;
  feeding: { bytes: number; isStarved: boolean; fault: unknown; stop: () => void };
  memory: { bytes: number };
  isKilled: () => boolean;
}

function watched(): Scene {
  let kills = 0;
  const memory = { bytes: 0 };
  const feeding = { bytes: 0, isStarved: false, fault: undefined, stop: () => {} };
  const cage: Pick<CagedProcess, 'kill' | 'residentBytes'> = {
    kill: () => (kills += 1),
    residentBytes: () => memory.bytes,
  };
  const watchdog = startWatchdog(cage, { feeding, limits, maxBytes });
  return { watchdog, feeding, memory, isKilled: () => kills > 0 };
}

test('a small file has the short time, one of the largest size the long one', () => {
  const small = watched();
  jest.advanceTimersByTime(1_100);
  expect(small.watchdog.reason).toBe('time');
  expect(small.isKilled()).toBe(true);
  const large = watched();
  large.feeding.bytes = maxBytes;
  jest.advanceTimersByTime(4_900);
  expect(large.isKilled()).toBe(false);
  jest.advanceTimersByTime(200);
  expect(large.watchdog.reason).toBe('time');
});

test('the clock stands still while the consumer works on a frame', () => {
  const { watchdog, isKilled } = watched();
  watchdog.pause();
  jest.advanceTimersByTime(60_000);
  watchdog.resume();
  jest.advanceTimersByTime(900);
  expect(isKilled()).toBe(false);
  jest.advanceTimersByTime(200);
  expect(isKilled()).toBe(true);
});

test('the clock stands still while the source has nothing to give', () => {
  const { feeding, isKilled } = watched();
  feeding.isStarved = true;
  jest.advanceTimersByTime(60_000);
  feeding.isStarved = false;
  jest.advanceTimersByTime(900);
  expect(isKilled()).toBe(false);
});

test('memory is watched even while the clock stands still', () => {
  const { watchdog, memory, isKilled } = watched();
  watchdog.pause();
  memory.bytes = limits.maxResidentBytes + 1;
  jest.advanceTimersByTime(50);
  expect(watchdog.reason).toBe('memory');
  expect(isKilled()).toBe(true);
});

test('a byte too many ends the reading', () => {
  const { watchdog, feeding } = watched();
  feeding.bytes = maxBytes;
  jest.advanceTimersByTime(50);
  expect(watchdog.reason).toBeUndefined();
  feeding.bytes = maxBytes + 1;
  jest.advanceTimersByTime(50);
  expect(watchdog.reason).toBe('size');
});
