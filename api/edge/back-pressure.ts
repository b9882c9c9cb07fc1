/**
 * Who asks far above its quota waits for its refusals. A refusal that comes at once invites the next
 * request at once; one that comes late slows down everybody who reads answers, costs this process
 * nothing but a timer, and leaves its time to those within their quota.
 */
export interface BackPressure {
  /** Counts a refusal of this caller: undefined when it may be said now, else when it may. */
  hold(caller: object): Promise<void> | undefined;
}

export interface Pressure {
  /** Refusals in a second that a caller hears at once: enough to notice and slow down by itself. */
  patience: number;
  holdMs: number;
  /** Refusals held at a time in this process; any beyond are said at once. */
  heldMax: number;
}

export const usualPressure: Pressure = { patience: 20, holdMs: 250, heldMax: 200 };

const windowMs = 1_000;

export function openBackPressure(pressure: Pressure, nowMs: () => number): BackPressure {
  const { patience, holdMs, heldMax } = pressure;
  const refusals = new WeakMap<object, { count: number; sinceMs: number }>();
  let held = 0;
  return {
    hold(caller) {
      const now = nowMs();
      const known = refusals.get(caller);
      if (known === undefined || now - known.sinceMs >= windowMs) {
        refusals.set(caller, { count: 1, sinceMs: now });
        return undefined;
      }
      known.count += 1;
      if (known.count <= patience || held >= heldMax) return undefined;
      held += 1;
      return new Promise((resolve) => {
        setTimeout(() => {
          held -= 1;
          resolve();
        }, holdMs).unref();
      });
    },
  };
}
