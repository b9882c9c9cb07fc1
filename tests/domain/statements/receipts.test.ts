import fc from 'fast-check';
import {
  compareReceiptDay,
  parseReceipt,
  receiptDay,
  receiptPrefixFor,
} from '../../../domain/statements/receipts.ts';
import { addDays, businessDate, instantFromNairobi } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';

function at(text: string): Instant {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  const instant = instantFromNairobi({ year, month, day, hour, minute, second: 0 });
  if (!instant) throw new Error(`no such time: ${text}`);
  return instant;
}

describe('parseReceipt', () => {
  test.each([
    ['UKE7Q2X9LM', 'UKE7Q2X9LM'],
    ['uke7q2x9lm', 'UKE7Q2X9LM'],
    [' UKE7Q 2X9LM ', 'UKE7Q2X9LM'],
    ['UKE7Q2X9LM\u00a0', 'UKE7Q2X9LM'],
    ['UKEOOOOOOO', 'UKEOOOOOOO'],
    ['ABCDEFGHIJ', 'ABCDEFGHIJ'],
  ])('%j is the receipt %s', (text, receipt) => {
    expect(parseReceipt(text)).toEqual({ ok: true, value: receipt });
  });

  test.each([
    ['', 'blank'],
    ['UKE7Q2X9L', 'has 9'],
    ['UKE7Q2X9LMN', 'has 11'],
    ['0KE7Q2X9LM', 'letter O'],
    ['UKE7-2X9LM', 'only the letters'],
    ['ıKE7Q2X9LM', 'only the letters'],
    ['UKE7Q2X9LＭ', 'only the letters'],
  ])('%j is refused because it %s', (text, why) => {
    const outcome = parseReceipt(text);

    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'receipt-malformed' } });
    expect(outcome.ok ? '' : outcome.refusal.message).toContain(why);
  });

  test('O and 0 stay what they are', () => {
    expect(parseReceipt('UKE0Q2X9LM')).not.toEqual(parseReceipt('UKEOQ2X9LM'));
  });
});

describe('the day in a receipt', () => {
  test.each([
    ['RA1AAAAAAA', '2023-01-01'],
    ['TBA7Q2X9LM', '2025-02-10'],
    ['UKE7Q2X9LM', '2026-11-14'],
    ['VLVAAAAAAA', '2027-12-31'],
    ['SBTAAAAAAA', '2024-02-29'],
  ])('%s was issued on %s', (receipt, date) => {
    expect(receiptDay(receipt)).toBe(date);
  });

  test.each(['UM1AAAAAAA', 'UK0AAAAAAA', 'UKWAAAAAAA', 'UBUAAAAAAA', 'UK', ''])(
    '%j names no day',
    (receipt) => {
      expect(receiptDay(receipt)).toBeUndefined();
    },
  );

  test('every day of 2006 to 2031 survives the round trip', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9495 }), (offset) => {
        const date = addDays(businessDate('2006-01-01'), offset);
        expect(receiptDay(`${receiptPrefixFor(date)}AAAAAAA`)).toBe(date);
      }),
    );
  });

  test('a day outside the alphabet of years throws', () => {
    expect(() => receiptPrefixFor(businessDate('2005-12-31'))).toThrow(RangeError);
    expect(() => receiptPrefixFor(businessDate('2032-01-01'))).toThrow(RangeError);
  });
});

describe('compareReceiptDay', () => {
  test.each([
    ['2026-11-14 00:00', 'same'],
    ['2026-11-14 23:59', 'same'],
    ['2026-11-15 00:04', 'adjacent'],
    ['2026-11-15 06:00', 'adjacent'],
    ['2026-11-15 06:01', 'different'],
    ['2026-11-13 23:58', 'adjacent'],
    ['2026-11-13 12:00', 'different'],
    ['2026-11-16 00:00', 'different'],
    ['2025-11-14 10:00', 'different'],
  ])('a receipt of 2026-11-14 completed at %s is %s', (time, match) => {
    expect(compareReceiptDay('UKE7Q2X9LM', at(time))).toBe(match);
  });

  test('a receipt that names no day is undecidable', () => {
    expect(compareReceiptDay('UK07Q2X9LM', at('2026-11-14 10:00'))).toBe('undecidable');
  });
});
