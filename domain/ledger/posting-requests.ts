/** What people may post by hand, and how long a wish for it stays open. Pure. */
import type { CustomerId, LedgerAccountId, LedgerTransactionId, ShortcodeId } from '../ids.ts';
import type { Cents } from '../money.ts';
import { epochMsOf, instantFromEpochMs, type Instant } from '../time.ts';

export const postingRequestStatuses = [
  'waiting',
  'posted',
  'rejected',
  'withdrawn',
  'expired',
] as const;
export type PostingRequestStatus = (typeof postingRequestStatuses)[number];

/** A correction of one account, the opposite of one transaction, or credit that was earned. */
export type HandPosting =
  | { kind: 'adjustment'; accountId: LedgerAccountId; side: 'in' | 'out'; amountCents: Cents }
  | { kind: 'reversal'; transactionId: LedgerTransactionId }
  | { kind: 'earning'; customerId: CustomerId; shortcodeId: ShortcodeId; amountCents: Cents };

/** Long enough for a second person to be back from a week off. */
const openForMs = 7 * 24 * 60 * 60 * 1_000;

/** When a wish that was made at `at` can no longer be agreed to. */
export function requestExpiry(at: Instant): Instant {
  return instantFromEpochMs(epochMsOf(at) + openForMs);
}

/** The status as it counts at `now`: a wish that nobody decided in time is over, swept or not. */
export function standingOf(
  { status, expiresAt }: { status: PostingRequestStatus; expiresAt: Instant },
  now: Instant,
): PostingRequestStatus {
  return status === 'waiting' && expiresAt <= now ? 'expired' : status;
}
