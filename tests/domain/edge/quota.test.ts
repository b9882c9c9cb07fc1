import fc from 'fast-check';
import { callerQuota, leaseSize, scaledQuota, tenantQuotas } from '../../../domain/edge/quota.ts';

const quota = fc.record({
  perSecond: fc.integer({ min: 1, max: 100_000 }),
  burst: fc.integer({ min: 1, max: 300_000 }),
});

test('what three processes can hold back stays below two hundredths of a bucket', () => {
  fc.assert(
    fc.property(quota, (some) => {
      const held = 3 * leaseSize(some);
      expect(held <= some.burst * 0.02 || leaseSize(some) === 1).toBe(true);
    }),
  );
});

test('a caller never has more than the business, and always at least one request', () => {
  fc.assert(
    fc.property(quota, (some) => {
      const caller = callerQuota(some);
      expect(caller.perSecond).toBeLessThanOrEqual(some.perSecond);
      expect(caller.burst).toBeLessThanOrEqual(some.burst);
      expect(Math.min(caller.perSecond, caller.burst)).toBeGreaterThanOrEqual(1);
    }),
  );
});

test('a scaled quota is whole and never nothing', () => {
  expect(scaledQuota({ perSecond: 3, burst: 10 }, 0.1)).toEqual({ perSecond: 1, burst: 1 });
  expect(scaledQuota(tenantQuotas.pro, 2)).toEqual({ perSecond: 400, burst: 1_200 });
});
