import { instantFromEpochMs, businessDate } from '../../domain/time.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDate,
  formatElapsed,
  formatInstant,
  formatPeriod,
  formatShort,
} from '../../web/src/format.ts';

describe('dates', () => {
  test('an instant is shown on the clock of Nairobi, whatever the device says', () => {
    const lateInLondon = instantFromEpochMs(Date.parse('2026-11-20T22:30:00Z'));

    expect(formatInstant(lateInLondon)).toBe('21 Nov 2026, 01:30');
  });

  test('months are named in the chosen language', () => {
    expect(formatDate(businessDate('2026-03-05'), 'sw')).toBe('5 Mac 2026');
    expect(formatDate(businessDate('2026-12-31'), 'sw')).toBe('31 Des 2026');
  });

  test.each([
    ['2026-11-01', '2026-11-21', '1–21 Nov 2026'],
    ['2026-10-01', '2026-11-21', '1 Oct – 21 Nov 2026'],
    ['2025-12-30', '2026-01-02', '30 Dec 2025 – 2 Jan 2026'],
    ['2026-11-21', '2026-11-21', '21 Nov 2026'],
  ])('the period %s to %s reads %s', (from, to, text) => {
    expect(formatPeriod(businessDate(from), businessDate(to))).toBe(text);
  });
});

describe('figures', () => {
  test('a change is a rounded percentage with its sign, and none when there was nothing before', () => {
    expect(formatChange(825, 10_000)).toBe('+8.3 %');
    expect(formatChange(-5_000, -10_000)).toBe('−50.0 %');
    expect(formatChange(0, 10_000)).toBe('0.0 %');
    expect(formatChange(500, 0)).toBeUndefined();
  });

  test.each([
    [95_000, '950'],
    [1_250_000, '12.5k'],
    [10_000_000, '100k'],
    [123_456_700, '1.2M'],
    [-300_000, '−3k'],
    [0, '0'],
  ])('%d cents fit an axis as %s', (amount, text) => {
    expect(formatShort(amount)).toBe(text);
  });

  test('counts, sizes and waits use the unit people expect', () => {
    expect(formatCount(1204)).toBe('1,204');
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(34_200)).toBe('34.2 kB');
    expect(formatBytes(1_840_000)).toBe('1.8 MB');
    expect(formatElapsed(0, 400)).toBe('0.4 s');
    expect(formatElapsed(0, 61_000)).toBe('61 s');
    expect(formatElapsed(0, 600_000)).toBe('10 min');
    expect(formatElapsed(500, 0)).toBe('0.0 s');
  });
});
