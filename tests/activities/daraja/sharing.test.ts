import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openDaraja } from '../../../activities/daraja/client.ts';
import { noLimit, openCallLimiter } from '../../../activities/daraja/limiter.ts';
import { openTokenStore } from '../../../activities/daraja/token-store.ts';
import { openHouseBox } from '../../../db/seal.ts';
import { id } from '../../../domain/ids.ts';
import { someCredentials } from '../../support/daraja-credentials.ts';
import { openOddServer } from '../../support/odd-server.ts';
import { serviceVariable } from '../../support/services.ts';

const kek = Buffer.alloc(32, 7);
let redis: Redis;
let noRedis: Redis;

beforeAll(() => {
  redis = new Redis(serviceVariable('REDIS_URL'), { maxRetriesPerRequest: 1 });
  noRedis = new Redis('redis://127.0.0.1:1', {
    ...{ maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => null },
  });
  noRedis.on('error', () => {});
});
afterAll(() => {
  redis.disconnect();
  noRedis.disconnect();
});

describe('tokens of several workers', () => {
  const worker = (baseUrl: string, from: Redis) =>
    openDaraja({
      ...{ baseUrl, certificatePem: 'none', limiter: noLimit, nowMs: Date.now },
      tokens: openTokenStore(from, openHouseBox(kek, 'daraja tokens')),
    });

  test('are fetched once for all of them and lie sealed in Redis', async () => {
    const server = await openOddServer();
    const cred = someCredentials();
    const workers = Array.from({ length: 4 }, () => worker(server.url, redis));
    const outcomes = await Promise.all(workers.map((daraja) => daraja.signIn(cred)));
    const keys = await redis.keys(`t:${cred.tenantId}:daraja:token:*`);
    const stored = await redis.getBuffer(keys.find((key) => !key.endsWith(':fetching')) ?? '');

    expect(server.requests).toHaveLength(1);
    expect(outcomes).toEqual(outcomes.map(() => ({ ok: true, token: 'token-1' })));
    expect(stored?.includes('token-1')).toBe(false);
    expect(keys.join()).not.toContain(cred.consumerKey);
    await Promise.all(workers.map((daraja) => daraja.close()));
    await server.close();
  });

  test('are fetched by each while Redis is away', async () => {
    const server = await openOddServer();
    const workers = [worker(server.url, noRedis), worker(server.url, noRedis)];
    const cred = someCredentials();
    for (const daraja of workers) expect((await daraja.signIn(cred)).ok).toBe(true);

    expect(server.requests).toHaveLength(2);
    await Promise.all(workers.map((daraja) => daraja.close()));
    await server.close();
  });
});

describe('turns', () => {
  const someone = () => ({ tenantId: id('tenant', randomUUID()), shortcodeId: randomUUID() });

  test('all workers together make no more calls than allowed', async () => {
    const shortcode = someone();
    const rate = 40;
    const workers = Array.from({ length: 3 }, () =>
      openCallLimiter({ redis, callsPerSecond: rate }),
    );
    const startedMs = performance.now();
    const takenAtMs: number[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const turn = await workers[n % 3]?.take(shortcode, 20_000);
        if (turn?.ok === true) takenAtMs.push(performance.now() - startedMs);
      }),
    );
    const lastMs = Math.max(...takenAtMs);

    expect(takenAtMs).toHaveLength(60);
    // Half a second's worth may go at once; the rest comes at the rate.
    expect(lastMs).toBeGreaterThanOrEqual(((60 - rate / 2) / rate) * 1000 - 60);
  });

  test('a wait that would be too long is refused with when to come back', async () => {
    const limiter = openCallLimiter({ redis, callsPerSecond: 1 });
    const shortcode = someone();
    expect(await limiter.take(shortcode, 0)).toEqual({ ok: true });
    const second = await limiter.take(shortcode, 0);

    expect(second).toMatchObject({ ok: false });
    expect(second.ok ? 0 : second.retryAfterMs).toBeGreaterThan(100);
  });

  test('one shortcode does not wait for another', async () => {
    const limiter = openCallLimiter({ redis, callsPerSecond: 1 });
    for (let n = 0; n < 5; n += 1) expect(await limiter.take(someone(), 0)).toEqual({ ok: true });
  });

  test('without Redis a worker goes on at half the rate', async () => {
    let nowMs = 0;
    const limiter = openCallLimiter({ redis: noRedis, callsPerSecond: 10, nowMs: () => nowMs });
    const shortcode = someone();
    let taken = 0;
    for (; nowMs < 2_000; nowMs += 50) {
      if ((await limiter.take(shortcode, 0)).ok) taken += 1;
    }

    expect(taken).toBe(10);
  });
});
