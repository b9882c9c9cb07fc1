import fc from 'fast-check';
import { readAsked } from '../../../domain/search/asked.ts';
import { cents, formatMoney } from '../../../domain/money.ts';

describe('what was typed is read as', () => {
  test.each([
    ['uke7q2x9lm', { receipt: 'UKE7Q2X9LM' }],
    [' UKE7 ', { receipt: 'UKE7' }],
    ['0712 345 678', { msisdn: '254712345678' }],
    ['+254712345678', { msisdn: '254712345678' }],
    ['KES 1,500', { amountCents: 150_000 }],
    ['Ksh. 1,500.50', { amountCents: 150_050 }],
    ['250/=', { amountCents: 25_000 }],
    ['1 234 567', { amountCents: 123_456_700 }],
    ['inv-1O442', { referenceKey: '1NV10442' }],
  ])('%s → %o', (typed, meant) => {
    expect(readAsked(typed)).toMatchObject(meant);
  });

  test.each(['Wanjiku Kamau', '1,50', '1.5', '0', '-200', '1,2345', '12345678901', 'KES'])(
    '%s is no amount',
    (typed) => {
      expect(readAsked(typed).amountCents).toBeUndefined();
    },
  );

  test('a number of a phone is no amount, and an id is nothing else', () => {
    expect(readAsked('712345678').amountCents).toBeUndefined();
    const publicId = `col_${'0'.repeat(32)}`;
    expect(readAsked(publicId)).toEqual({ text: publicId, publicId });
  });

  test('every amount is found as it is shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_999_999 }), (n) => {
        expect(readAsked(formatMoney(cents(n))).amountCents).toBe(n);
      }),
    );
  });

  test('no text is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        expect(readAsked(typed).text).toBe(typed.trim());
      }),
    );
  });
});
