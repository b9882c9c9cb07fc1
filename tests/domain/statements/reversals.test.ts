import { cents } from '../../../domain/money.ts';
import {
  receiptsReversed,
  tieReversals,
  type MovedRow,
  type Reversal,
} from '../../../domain/statements/reversals.ts';
import { receiptOf } from './lines.ts';

const paid = (ordinal: number, n: number, amount: number, purpose = 'send'): MovedRow => ({
  ...{ ordinal, receipt: receiptOf(n), direction: 'out', amountCents: cents(amount), purpose },
});
const back = (ordinal: number, n: number, amount: number, more: Partial<Reversal>): Reversal => ({
  ...paid(ordinal, n, amount, 'reversal'),
  ...{ direction: 'in', details: 'Send Money Reversal', ...more },
});

describe('a reversal', () => {
  test('belongs to the payment it links, names, or shares a receipt with, in this order', () => {
    const rows = [paid(0, 1, 500), paid(1, 2, 500), paid(2, 3, 500)];
    const details = `Reversal of ${receiptOf(2)}`;
    const linkedReceipt = receiptOf(1);

    expect([...tieReversals([back(5, 3, 500, { details, linkedReceipt })], rows)]).toEqual([
      [5, 0],
    ]);
    expect([...tieReversals([back(5, 3, 500, { details })], rows)]).toEqual([[5, 1]]);
    expect([...tieReversals([back(5, 3, 500, {})], rows)]).toEqual([[5, 2]]);
  });

  test('takes words in capitals for no receipts', () => {
    expect(receiptsReversed(back(0, 1, 1, { details: 'REVERSED by SAFARICOMS' }))).toEqual([
      receiptOf(1),
    ]);
  });

  test('of a charge belongs to the charge, of a part to the whole, of one of two to the nearest', () => {
    const rows = [paid(0, 1, 500), paid(1, 1, 23, 'fee.send'), paid(2, 2, 70), paid(9, 2, 70)];
    const tie = (ordinal: number, n: number, amount: number) =>
      tieReversals([back(ordinal, n, amount, {})], rows).get(ordinal);

    expect([tie(5, 1, 23), tie(5, 1, 200), tie(8, 2, 70)]).toEqual([1, 0, 9]);
  });

  test('is left alone where its payment is not shown, is less, goes the same way or is a loan', () => {
    const same: MovedRow = { ...paid(0, 1, 500), direction: 'in' };
    const loan = paid(1, 1, 500, 'loan.fuliza.repay');
    const rows = [same, loan, paid(2, 1, 499), paid(3, 1, 500, 'reversal'), paid(4, 2, 500)];

    expect([...tieReversals([back(5, 1, 500, {})], rows)]).toEqual([]);
  });
});
