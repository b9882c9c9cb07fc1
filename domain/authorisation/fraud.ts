/** A small set of fraud rules over what this tenant has paid before; each says why. */
import { payoutWords } from '../disbursements/phrases.ts';
import { cents, formatMoney, type Cents } from '../money.ts';

/** What is known about the payee and the moment, counted in the tenant's own payouts. */
export interface PayoutHistory {
  /** Payouts to this payee that were paid before. */
  paidBefore: number;
  /** Payouts to this payee asked for within the last ten minutes, this one left out. */
  toPayeeLately: number;
  /** Payouts of round thousands asked for within the last ten minutes, this one left out. */
  roundLately: number;
  /** True when a second person has agreed to this very payee and amount already (a batch). */
  isPartOfBatch: boolean;
}

export interface FraudVerdict {
  check: 'fraud';
  verdict: 'clear' | 'suspicious' | 'blocked';
  reasons: readonly string[];
}

/** A first payment to somebody above this is looked at by a person. */
export const firstPaymentMaximum: Cents = cents(50_000_00);
const payeeVelocity = { suspicious: 3, blocked: 10 };
const roundBurst = 5;

/** The verdict with every rule that spoke; the hardest one counts. */
export function judgePayout(amountCents: Cents, history: PayoutHistory): FraudVerdict {
  const suspicions: string[] = [];
  const blocks: string[] = [];
  if (history.paidBefore === 0 && amountCents > firstPaymentMaximum) {
    suspicions.push(
      payoutWords('payee-new', {
        amount: formatMoney(amountCents),
        limit: formatMoney(firstPaymentMaximum),
      }),
    );
  }
  const velocity = payoutWords('payee-velocity', { count: history.toPayeeLately + 1 });
  if (history.toPayeeLately >= payeeVelocity.blocked) blocks.push(velocity);
  else if (history.toPayeeLately >= payeeVelocity.suspicious) suspicions.push(velocity);
  const isRound = amountCents % 1_000_00 === 0;
  if (isRound && !history.isPartOfBatch && history.roundLately >= roundBurst) {
    suspicions.push(payoutWords('round-burst', { count: history.roundLately + 1 }));
  }
  const verdict = blocks.length > 0 ? 'blocked' : suspicions.length > 0 ? 'suspicious' : 'clear';
  return { check: 'fraud', verdict, reasons: [...blocks, ...suspicions] };
}
