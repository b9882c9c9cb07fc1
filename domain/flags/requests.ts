/** Changes of flags that need a second operator of the house. Pure. */
import type { FlagDefinition } from './evaluate.ts';
import { epochMsOf, instantFromEpochMs, type Instant } from '../time.ts';

export const flagRequestStatuses = [
  'waiting',
  'scheduled',
  'applied',
  'rejected',
  'withdrawn',
  'expired',
  'outdated',
] as const;
export type FlagRequestStatus = (typeof flagRequestStatuses)[number];

/** As many flags as one request may change; whoever decides reads all of them. */
export const flagsAtOnceMax = 200;

/** A flag of one environment as somebody wants it. */
export interface FlagWish extends FlagDefinition {
  environment: 'live' | 'test';
  description: string;
}

/** One flag of a request: as it was when it was asked for, null when it was not there, and after. */
export interface FlagStep {
  before: (FlagWish & { version: number }) | null;
  after: FlagWish;
}

const dayMs = 24 * 60 * 60 * 1_000;
/** Long enough for a second person to be back from a week off. */
const openForMs = 7 * dayMs;
/** What is planned further ahead is agreed to by people who no longer know of it when it comes. */
const aheadForMs = 90 * dayMs;

/** When a request that was made at `at` can no longer be agreed to. */
export function flagRequestExpiry(at: Instant): Instant {
  return instantFromEpochMs(epochMsOf(at) + openForMs);
}

/** Whether a change agreed to at `now` may be planned for then: later, and within 90 days. */
export function isPlannable(appliesAt: Instant, now: Instant): boolean {
  const aheadMs = epochMsOf(appliesAt) - epochMsOf(now);
  return aheadMs > 0 && aheadMs <= aheadForMs;
}

/** The status as it counts at `now`: one that nobody decided in time is over, swept or not. */
export function flagRequestStanding(
  { status, expiresAt }: { status: FlagRequestStatus; expiresAt: Instant },
  now: Instant,
): FlagRequestStatus {
  return status === 'waiting' && expiresAt <= now ? 'expired' : status;
}

/** Names of the fields that differ, in the order of `after`; lists differ by what is in them. */
export function changedFields(before: object | null, after: object): string[] {
  const was = new Map<string, unknown>(Object.entries(before ?? {}));
  return Object.entries(after)
    .filter(([field, value]) => plain(was.get(field)) !== plain(value))
    .map(([field]) => field);
}

function plain(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? value.toSorted() : (value ?? null));
}
