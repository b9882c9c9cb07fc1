/**
 * Who a token speaks for once everything about it was looked up, by its whole Authorization header:
 * between two looks at the database, which are seconds apart, a request costs one look-up in a map.
 */
import type { Principal } from './principal.ts';

/** Takes down what was found; not when anything was revoked since the question was asked. */
export type Keep = (principal: Principal, untilMs: number) => Principal;

export interface SettledPrincipals {
  find(header: string): Principal | undefined;
  /** Asked before the database is, so that an answer from before a revocation is not kept. */
  willKeep(header: string): Keep;
  forget(): void;
}

const sweepMs = 5_000;

/** `now` is milliseconds since 1970. Tokens stay here for seconds only. */
export function settledPrincipals(countMax: number, now: () => number): SettledPrincipals {
  const known = new Map<string, { principal: Principal; untilMs: number }>();
  let generation = 0;
  let sweptMs = now();
  const sweep = () => {
    const nowMs = now();
    if (known.size < countMax && nowMs - sweptMs < sweepMs) return;
    sweptMs = nowMs;
    for (const [header, { untilMs }] of known) if (nowMs >= untilMs) known.delete(header);
    if (known.size >= countMax) known.clear();
  };
  return {
    find: (header) => {
      const found = known.get(header);
      return found !== undefined && now() < found.untilMs ? found.principal : undefined;
    },
    willKeep: (header) => {
      const asked = generation;
      return (principal, untilMs) => {
        if (asked !== generation) return principal;
        sweep();
        known.set(header, { principal, untilMs: Math.min(untilMs, principal.expiresAt * 1000) });
        return principal;
      };
    },
    forget: () => {
      generation += 1;
      known.clear();
    },
  };
}
