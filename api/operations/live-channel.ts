/**
 * Tells when something happened to an operation. Redis only nudges: what happened is always read
 * from the database, so a lost message costs a second and never an event.
 */
import type { Redis } from 'ioredis';
import type { OperationId, TenantId } from '../../domain/ids.ts';
import { operationChannel } from '../../domain/redis-keys.ts';

export interface LiveChannel {
  /** Calls `nudge` on news, and every second (15 s while Redis works); returns how to stop. */
  listen(
    operation: { tenantId: TenantId; operationId: OperationId },
    nudge: () => void,
  ): () => void;
  close(): void;
}

const withRedisMs = 15_000;
const withoutRedisMs = 1_000;

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
    listen: ({ tenantId, operationId }, nudge) => {
      const channel = operationChannel(tenantId, operationId);
      subscriber ??= connect();
      const here = listeners.get(channel) ?? new Set();
      listeners.set(channel, here.add(nudge));
      // What happened before the subscription took effect is looked for once it has.
      subscriber.subscribe(channel).then(nudge, () => {});
      const stopClock = tickWhile(isLive, nudge);
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

function tickWhile(isLive: () => boolean, nudge: () => void): () => void {
  let silentMs = 0;
  const timer = setInterval(() => {
    silentMs += withoutRedisMs;
    if (isLive() && silentMs < withRedisMs) return;
    silentMs = 0;
    nudge();
  }, withoutRedisMs);
  return () => clearInterval(timer);
}
