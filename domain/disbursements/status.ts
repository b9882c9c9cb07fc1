/** Which state a disbursement may go to from which; the only table of its kind. */
import type { Cents } from '../money.ts';
import type { DisbursementKind, DisbursementStatus, ShownStatus } from './terms.ts';

const next: Readonly<Record<DisbursementStatus, readonly DisbursementStatus[]>> = {
  requested: ['awaiting-approval', 'reserved', 'refused', 'cancelled'],
  'awaiting-approval': ['reserved', 'refused', 'cancelled', 'expired'],
  reserved: ['sending', 'refused', 'cancelled'],
  // Back to `reserved` only when it is certain that nothing left us.
  sending: ['reserved', 'accepted', 'unknown', 'paid', 'refused'],
  accepted: ['unknown', 'paid', 'refused'],
  unknown: ['accepted', 'paid', 'refused'],
  // Money is the truth: a success with a receipt overrides an earlier failure, never the reverse.
  refused: ['paid'],
  paid: [],
  cancelled: [],
  expired: [],
};

export function canBecome(from: DisbursementStatus, to: DisbursementStatus): boolean {
  return next[from].includes(to);
}

/** Every status from which `to` can be reached in one step. */
export function statusesBefore(to: DisbursementStatus): DisbursementStatus[] {
  const all = Object.keys(next) as DisbursementStatus[];
  return all.filter((from) => canBecome(from, to));
}

/** True when nothing is under way any more. A refused one may still turn out to have been paid. */
export function isFinal(status: DisbursementStatus): boolean {
  return ['paid', 'refused', 'cancelled', 'expired'].includes(status);
}

/** True while it can still be called back: nothing has left us. */
export function isCancellable(status: DisbursementStatus): boolean {
  return canBecome(status, 'cancelled');
}

/** True when M-PESA was silent for so long that people may say how it ended. */
export function isClosable(payout: {
  status: DisbursementStatus;
  needsAttention: boolean;
}): boolean {
  return payout.needsAttention && ['accepted', 'unknown'].includes(payout.status);
}

/**
 * True for what M-PESA undoes only by hand on its portal: payouts that were paid. A reversal and a
 * refund give back what was received, and tax goes to the authority.
 */
export function isReturnable(payout: {
  status: DisbursementStatus;
  kind: DisbursementKind;
  purpose: 'payout' | 'refund';
}): boolean {
  const { status, kind, purpose } = payout;
  return status === 'paid' && purpose === 'payout' && kind !== 'reversal' && kind !== 'tax';
}

/**
 * What people are shown: a payout that came back whole no longer counts as paid. One that came back
 * in part does, with what is still away.
 */
export function shownStatus(payout: {
  status: DisbursementStatus;
  amountCents: Cents;
  returnedCents: Cents;
}): ShownStatus {
  const { status, amountCents, returnedCents } = payout;
  return status === 'paid' && returnedCents === amountCents ? 'returned' : status;
}
