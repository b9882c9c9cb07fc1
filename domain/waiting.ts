/** What waits for a second person, and for how long. Pure. */
import { epochMsOf, instantFromEpochMs, type Instant } from './time.ts';

/** Long enough for a second person to be back from a week off. */
const openForMs = 7 * 24 * 60 * 60 * 1_000;

/** When what was asked for at `at` can no longer be agreed to. */
export function expiryOf(at: Instant): Instant {
  return instantFromEpochMs(epochMsOf(at) + openForMs);
}

/** The status as it counts at `now`: what nobody decided in time is over, swept or not. */
export function standingOf<Status extends string>(
  { status, expiresAt }: { status: Status; expiresAt: Instant },
  now: Instant,
): Status | 'expired' {
  return status === 'waiting' && expiresAt <= now ? 'expired' : status;
}

/** How it stands with what one person said of money; `withdrawn` by whoever said it. */
export const wordStatuses = ['waiting', 'agreed', 'rejected', 'withdrawn', 'expired'] as const;
export type WordStatus = (typeof wordStatuses)[number];

/**
 * The same for money that came back: agreed to it is `booked`, or `known-receipt` where the money had
 * been credited under this receipt before.
 */
export const returnStatuses = [...wordStatuses, 'booked', 'known-receipt'] as const;
export type ReturnStatus = (typeof returnStatuses)[number];
