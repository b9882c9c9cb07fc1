import fc from 'fast-check';
import { isRaise, limitsOn, monthOf, refusingLimit } from '../../../domain/limits/effective.ts';
import { providerMaxima, tierLimits } from '../../../domain/limits/terms.ts';
import { cents } from '../../../domain/money.ts';
import { businessDate, businessDateOf, instantFromEpochMs } from '../../../domain/time.ts';

const day = businessDate('2026-11-27');
const setting = (amount: number, from: string, expires: string | null = null) => ({
  kind: 'per-day' as const,
  amountCents: cents(amount),
  effectiveFrom: businessDate(from),
  expiresOn: expires === null ? null : businessDate(expires),
});

describe('the limits of a day', () => {
  test('are those of the tier while nothing else is set', () => {
    expect(limitsOn(day, 'starter', [])).toEqual(tierLimits.starter);
    expect(limitsOn(day, 'pro', [])).toEqual(tierLimits.pro);
  });

  test('a setting holds from its day until the day it expires', () => {
    const settings = [setting(5_000_00, '2026-11-27', '2026-11-29')];
    const on = (text: string) => limitsOn(businessDate(text), 'starter', settings)['per-day'];

    expect(on('2026-11-26')).toBe(tierLimits.starter['per-day']);
    expect(on('2026-11-27')).toBe(5_000_00);
    expect(on('2026-11-28')).toBe(5_000_00);
    expect(on('2026-11-29')).toBe(tierLimits.starter['per-day']);
  });

  test('after a raise expires the setting before it holds again', () => {
    const settings = [setting(9_000_00, '2026-11-26', '2026-11-27'), setting(100_00, '2026-11-01')];
    const on = (text: string) => limitsOn(businessDate(text), 'starter', settings)['per-day'];

    expect(on('2026-11-26')).toBe(9_000_00);
    expect(on('2026-11-27')).toBe(100_00);
  });

  test('of two settings from the same day the one listed first holds', () => {
    const settings = [setting(2_00, '2026-11-27'), setting(1_00, '2026-11-27')];
    expect(limitsOn(day, 'starter', settings)['per-day']).toBe(2_00);
  });

  test('never exceed what the provider allows', () => {
    const wish = { ...setting(900_000_00, '2026-01-01'), kind: 'per-transaction' as const };
    expect(limitsOn(day, 'pro', [wish])['per-transaction']).toBe(providerMaxima['per-transaction']);
  });

  test('the day is the one in Nairobi: it begins three hours before midnight UTC', () => {
    const before = instantFromEpochMs(Date.parse('2026-11-30T20:59:59.999Z'));
    const after = instantFromEpochMs(Date.parse('2026-11-30T21:00:00.000Z'));

    expect([businessDateOf(before), businessDateOf(after)]).toEqual(['2026-11-30', '2026-12-01']);
    expect([before, after].map((at) => monthOf(businessDateOf(at)))).toEqual([
      '2026-11',
      '2026-12',
    ]);
  });
});

describe('a refusal by a limit', () => {
  test('names the limit, how much of it is taken and what is left', () => {
    const use = { kind: 'per-day', limitCents: cents(1_000_00), usedCents: cents(700_00) } as const;

    expect(refusingLimit(cents(300_00), [use])).toBeUndefined();
    expect(refusingLimit(cents(301_00), [use])).toEqual({
      code: 'limit-exceeded',
      kind: 'per-day',
      limitCents: 1_000_00,
      usedCents: 700_00,
      leftCents: 300_00,
      message:
        'KES 301.00 is above the limit for all payouts of today: it is KES 1,000.00, KES 700.00 of it is taken, KES 300.00 is left.',
    });
  });

  test('comes exactly when used and amount together are above the limit', () => {
    const amount = fc.integer({ min: 1, max: 1e9 }).map(cents);
    fc.assert(
      fc.property(amount, amount, amount, (wish, limitCents, usedCents) => {
        const refusal = refusingLimit(wish, [{ kind: 'per-month', limitCents, usedCents }]);
        expect(refusal !== undefined).toBe(usedCents + wish > limitCents);
        if (refusal !== undefined) expect(refusal.leftCents).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('only letting more out needs a second person', () => {
    expect(isRaise(cents(100), cents(101))).toBe(true);
    expect(isRaise(cents(100), cents(100))).toBe(false);
    expect(isRaise(cents(100), cents(1))).toBe(false);
  });
});
