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

/** Asks again and again until `untilMs`; answers how often it was let through. */
async function press(leases: TokenLeases, key: string, untilMs: number): Promise<number> {
  let granted = 0;
  while (Date.now() < untilMs) {
    const grant = await leases.of(key, quota).take();
    if (grant.isGranted) granted += 1;
    await turn();
  }
  return granted;
}

const quota = { perSecond: 400, burst: 1_200 };

test('three processes together let through what one bucket holds, within two hundredths', async () => {
  const key = `test:${randomUUID()}`;
  const processes = [aProcess(), aProcess(), aProcess()];
  const startedMs = Date.now();

  const counts = await Promise.all(
    processes.map((leases) => press(leases, key, startedMs + 2_000)),
  );

  const seconds = (Date.now() - startedMs) / 1000;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const allowed = quota.burst + quota.perSecond * seconds;
  expect(total).toBeLessThanOrEqual(allowed);
  expect(total).toBeGreaterThanOrEqual(allowed * 0.98 - 3);
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
