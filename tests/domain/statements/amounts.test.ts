import fc from 'fast-check';
import { cents, formatAmount } from '../../../domain/money.ts';
import { parseAmount } from '../../../domain/statements/amounts.ts';

describe('parseAmount', () => {
  test.each([
    ['1,234.50', 123450],
    ['1,000.00', 100000],
    ['-1,250.00', -125000],
    ['KES 1,234.50', 123450],
    ['KES 1000', 100000],
    ['Ksh 2 000', 200000],
    ['1 000', 100000],
    ['1\u00a0000', 100000],
    ['Ksh2,000.00', 200000],
    ['Ksh.0.00', 0],
    ['-KES 10', -1000],
    ['KES -10', -1000],
    ['(1,234.50)', -123450],
    ['-500', -50000],
    ['500 DR', -50000],
    ['500.00CR', 50000],
    ['108.81', 10881],
    ['1234.5', 123450],
    ['-0.00', 0],
    ['999,999,999,999.99', 99999999999999],
  ])('%j is %d cents', (text, amount) => {
    expect(parseAmount(text)).toEqual({ ok: true, value: amount });
  });

  test.each(['', ' ', '-', '–', ' - '])('%j is no amount and no mistake', (text) => {
    expect(parseAmount(text)).toEqual({ ok: true, value: undefined });
  });

  test.each([
    '1.000,00',
    '1,00',
    '1,0000.00',
    '12,34,567.00',
    '1,234,56',
    '0,123.00',
    '1e3',
    '0x10',
    'Infinity',
    'NaN',
    '١٢٣',
    '１２３',
    '1.005',
    '1.',
    '.50',
    '--5',
    '-(5)',
    '(-5)',
    '-5 DR',
    '(5) CR',
    '5 DR CR',
    '0712345678',
    '12345678901234567890',
    '1000000000000.00',
    'USD 5',
    '5 000,00',
    '1 23',
    '—',
    '+5',
    '5-',
  ])('%j is refused', (text) => {
    expect(parseAmount(text)).toMatchObject({ ok: false, refusal: { code: 'amount-malformed' } });
  });

  test('reading what was formatted gives the same cents', () => {
    const limit = 99_999_999_999_999;
    fc.assert(
      fc.property(fc.integer({ min: -limit, max: limit }), (n) => {
        expect(parseAmount(formatAmount(cents(n)))).toEqual({ ok: true, value: n });
      }),
    );
  });

  test('no text at all makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(typeof parseAmount(text).ok).toBe('boolean');
      }),
    );
  });
});
