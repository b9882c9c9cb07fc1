/** What people may post by hand once a second person agrees. Pure. */
import type { CustomerId, LedgerAccountId, LedgerTransactionId, ShortcodeId } from '../ids.ts';
import type { Cents } from '../money.ts';

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
