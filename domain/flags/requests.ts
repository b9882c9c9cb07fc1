/** Changes of flags that need a second operator of the house. Pure. */
import type { FlagDefinition } from './evaluate.ts';
import { epochMsOf, type Instant } from '../time.ts';

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
/** What is planned further ahead is agreed to by people who no longer know of it when it comes. */
const aheadForMs = 90 * dayMs;

/** Whether a change agreed to at `now` may be planned for then: later, and within 90 days. */
export function isPlannable(appliesAt: Instant, now: Instant): boolean {
  const aheadMs = epochMsOf(appliesAt) - epochMsOf(now);
  return aheadMs > 0 && aheadMs <= aheadForMs;
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
