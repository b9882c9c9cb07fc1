import fc from 'fast-check';
import {
  isPayable,
  parseMovedAmount,
  parseSignedAmount,
  toShillings,
} from '../../../domain/daraja/amounts.ts';
import { agreesWithMsisdn, maskMsisdn, parseMsisdn } from '../../../domain/daraja/msisdn.ts';
import { darajaTimestamp, parseDarajaTime } from '../../../domain/daraja/timestamps.ts';
import { fitsAccountMask, isAccountMask } from '../../../domain/daraja/validation-settings.ts';
import { cents, formatAmount } from '../../../domain/money.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

describe('MSISDNs', () => {
  test.each([
    '0712345678',
    '712345678',
    '254712345678',
    '+254712345678',
    '+254 712 345 678',
    '0712-345-678',
  ])('%s is 254712345678', (text) => {
    expect(parseMsisdn(text)).toEqual({ ok: true, msisdn: '254712345678' });
  });

  test.each([
    ...['', '07', '0812345678', '25471234567', '2547123456789', '0202345678', '+447911123456'],
    ...['٠٧١٢٣٤٥٦٧٨', '07l2345678', '++254712345678', '254712345678;', '0712345678\0'],
  ])('%p is refused', (text) => {
    expect(parseMsisdn(text)).toMatchObject({ ok: false, refusal: { code: 'msisdn-invalid' } });
  });

  test('a mask shows the ends only, and a short text not at all', () => {
    expect(maskMsisdn('254712345678')).toBe('2547******78');
    expect(maskMsisdn('12345')).toBe('******');
  });

  test.each([
    ['254712345678', true],
    ['712345678', true],
    ['254700000000', false],
    ['2547 ***** 678', true],
    ['25471****678', true],
    ['2547 ***** 679', false],
    ['0712***678', true],
    ['0713***678', false],
    ['6f1ed002ab5595859014ebf0951522d9', undefined],
    ['', undefined],
  ])('%p beside 254712345678: %p', (shown, agrees) => {
    expect(agreesWithMsisdn(shown, '254712345678')).toBe(agrees);
  });
});

describe('amounts', () => {
  test.each([
    [1500, 150_000],
    [1500.5, 150_050],
    ['1500.00', 150_000],
    ['0.10', 10],
    ['100', 10_000],
    [1, 100],
  ])('%p is %i cents', (given, amount) => {
    expect(parseMovedAmount(given)).toBe(amount);
  });

  test.each([
    ...[0, -1, 1e21, Number.NaN, null, undefined, {}, [], true],
    ...['', '1,000', '100.00 ', ' 1', '0.001', '1e3', '0x10', '١٢٣', '-5', '0.00', 'KES 10'],
  ])('%p is no amount that moved', (given) => {
    expect(parseMovedAmount(given)).toBeUndefined();
  });

  test('a balance may be negative', () => {
    expect(parseSignedAmount('-1540.00')).toBe(-154_000);
  });

  test('whatever two decimals can say is read to the cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 12 }), (amount) => {
        const text = formatAmount(cents(amount)).replaceAll(',', '');
        expect(parseMovedAmount(text)).toBe(amount);
        expect(parseMovedAmount(Number(text))).toBe(amount);
      }),
    );
  });

  test('only whole shillings up to the limit leave', () => {
    expect(toShillings(cents(150_000))).toBe(1500);
    expect(isPayable(cents(250_000_00))).toBe(true);
    for (const amount of [0, 50, 150, -100, 250_001_00]) {
      expect(() => toShillings(cents(amount))).toThrow(RangeError);
    }
  });
});

describe('times', () => {
  test.each([
    ['20261114093541', '2026-11-14T06:35:41.000Z'],
    [20261114093541, '2026-11-14T06:35:41.000Z'],
    ['14.11.2026 09:41:12', '2026-11-14T06:41:12.000Z'],
    ['2026-11-14 09:35:41', '2026-11-14T06:35:41.000Z'],
    ['2026-11-14T09:35:41Z', '2026-11-14T06:35:41.000Z'],
    ['2026-11-14 09:35:41.00', '2026-11-14T06:35:41.000Z'],
    ['20241341250000', undefined],
    ['30.02.2026 10:00:00', undefined],
    ['', undefined],
    [1_763_102_141_000, undefined],
    [null, undefined],
  ])('%p is %p', (text, instant) => {
    expect(parseDarajaTime(text)).toBe(instant);
  });

  test('a timestamp reads back as the same second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800, max: 4_102_444_800 }), (seconds) => {
        const instant = instantFromEpochMs(seconds * 1000);
        expect(parseDarajaTime(darajaTimestamp(instant))).toBe(instant);
      }),
    );
  });
});

describe('account masks', () => {
  test.each([
    ['INV-99999', 'inv 10442', true],
    ['INV-99999', 'INV-1044', false],
    ['AA9*', 'kb7anything', true],
    ['AA9*', 'kb', false],
    ['999', '12a', false],
  ])('%s takes %p: %p', (mask, reference, fits) => {
    expect(fitsAccountMask(reference, mask)).toBe(fits);
  });

  test('a mask is short and plain', () => {
    expect(isAccountMask('INV-9999*')).toBe(true);
    for (const mask of ['', '*', '(a+)+$', 'A*B', 'x'.repeat(21)]) {
      expect(isAccountMask(mask)).toBe(false);
    }
  });
});
