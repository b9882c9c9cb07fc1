import fc from 'fast-check';
import { cents } from '../../../domain/money.ts';
import { chargeOf, tariffOn, type Tariff } from '../../../domain/tariffs/charge.ts';
import { businessDate } from '../../../domain/time.ts';

const band = (from: number, to: number, charge: number, more: object = {}) => ({
  fromCents: cents(from),
  toCents: cents(to),
  chargeCents: cents(charge),
  basisPoints: 0,
  capCents: null,
  ...more,
});

const tariff = (from: string, to: string | null, ...bands: Tariff['bands']): Tariff => ({
  product: 'b2c',
  effectiveFrom: businessDate(from),
  effectiveTo: to === null ? null : businessDate(to),
  source: 'a test',
  bands,
});

describe('the charge of an amount', () => {
  const share = band(200_01, 250_000_00, 0, { basisPoints: 55, capCents: cents(200_00) });

  test('is that of the band that holds it, both ends included', () => {
    const two = tariff('2026-01-01', null, band(1_00, 100_00, 0), band(101_00, 500_00, 5_00));
    expect([1_00, 100_00, 101_00, 500_00].map((n) => chargeOf(two, cents(n)))).toEqual([
      0, 0, 5_00, 5_00,
    ]);
    expect(chargeOf(two, cents(501_00))).toBeUndefined();
    expect(chargeOf(two, cents(0))).toBeUndefined();
  });

  test('a share is rounded to the cent and capped', () => {
    const till = tariff('2026-01-01', null, share);
    expect(chargeOf(till, cents(1_000_00))).toBe(5_50);
    expect(chargeOf(till, cents(201_00))).toBe(1_11);
    expect(chargeOf(till, cents(250_000_00))).toBe(200_00);
  });

  test('a share never exceeds its cap and never falls with the amount', () => {
    const till = tariff('2026-01-01', null, share);
    const amount = fc.integer({ min: 200_01, max: 250_000_00 }).map(cents);
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const [low = 0, high = 0] = [a, b]
          .toSorted((x, y) => x - y)
          .map((n) => chargeOf(till, n) ?? -1);
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(200_00);
      }),
    );
  });
});

describe('the tariff of a day', () => {
  const old = tariff('2023-08-01', '2026-12-01', band(1_00, 100_00, 0));
  const next = tariff('2026-12-01', null, band(1_00, 100_00, 1_00));

  test('changes on the day a circular names', () => {
    const on = (text: string) => tariffOn([old, next], businessDate(text));
    expect(on('2023-07-31')).toBeUndefined();
    expect(on('2026-11-30')).toBe(old);
    expect(on('2026-12-01')).toBe(next);
  });

  test('is the latest one begun when an older one was left open', () => {
    const open = { ...old, effectiveTo: null };
    expect(tariffOn([next, open], businessDate('2027-01-01'))).toBe(next);
  });
});
