import { tieFees } from '../../../domain/statements/fees.ts';
import { linesOf, receiptOf } from './lines.ts';

const fee = 'Customer Transfer of Funds Charge';
const send = 'Customer Transfer to - 0712***678 JANE DOE';

describe('tieFees', () => {
  test('a charge belongs to the payment of its receipt, before or after it', () => {
    const lines = linesOf([
      { receipt: receiptOf(1), second: 1, moved: -500, details: fee },
      { receipt: receiptOf(1), second: 1, moved: -10000, details: send },
      { receipt: receiptOf(2), second: 2, moved: -10000, details: send },
      { receipt: receiptOf(2), second: 2, moved: -500, details: fee },
    ]);

    expect([...tieFees(lines)]).toEqual([
      [0, 1],
      [3, 2],
    ]);
  });

  test('a Fuliza draw and a failed payment are never the parent', () => {
    const lines = linesOf([
      { receipt: receiptOf(1), second: 1, moved: 900, details: 'OverDraft of Credit Party' },
      { receipt: receiptOf(1), second: 1, moved: -900, details: send, status: 'failed' },
      { receipt: receiptOf(1), second: 1, moved: -10000, details: send },
      { receipt: receiptOf(1), second: 1, moved: -500, details: fee },
    ]);

    expect(tieFees(lines).get(3)).toBe(2);
  });

  test('among several payments the one of the right kind wins, then the nearest', () => {
    const lines = linesOf([
      { receipt: receiptOf(1), second: 1, moved: -1, details: send },
      { receipt: receiptOf(1), second: 1, moved: -2, details: send },
      { receipt: receiptOf(1), second: 1, moved: -3, details: 'Merchant Payment to 1234 - X' },
      { receipt: receiptOf(1), second: 1, moved: -500, details: fee },
    ]);

    expect(tieFees(lines).get(3)).toBe(1);
  });

  test('a linked receipt leads to the payment', () => {
    const [payment, charge] = linesOf([
      { receipt: receiptOf(1), second: 1, moved: -10000, details: send },
      { receipt: receiptOf(2), second: 2, moved: -500, details: fee },
    ]);
    if (!payment || !charge) throw new Error('two lines were made');

    expect(tieFees([payment, { ...charge, linkedReceipt: receiptOf(1) }]).get(1)).toBe(0);
  });

  test('an orphan stays an orphan', () => {
    const lines = linesOf([{ receipt: receiptOf(1), second: 1, moved: -500, details: fee }]);

    expect([...tieFees(lines)]).toEqual([[0, undefined]]);
  });
});
