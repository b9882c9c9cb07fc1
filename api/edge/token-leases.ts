/**
 * Request tokens leased from Redis: all processes share one bucket per key, yet most requests cost
 * no round trip. Without Redis each process limits by itself, so that an outage neither opens the
 * gates nor closes them.
 */
import type { Redis } from 'ioredis';
import { leaseSize, type Quota } from '../../domain/edge/quota.ts';

export interface Grant {
  isGranted: boolean;
  /** Requests left in the bucket, as far as this process knows. */
  remaining: number;
  /** Whole seconds after which asking again makes sense; 0 when granted. */
  retryAfterSeconds: number;
}

/** What this process holds of one bucket. */
export interface Lease {
  /** Takes one token: at once while leased ones are left, else after a trip; never throws. */
  take(): Grant | Promise<Grant>;
}

export interface TokenLeases {
  /** The bucket `key`; whoever keeps the lease saves looking it up. */
  of(key: string, quota: Quota): Lease;
}

interface Held {
  tokens: number;
  remaining: number;
  /** Leased tokens go stale, or an idle process would keep them from the others. */
  untilMs: number;
  /** Redis said no until then. */
  closedUntilMs: number;
  leasing: Promise<void> | undefined;
  /** The bucket of this process alone, used while Redis is away. */
  own: { tokens: number; atMs: number };
}

const leaseMs = 1_000;
const keysMax = 50_000;
const redisRestMs = 1_000;

/** One bucket per key, kept by the clock of Redis. Answers tokens granted, left, and milliseconds to wait. */
const leaseScript = `
local now = redis.call('TIME')
local at = now[1] * 1000 + math.floor(now[2] / 1000)
local rate, burst, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(state[1]) or burst
local since = tonumber(state[2]) or at
tokens = math.min(burst, tokens + math.max(0, at - since) * rate / 1000)
local granted = math.min(want, math.floor(tokens))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', at)
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
local wait = 0
if granted == 0 then wait = math.ceil((1 - tokens) * 1000 / rate) end
return {granted, math.floor(tokens), wait}`;

/** Opens the leases of this process over a Redis that may come and go. */
export function openTokenLeases(redis: Redis, nowMs: () => number): TokenLeases {
  const buckets = new Map<string, Held>();
  let redisRestsUntilMs = 0;

  async function lease(key: string, quota: Quota, held: Held): Promise<void> {
    const args = [quota.perSecond, quota.burst, leaseSize(quota)].map(String);
    try {
      const [granted, left, waitMs] = numbers(await redis.eval(leaseScript, 1, key, ...args));
      const now = nowMs();
      held.tokens += granted;
      held.remaining = left + held.tokens;
      held.untilMs = now + leaseMs;
      if (granted === 0) held.closedUntilMs = now + waitMs;
    } catch {
      redisRestsUntilMs = nowMs() + redisRestMs;
    }
  }

  /** A grant or a refusal; undefined when Redis has to be asked first. */
  function settle(held: Held, quota: Quota): Grant | undefined {
    const now = nowMs();
    if (held.tokens > 0 && now < held.untilMs) return spend(held);
    held.tokens = 0;
    if (now < held.closedUntilMs) return refused(held.closedUntilMs - now);
    return now < redisRestsUntilMs ? spendOwn(held.own, quota, now) : undefined;
  }

  async function settleLater(key: string, quota: Quota, held: Held): Promise<Grant> {
    for (;;) {
      held.leasing ??= lease(key, quota, held).finally(() => (held.leasing = undefined));
      await held.leasing;
      const grant = settle(held, quota);
      if (grant !== undefined) return grant;
    }
  }

  return {
    of: (key, quota) => {
      const held = heldOf(buckets, key, quota, nowMs());
      return { take: () => settle(held, quota) ?? settleLater(key, quota, held) };
    },
  };
}

function heldOf(buckets: Map<string, Held>, key: string, quota: Quota, now: number): Held {
  const known = buckets.get(key);
  if (known !== undefined) return known;
  const oldest = buckets.keys().next();
  if (buckets.size >= keysMax && oldest.done !== true) buckets.delete(oldest.value);
  const own = { tokens: quota.burst, atMs: now };
  const held: Held = {
    ...{ tokens: 0, remaining: quota.burst, untilMs: 0, closedUntilMs: 0 },
    ...{ leasing: undefined, own },
  };
  buckets.set(key, held);
  return held;
}

function spend(held: Held): Grant {
  held.tokens -= 1;
  held.remaining = Math.max(0, held.remaining - 1);
  return { isGranted: true, remaining: held.remaining, retryAfterSeconds: 0 };
}

function spendOwn(own: Held['own'], quota: Quota, now: number): Grant {
  const gained = (Math.max(0, now - own.atMs) * quota.perSecond) / 1000;
  own.tokens = Math.min(quota.burst, own.tokens + gained);
  own.atMs = now;
  if (own.tokens < 1) return refused(((1 - own.tokens) * 1000) / quota.perSecond);
  own.tokens -= 1;
  return { isGranted: true, remaining: Math.floor(own.tokens), retryAfterSeconds: 0 };
}

function refused(waitMs: number): Grant {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return { isGranted: false, remaining: 0, retryAfterSeconds };
}

function numbers(reply: unknown): [number, number, number] {
  if (!Array.isArray(reply)) throw new Error('Redis gave no lease');
  const [granted, left, wait] = reply.map(Number);
  return [granted ?? 0, left ?? 0, wait ?? 0];
}
