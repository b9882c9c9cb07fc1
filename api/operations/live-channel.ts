/**
 * Tells when something happened that somebody follows live. Redis only nudges: what happened is always read
 * from the database, so a lost message costs a second and never an event.
 */
import type { Redis } from 'ioredis';

export interface LiveChannel {
  /**
   * Calls `nudge` on news of a channel, and by the clock: every second, and every 15 s while Redis
   * works, unless told otherwise. Returns how to stop.
   */
  listen(channel: string, nudge: () => void, clock?: Clock): () => void;
  close(): void;
}

/** How long nothing is heard, with Redis and without it, before it is looked anyway. */
export interface Clock {
  withRedisMs: number;
  withoutRedisMs: number;
}

const quickClock: Clock = { withRedisMs: 15_000, withoutRedisMs: 1_000 };

/** One subscribing connection for the process, opened with the first listener. */
export function openLiveChannel(redis: Redis): LiveChannel {
  const listeners = new Map<string, Set<() => void>>();
  let subscriber: Redis | undefined;
  const connect = () => {
    const connection = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
    // An unreachable Redis is expected here: listeners then go by the clock.
    connection.on('error', () => {});
    connection.on('message', (channel: string) => {
      for (const nudge of listeners.get(channel) ?? []) nudge();
    });
    return connection;
  };
  const isLive = () => subscriber?.status === 'ready';
  return {
    listen: (channel, nudge, clock = quickClock) => {
      subscriber ??= connect();
      const here = listeners.get(channel) ?? new Set();
      listeners.set(channel, here.add(nudge));
      // What happened before the subscription took effect is looked for once it has.
      subscriber.subscribe(channel).then(nudge, () => {});
      const stopClock = tickWhile(isLive, nudge, clock);
      return () => {
        stopClock();
        here.delete(nudge);
        if (here.size > 0) return;
        listeners.delete(channel);
        void subscriber?.unsubscribe(channel).catch(() => {});
      };
    },
    close: () => subscriber?.disconnect(),
  };
}

function tickWhile(
  isLive: () => boolean,
  nudge: () => void,
  { withRedisMs, withoutRedisMs }: Clock,
): () => void {
  let silentMs = 0;
  const timer = setInterval(() => {
    silentMs += withoutRedisMs;
    if (isLive() && silentMs < withRedisMs) return;
    silentMs = 0;
    nudge();
  }, withoutRedisMs);
  return () => clearInterval(timer);
}
