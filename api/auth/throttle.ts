/**
 * Slows guessing down, by account and by address: after a few free failures each further one
 * doubles the wait, up to five minutes. Nobody is locked out for good, and unknown accounts are
 * counted like known ones, so that the answer tells nothing.
 */
const freeFailures = { account: 5, address: 30 } as const;
const waitSecondsMax = 300;
const forgetAfterMs = 15 * 60 * 1000;
const countMax = 50_000;

export interface Attempt {
  account: string;
  address: string;
}

export interface Throttle {
  /** Seconds to wait before this attempt may be made; 0 when it may be made now. */
  waitSeconds(attempt: Attempt, nowMs: number): number;
  failed(attempt: Attempt, nowMs: number): void;
  succeeded(attempt: Attempt): void;
}

interface Failures {
  count: number;
  lastMs: number;
}

export function loginThrottle(): Throttle {
  const failures = new Map<string, Failures>();
  const waitOf = (key: string, free: number, nowMs: number) => {
    const known = failures.get(key);
    if (known === undefined || nowMs - known.lastMs > forgetAfterMs) return 0;
    const excess = known.count - free;
    if (excess < 0) return 0;
    const waitMs = Math.min(2 ** Math.min(excess, 16), waitSecondsMax) * 1000;
    return Math.max(0, Math.ceil((known.lastMs + waitMs - nowMs) / 1000));
  };
  const count = (key: string, nowMs: number) => {
    const known = failures.get(key);
    const isRecent = known !== undefined && nowMs - known.lastMs <= forgetAfterMs;
    failures.delete(key);
    const oldest = failures.keys().next();
    if (failures.size >= countMax && !oldest.done) failures.delete(oldest.value);
    failures.set(key, { count: isRecent ? known.count + 1 : 1, lastMs: nowMs });
  };
  return {
    waitSeconds: ({ account, address }, nowMs) =>
      Math.max(
        waitOf(`account ${account}`, freeFailures.account, nowMs),
        waitOf(`address ${address}`, freeFailures.address, nowMs),
      ),
    failed: ({ account, address }, nowMs) => {
      count(`account ${account}`, nowMs);
      count(`address ${address}`, nowMs);
    },
    succeeded: ({ account }) => void failures.delete(`account ${account}`),
  };
}
