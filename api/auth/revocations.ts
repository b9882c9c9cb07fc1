/**
 * Hears what was taken away: at once through Redis, and at the latest half a second later from the
 * database, which is where every revocation is written first. Redis may be gone; nothing is lost.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Database } from '../../db/database.ts';
import type { RevocationKind } from '../../db/identity-tables.ts';
import { recentRevocations } from '../../db/sessions.ts';
import { houseKey } from '../../domain/redis-keys.ts';

const channel = houseKey('revocations');
const pollMs = 500;
/** Longer than any transaction may take to commit what it wrote first. */
const lookBackSeconds = 30;
const rememberedMax = 20_000;

export interface Revocations {
  /** Tells every process, this one first, to look at the database again before it trusts anybody. */
  announce(): void;
  /**
   * Calls back whenever something was taken away; returns how to stop. `about` leaves only news of
   * that kind, and the moments after which some may have been missed.
   */
  listen(forget: () => void, about?: RevocationKind): () => void;
  close(): void;
}

export function openRevocations(world: { db: Database; redis: Redis }): Revocations {
  const listeners = new Map<() => void, RevocationKind | undefined>();
  const seen = new Set<number>();
  const tell = (kinds: ReadonlySet<RevocationKind> | 'any') => {
    for (const [forget, about] of listeners) {
      if (about === undefined || kinds === 'any' || kinds.has(about)) forget();
    }
  };
  let isBehind = false;
  const poll = async () => {
    const wasBehind = isBehind;
    isBehind = true;
    const recent = await world.db.onPlatform((p) => recentRevocations(p, lookBackSeconds));
    isBehind = false;
    const fresh = recent.filter(({ seq }) => !seen.has(seq));
    if (seen.size > rememberedMax) seen.clear();
    for (const { seq } of recent) seen.add(seq);
    if (wasBehind) tell('any');
    else if (fresh.length > 0) tell(new Set(fresh.map(({ kind }) => kind)));
  };
  const timer = repeat(poll);
  const subscriber = subscribe(world.redis, tell);
  return {
    announce: () => {
      tell(new Set());
      world.redis.publish(channel, '1').catch(() => {});
    },
    listen: (forget, about) => {
      listeners.set(forget, about);
      return () => listeners.delete(forget);
    },
    close: () => {
      timer.stop();
      subscriber.disconnect();
    },
  };
}

/** Runs one poll after the other; one that fails is tried again like any other. */
function repeat(work: () => Promise<void>): { stop(): void } {
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      await delay(pollMs, undefined, { ref: false, signal: stopping.signal });
      await work().catch(() => {});
    }
  };
  run().catch(() => {});
  return { stop: () => stopping.abort() };
}

function subscribe(
  redis: Redis,
  tell: (kinds: ReadonlySet<RevocationKind> | 'any') => void,
): Redis {
  const connection = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
  connection.on('error', () => {});
  connection.on('message', () => tell(new Set()));
  // What was said while the connection was away is found by looking again.
  connection.on('ready', () => tell('any'));
  connection.subscribe(channel).catch(() => {});
  return connection;
}
