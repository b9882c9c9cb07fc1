/** The life of a flag: a draft, then in use, at last archived, and back again. Pure. */
import { epochMsOf, type Instant } from '../time.ts';

export const flagPhases = ['draft', 'active', 'archived'] as const;
export type FlagPhase = (typeof flagPhases)[number];

const dayMs = 24 * 60 * 60 * 1_000;
/** Longer than a quiet month, so that what is asked about once a month never counts as stale. */
export const staleAfterDays = 60;

/** When a flag was last changed, and when code last asked about it; null: never. */
export interface FlagTimes {
  changedAt: Instant;
  evaluatedAt: Instant | null;
}

/** Whether a flag in use was for 60 days neither changed nor asked about. */
export function isStale(flag: FlagTimes & { phase: FlagPhase }, now: Instant): boolean {
  if (flag.phase !== 'active') return false;
  const { changedAt, evaluatedAt } = flag;
  const touchedAt = evaluatedAt !== null && evaluatedAt > changedAt ? evaluatedAt : changedAt;
  return epochMsOf(now) - epochMsOf(touchedAt) >= staleAfterDays * dayMs;
}

/**
 * Whether a flag may come into a phase; `before` is undefined for one that is not there yet. Only a
 * new flag is a draft: what businesses have seen is switched off or archived, and its history says so.
 */
export function mayBecome(before: FlagPhase | undefined, after: FlagPhase): boolean {
  return after !== 'draft' || before === undefined || before === 'draft';
}
