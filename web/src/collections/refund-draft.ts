/** What a refund form holds, and what it asks for. */
import type { Cents } from '../../../domain/money.ts';
import { parseWholeShillings } from '../payments/shillings.ts';

export const refundMethods = ['reversal', 'payout'] as const;
export interface RefundDraft {
  amount: string;
  method: (typeof refundMethods)[number];
  reason: string;
}

export interface RefundWish {
  amountCents: Cents;
  method: RefundDraft['method'];
  reason: string;
}

/** The wish when the form is whole; `amount` is null until it can be given back. */
export function readRefund(
  draft: RefundDraft,
  left: Cents,
): { amount: Cents | null; wish: RefundWish | null } {
  const amountCents = parseWholeShillings(draft.amount);
  const fits = amountCents !== undefined && amountCents > 0 && amountCents <= left;
  const amount = fits ? amountCents : null;
  const reason = draft.reason.trim();
  const isWhole = amount !== null && reason.length >= 3;
  return {
    amount,
    wish: isWhole ? { amountCents: amount, method: draft.method, reason } : null,
  };
}
