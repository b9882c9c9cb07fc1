/**
 * So many calls a second per shortcode, counted in Redis for all workers together. A worker leases
 * a few at a time for those that wait. Without Redis it counts for itself at half the rate. Money
 * waits for its turn and is told to come back later when the wait is too long; it never overtakes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { TenantId } from '../../domain/ids.ts';
import { tenantKey } from '../../domain/redis-keys.ts';

export type Turn = { ok: true } | { ok: false; retryAfterMs: number };

export interface CallLimiter {
  /** Resolves when the call may be made, or after `maxWaitMs` with when to ask again. */
  take(shortcode: { tenantId: TenantId; shortcodeId: string }, maxWaitMs: number): Promise<Turn>;
}

interface Grant {
  granted: number;
  waitMs: number;
}

/** Grants up to `want` calls of a bucket that fills by `rate` a second and holds `burst`. */
const script = `
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
local interval = 1000 / tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), nowMs)
local free = math.floor((burst * interval - (due - nowMs)) / interval + 0.0001)
if free < 1 then return {0, math.ceil(due - nowMs - (burst - 1) * interval)} end
local granted = math.min(free, tonumber(ARGV[3]))
redis.call('SET', KEYS[1], due + granted * interval, 'PX', math.ceil(burst * interval) + 1000)
return {granted, 0}
`;

/** Leased turns nobody took are given up after this time. */
const leaseMs = 250;
const waitMsMin = 5;

interface Line {
  key: string;
  leased: number;
  leasedAtMs: number;
  waiting: number;
  /** One lease is asked for at a time. */
  asking: Promise<Grant> | undefined;
  localDueMs: number;
}

interface Bucket {
  redis: Redis;
  rate: number;
  burst: number;
  nowMs: () => number;
}

export function openCallLimiter(options: {
  redis: Redis;
  callsPerSecond: number;
  nowMs?: () => number;
}): CallLimiter {
  const { redis, callsPerSecond: rate, nowMs = () => performance.now() } = options;
  const bucket = { redis, rate, burst: Math.max(1, Math.ceil(rate / 2)), nowMs };
  const lines = new Map<string, Line>();
  return {
    async take({ tenantId, shortcodeId }, maxWaitMs) {
      const key = tenantKey(tenantId, 'daraja', 'calls', shortcodeId);
      const line = lines.get(key) ?? {
        ...{ key, leased: 0, leasedAtMs: 0, waiting: 0, asking: undefined, localDueMs: 0 },
      };
      lines.set(key, line);
      line.waiting += 1;
      try {
        return await takeTurn(bucket, line, nowMs() + maxWaitMs);
      } finally {
        line.waiting -= 1;
        if (line.waiting === 0 && lines.size > 5_000) lines.delete(key);
      }
    },
  };
}

async function takeTurn(bucket: Bucket, line: Line, deadline: number): Promise<Turn> {
  const { nowMs } = bucket;
  for (;;) {
    if (line.leased > 0 && nowMs() - line.leasedAtMs <= leaseMs) {
      line.leased -= 1;
      return { ok: true };
    }
    line.leased = 0;
    line.asking ??= lease(bucket, line).finally(() => (line.asking = undefined));
    const grant = await line.asking;
    if (grant.granted > 0) {
      line.leased = grant.granted;
      line.leasedAtMs = nowMs();
      // The others that waited for the same lease must not add it again.
      grant.granted = 0;
    }
    if (line.leased > 0) continue;
    const waitMs = Math.max(waitMsMin, grant.waitMs);
    if (nowMs() + waitMs > deadline) return { ok: false, retryAfterMs: Math.ceil(waitMs) };
    await delay(waitMs);
  }
}

async function lease(bucket: Bucket, line: Line): Promise<Grant> {
  const { redis, rate, burst } = bucket;
  const want = Math.max(1, Math.min(line.waiting, Math.ceil(rate / 4)));
  try {
    const answer = (await redis.eval(script, 1, line.key, rate, burst, want)) as [number, number];
    return { granted: answer[0], waitMs: answer[1] };
  } catch {
    return leaseLocally(bucket, line);
  }
}

function leaseLocally({ rate, nowMs }: Bucket, line: Line): Grant {
  const now = nowMs();
  const due = Math.max(line.localDueMs, now);
  if (due > now) return { granted: 0, waitMs: due - now };
  line.localDueMs = due + 2_000 / rate;
  return { granted: 1, waitMs: 0 };
}

/** For tests and tools that call alone. */
export const noLimit: CallLimiter = { take: async () => ({ ok: true }) };
