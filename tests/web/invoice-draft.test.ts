import {
  emptyLine,
  readLines,
  readQuantity,
  readUnit,
} from '../../web/src/invoices/invoice-draft.ts';

const line = (change: object) => ({ ...emptyLine(1), description: 'Fees', ...change });

describe('the lines of a new invoice', () => {
  test.each([
    ['1', 1],
    [' 1,200 ', 1_200],
    ['100000', 100_000],
    ['100001', undefined],
    ['0', undefined],
    ['1.5', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('the quantity %j is read as %p', (text, quantity) => {
    expect(readQuantity(text)).toBe(quantity);
  });

  test.each([
    ['1,200', 120_000],
    ['0.50', 50],
    ['KES 75', 7_500],
    ['0', undefined],
    ['ten', undefined],
    ['', undefined],
  ])('the price %j is read as %p', (text, unit) => {
    expect(readUnit(text)).toBe(unit);
  });

  test('cost together what they cost, and are sent once all are whole', () => {
    const whole = line({ quantity: '2', unit: '250.50' });

    expect(readLines([whole, line({ unit: '' })])).toMatchObject({
      ...{ lines: null, totalCents: 50_100, problem: null },
    });
    expect(readLines([whole])).toEqual({
      lines: [{ description: 'Fees', quantity: 2, unitCents: 25_050 }],
      ...{ totalCents: 50_100, problem: null },
    });
    expect(readLines([line({ unit: '250.50' })])).toMatchObject({
      ...{ lines: null, problem: 'not-whole-shillings' },
    });
  });
});
