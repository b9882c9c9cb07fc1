/** Keeps emptying the callback inbox: woken through Redis, and by itself five times a second. */
import type { Redis } from 'ioredis';
import { callbackBacklog } from '../db/callbacks.ts';
import type { Database } from '../db/database.ts';
import { callbackChannel } from '../domain/redis-keys.ts';
import { drainCallbacks, type DrainDependencies } from './callback-drain.ts';

const idleMs = 200;
const pausedMs = 1_000;
const backlogEveryMs = 5_000;

export interface DrainerDependencies extends DrainDependencies {
  db: DrainDependencies['db'] & Pick<Database, 'everywhere'>;
  /** A connection of its own is made from it; without Redis the inbox is polled. */
  redis: Redis;
}

/** Starts draining; `stop()` resolves when the batch under way is done. */
export function startCallbackDrainer(deps: DrainerDependencies): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const bell = openBell(deps.redis);
  const finished = Promise.all([
    drainLoop(deps, bell, stopping.signal),
    watchBacklog(deps, stopping.signal),
  ]);
  return {
    async stop() {
      stopping.abort();
      bell.ring();
      await finished;
      bell.close();
    },
  };
}

interface Bell {
  ring(): void;
  /** Resolves when it rings, rang since the last time, or after a while. */
  heard(withinMs: number): Promise<void>;
  close(): void;
}

function openBell(redis: Redis): Bell {
  const subscriber = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
  let hasRung = false;
  let wake: () => void = () => {};
  const ring = () => {
    hasRung = true;
    wake();
  };
  subscriber.on('error', () => {});
  subscriber.on('message', ring);
  subscriber.subscribe(callbackChannel).catch(() => {});
  return {
    ring,
    async heard(withinMs) {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      hasRung = false;
      wake = () => {};
    },
    close: () => subscriber.disconnect(),
  };
}

async function drainLoop(
  deps: DrainerDependencies,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const handled = await drainCallbacks(deps);
      if (handled === 0) await bell.heard(idleMs);
    } catch (err) {
      deps.telemetry.log.warn({ event: 'drainPaused', err }, 'The callback inbox waits.');
      if (!signal.aborted) await bell.heard(pausedMs);
    }
  }
}

async function watchBacklog(deps: DrainerDependencies, signal: AbortSignal): Promise<void> {
  const { metrics, telemetry } = deps;
  while (!signal.aborted) {
    try {
      const found = await deps.db.everywhere('measure the callback inbox', callbackBacklog);
      for (const state of ['pending', 'recorded', 'quarantined'] as const) {
        metrics.backlog.set(
          { state },
          found.reduce((total, backlog) => total + backlog[state], 0),
        );
      }
      metrics.ageSeconds.set(Math.max(0, ...found.map(({ ageSeconds }) => ageSeconds)));
    } catch (err) {
      telemetry.log.warn({ event: 'callbacksUnmeasured', err });
    }
    await pause(backlogEveryMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
