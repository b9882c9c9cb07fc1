/** Ties rows that take a payment back to the payment. */
import type { Cents } from '../money.ts';
import { isReceipt } from './receipts.ts';
import type { Direction } from './terms.ts';

export interface MovedRow {
  ordinal: number;
  receipt: string;
  direction: Direction;
  amountCents: Cents;
  purpose: string;
}

export interface Reversal extends MovedRow {
  details: string;
  linkedReceipt?: string | undefined;
}

/**
 * Receipts of what a reversal may take back, the surest first: the linked one of its own column, those
 * named in its wording, its own, under which some statements print both.
 */
export function receiptsReversed({ details, linkedReceipt, receipt }: Reversal): string[] {
  const named = (details.match(/[A-Z0-9]+/g) ?? []).filter((word) => isReceipt(word));
  const all = [linkedReceipt ?? '', ...named.filter((word) => /\d/.test(word)), receipt];
  return [...new Set(all)].filter((one) => one !== '');
}

/**
 * For the ordinal of every reversal the ordinal of its payment: money the other way under one of its
 * receipts, of the same amount, or more where only a part came back; among several the nearest.
 * Reversals whose payment the statement does not show are left out.
 */
export function tieReversals(
  reversals: readonly Reversal[],
  rows: readonly MovedRow[],
): Map<number, number> {
  const byReceipt = Map.groupBy(rows, ({ receipt }) => receipt);
  const parents = new Map<number, number>();
  for (const reversal of reversals) {
    for (const receipt of receiptsReversed(reversal)) {
      const payment = bestPayment(reversal, byReceipt.get(receipt) ?? []);
      if (payment === undefined) continue;
      parents.set(reversal.ordinal, payment.ordinal);
      break;
    }
  }
  return parents;
}

function bestPayment(reversal: Reversal, group: readonly MovedRow[]): MovedRow | undefined {
  const { ordinal, direction, amountCents } = reversal;
  const fitting = group.filter(
    (row) =>
      row.direction !== direction &&
      row.amountCents >= amountCents &&
      row.purpose !== 'reversal' &&
      !row.purpose.startsWith('loan.fuliza.'),
  );
  const far = (row: MovedRow) => Math.abs(row.ordinal - ordinal);
  return fitting.sort(
    (a, b) => a.amountCents - b.amountCents || far(a) - far(b) || a.ordinal - b.ordinal,
  )[0];
}
