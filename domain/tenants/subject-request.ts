/** A wish to have a person forgotten: what it may be, and how long it waits for a second person. */
import { epochMsOf, instantFromEpochMs, type Instant } from '../time.ts';

/** Data-subject requests are answered within a week. */
const openForMs = 7 * 24 * 60 * 60 * 1_000;

/** When a wish that was made at `at` can no longer be agreed to. */
export function subjectExpiry(at: Instant): Instant {
  return instantFromEpochMs(epochMsOf(at) + openForMs);
}

/** Whether somebody can still decide about it. */
export function isUndecided(
  { status, expiresAt }: { status: string; expiresAt: Instant },
  now: Instant,
): boolean {
  return status === 'waiting' && expiresAt > now;
}
