/** What a refund form holds, and what it asks for. */
import { cents, subtract, sum, type Cents } from '../../../domain/money.ts';
import { parseShillings } from '../payments/shillings.ts';
import type { Refund } from './useRefunds.ts';

export const refundMethods = ['reversal', 'payout'] as const;
export interface RefundDraft {
  amount: string;
  method: (typeof refundMethods)[number];
  reason: string;
}

/** A refund that certainly moved no money no longer counts against its payment. */
const hasFailed = ({ disbursement: { status } }: Refund): boolean =>
  ['refused', 'cancelled', 'expired'].includes(status);

/** What of `paidCents` has not been given back and is not on its way back. */
export function leftOf(paidCents: Cents, refunds: readonly Refund[]): Cents {
  const given = refunds.filter((one) => !hasFailed(one)).map((one) => cents(one.amountCents));
  return subtract(paidCents, sum(given));
}

/** The wish when the form is whole; `amount` is null until it can be given back. */
export function readRefund(draft: RefundDraft, left: Cents) {
  const amountCents = parseShillings(draft.amount);
  const fits = amountCents !== undefined && amountCents > 0 && amountCents <= left;
  const amount = fits ? amountCents : null;
  const reason = draft.reason.trim();
  const isWhole = amount !== null && reason.length >= 3;
  return {
    amount,
    wish: isWhole ? { amountCents: amount, method: draft.method, reason } : null,
  };
}
