/**
 * Who a token speaks for once everything about it was looked up, by its whole Authorization header:
 * between two looks at the database, which are seconds apart, a request costs one look-up in a map.
 */
import type { Principal } from './principal.ts';
import { agingMs } from './remembered-answers.ts';

/** Takes down what was found; not when anything was revoked since the question was asked. */
export type Keep = (principal: Principal, untilMs: number) => Principal;

export interface SettledPrincipals {
  find(header: string): Principal | undefined;
  /** Asked before the database is, so that an answer from before a revocation is not kept. */
  willKeep(header: string): Keep;
  forget(): void;
}

const sweepMs = 5_000;
const tailLength = 32;

interface Settled {
  header: string;
  principal: Principal;
  untilMs: number;
  isAging: boolean;
}

/**
 * `now` is milliseconds since 1970. Tokens stay here for seconds only; `onAging` is called once with
 * the header of one that is used shortly before its end.
 */
export function settledPrincipals(
  countMax: number,
  now: () => number,
  onAging: (header: string) => void = () => {},
): SettledPrincipals {
  const known = new Map<string, Settled>();
  let generation = 0;
  let sweptMs = now();
  const sweep = () => {
    const nowMs = now();
    if (known.size < countMax && nowMs - sweptMs < sweepMs) return;
    sweptMs = nowMs;
    for (const [tail, { untilMs }] of known) if (nowMs >= untilMs) known.delete(tail);
    if (known.size >= countMax) known.clear();
  };
  return {
    find: (header) => {
      const found = known.get(tailOf(header));
      if (found === undefined || found.header !== header) return undefined;
      const leftMs = found.untilMs - now();
      if (leftMs <= 0) return undefined;
      if (leftMs <= agingMs && !found.isAging) {
        found.isAging = true;
        onAging(header);
      }
      return found.principal;
    },
    willKeep: (header) => {
      const asked = generation;
      return (principal, untilMs) => {
        if (asked !== generation) return principal;
        sweep();
        const endsMs = Math.min(untilMs, principal.expiresAt * 1000);
        known.set(tailOf(header), { header, principal, untilMs: endsMs, isAging: false });
        return principal;
      };
    },
    forget: () => {
      generation += 1;
      known.clear();
    },
  };
}

/** The end of the signature finds the place, the whole header decides: hashing all of it costs more. */
function tailOf(header: string): string {
  return header.slice(-tailLength);
}
