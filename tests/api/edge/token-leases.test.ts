/** The shared bucket on a real Redis, and what holds without one. */
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openTokenLeases, type TokenLeases } from '../../../api/edge/token-leases.ts';
import { serviceVariable } from '../../support/services.ts';

const connections: Redis[] = [];
afterAll(() => connections.forEach((redis) => redis.disconnect()));

function aProcess(): TokenLeases {
  const redis = new Redis(serviceVariable('REDIS_URL'), { maxRetriesPerRequest: 1 });
  connections.push(redis);
  return openTokenLeases(redis, Date.now);
}

interface Pressed {
  granted: number;
  firstMs: number;
  refusedMs: number;
}

/** Asks again and again, after `untilMs` only until it is refused: then the bucket is empty. */
async function press(leases: TokenLeases, key: string, untilMs: number): Promise<Pressed> {
  const pressed = { granted: 0, firstMs: Number.NaN, refusedMs: Number.NaN };
  for (;;) {
    const { isGranted } = await leases.of(key, quota).take();
    const nowMs = Date.now();
    if (pressed.granted === 0) pressed.firstMs = nowMs;
    if (isGranted) pressed.granted += 1;
    else if (nowMs >= untilMs) return { ...pressed, refusedMs: nowMs };
    await turn();
  }
}

const quota = { perSecond: 400, burst: 1_200 };

test('three processes together let through what one bucket holds, within two hundredths', async () => {
  const key = `test:${randomUUID()}`;
  const processes = [aProcess(), aProcess(), aProcess()];
  const startedMs = Date.now();

  const pressed = await Promise.all(
    processes.map((leases) => press(leases, key, startedMs + 2_000)),
  );

  const total = pressed.reduce((sum, { granted }) => sum + granted, 0);
  const earnedIn = (ms: number) => quota.burst + (quota.perSecond * ms) / 1000;
  expect(total).toBeLessThanOrEqual(earnedIn(Date.now() - startedMs));
  const firstMs = Math.min(...pressed.map((each) => each.firstMs));
  const emptyMs = Math.max(...pressed.map((each) => each.refusedMs));
  expect(total).toBeGreaterThanOrEqual(earnedIn(emptyMs - firstMs) * 0.98 - 3);
});

test('a refusal says when to come back, and coming back then works', async () => {
  const leases = aProcess();
  const key = `test:${randomUUID()}`;
  const small = { perSecond: 2, burst: 1 };

  expect(await leases.of(key, small).take()).toMatchObject({ isGranted: true });
  const refused = await leases.of(key, small).take();

  expect(refused).toEqual({ isGranted: false, remaining: 0, retryAfterSeconds: 1 });
  const limitMs = Date.now() + 5_000;
  let again = refused;
  while (!again.isGranted && Date.now() < limitMs) again = await leases.of(key, small).take();
  expect(again.isGranted).toBe(true);
});

test('a hundred requests at once cost few leases and get what is there', async () => {
  const leases = aProcess();
  const key = `test:${randomUUID()}`;
  const tight = { perSecond: 1, burst: 60 };

  const grants = await Promise.all(Array.from({ length: 100 }, () => leases.of(key, tight).take()));

  const granted = grants.filter(({ isGranted }) => isGranted).length;
  expect(granted).toBeGreaterThanOrEqual(60);
  expect(granted).toBeLessThanOrEqual(62);
});

test('without Redis the process limits by itself, and notices when Redis is back', async () => {
  let isDown = true;
  let nowMs = 1_000_000;
  const real = new Redis(serviceVariable('REDIS_URL'), { maxRetriesPerRequest: 1 });
  connections.push(real);
  const eval_ = (...args: Parameters<Redis['eval']>) =>
    isDown ? Promise.reject(new Error('Connection is closed.')) : real.eval(...args);
  const leases = openTokenLeases(Object.assign(Object.create(real), { eval: eval_ }), () => nowMs);
  const key = `test:${randomUUID()}`;
  const tight = { perSecond: 10, burst: 5 };
  const take = async (count: number) => {
    const grants = [];
    for (let i = 0; i < count; i += 1) grants.push(await leases.of(key, tight).take());
    return grants.filter(({ isGranted }) => isGranted).length;
  };

  expect(await take(20)).toBe(5);
  nowMs += 300;
  expect(await take(20)).toBe(3);

  isDown = false;
  nowMs += 2_000;
  expect(await take(20)).toBe(5);
});
