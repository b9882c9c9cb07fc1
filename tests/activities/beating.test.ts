/** Activities beat by the clock: a worker that died is noticed, a busy one is not taken for dead. */
import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { tellWithBeats, whileBeating, type Tell } from '../../activities/beating.ts';
import { activityInterceptor } from '../../workers/activity-interceptor.ts';
import { silentTelemetry } from '../support/bus.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** What Temporal hears of an activity while it is under way. */
function listen(info: { heartbeatDetails?: unknown } = {}) {
  const environment = new MockActivityEnvironment(info);
  const heard: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => heard.push(details));
  return { environment, heard };
}

/** Work that lasts until it is ended. */
function longWork() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let tell: Tell = () => {};
  const work = (told: Tell) => {
    tell = told;
    return promise;
  };
  return { work, tell: (details: unknown) => tell(details), end: resolve, fail: reject };
}

test('one long part of the work is heard of every two seconds, and nothing after its end', async () => {
  const { environment, heard } = listen();
  const { work, end } = longWork();
  const done = environment.run(() => whileBeating(work));
  await jest.advanceTimersByTimeAsync(10_000);
  expect(heard).toHaveLength(6);

  end('done');

  expect(await done).toBe('done');
  await jest.advanceTimersByTimeAsync(10_000);
  expect(heard).toHaveLength(6);
  expect(jest.getTimerCount()).toBe(0);
});

test('what was told last is told again, and first what an earlier attempt told', async () => {
  const { environment, heard } = listen({ heartbeatDetails: { nextOrdinal: 500 } });
  const { work, tell, end } = longWork();
  const done = environment.run(() => whileBeating(work));
  await jest.advanceTimersByTimeAsync(2_000);
  tell({ nextOrdinal: 1_000 });
  await jest.advanceTimersByTimeAsync(2_000);
  end('done');
  await done;
  expect(heard).toEqual([
    { nextOrdinal: 500 },
    { nextOrdinal: 500 },
    { nextOrdinal: 1_000 },
    { nextOrdinal: 1_000 },
  ]);
});

test('work that fails is heard of no more', async () => {
  const { environment } = listen();
  const { work, fail } = longWork();
  const done = environment.run(() => whileBeating(work));
  fail(new Error('no'));
  await expect(done).rejects.toThrow('no');
  expect(jest.getTimerCount()).toBe(0);
});

test('an activity beats once, whoever asks for it, and tells what its inner part says', async () => {
  const { environment, heard } = listen();
  const { work, tell, end } = longWork();
  const done = environment.run(() => whileBeating(() => whileBeating(work)));
  await jest.advanceTimersByTimeAsync(0);
  tell({ nextOrdinal: 7 });
  await jest.advanceTimersByTimeAsync(2_000);
  end('done');
  await done;
  expect(heard).toEqual([undefined, { nextOrdinal: 7 }, { nextOrdinal: 7 }]);
  expect(jest.getTimerCount()).toBe(0);
});

test.each([
  [{ heartbeatTimeoutMs: 8_000 }, 2],
  [{}, 0],
])('in a worker an activity beats by itself when its silence counts: %j', async (info, count) => {
  const environment = new MockActivityEnvironment(info);
  const heard: unknown[] = [];
  environment.on('heartbeat', () => heard.push('beat'));
  const { work, end } = longWork();
  const done = environment.run(async () => {
    const around = activityInterceptor(silentTelemetry())(Context.current()).inbound;
    return around?.execute?.({ args: [], headers: {} }, () => work(() => {}));
  });
  await jest.advanceTimersByTimeAsync(2_000);
  end('done');
  expect([await done, heard.length]).toEqual(['done', count]);
});

test('what is told goes with the beats, or alone where there are none', async () => {
  const { environment, heard } = listen();
  await environment.run(async () => {
    tellWithBeats(Context.current(), 'alone');
    await whileBeating(async () => tellWithBeats(Context.current(), 'with'));
  });
  expect(heard).toEqual(['alone', undefined, 'with']);
});
