/** Limits, holds and the one sending under real concurrency, and the published tariffs. */
import { Registry } from 'prom-client';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import type { Hold } from '../../activities/disbursement-steps.ts';
import { payoutMetrics } from '../../activities/payout-metrics.ts';
import type { TenantHandle } from '../../db/database.ts';
import { moveDisbursement } from '../../db/disbursements.ts';
import { balanceOf } from '../../db/ledger.ts';
import { usageOn } from '../../db/limits.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import { countRefund } from '../../db/refunds.ts';
import { quoteCharge } from '../../db/tariffs.ts';
import { paidResult } from '../support/payout-stage.ts';
import { aFloat, aPayout, setLimit } from '../support/payouts.ts';
import { aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';
import type { ShortcodeId, TenantId } from '../../domain/ids.ts';
import { purse } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import type { TariffProduct } from '../../domain/tariffs/charge.ts';
import { businessDate, businessDateOf, instantFromEpochMs } from '../../domain/time.ts';

let base: TestDatabase;
beforeAll(async () => {
  base = await createTestDatabase({ poolMax: 16 });
});
afterAll(async () => {
  const violations = await base.invariants();
  await base.drop();
  expect(violations).toEqual([]);
});

const nowMs = Date.now;
const today = businessDateOf(instantFromEpochMs(Date.now()));

interface Shop {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
  in<Result>(work: (t: TenantHandle) => Promise<Result>): Promise<Result>;
}

async function aShop(floatShillings: number): Promise<Shop> {
  const { tenantId } = await aTenant(base.db);
  const inTenant: Shop['in'] = (work) => base.db.withTenant(tenantId, work);
  const shortcodeId = await inTenant((t) => aShortcode(t, { number: '600984' }));
  await inTenant((t) => aFloat(t, shortcodeId, floatShillings));
  return { tenantId, shortcodeId, in: inTenant };
}

/** Fifty payouts that ask for their holds at the same moment. */
async function fiftyHolds(shop: Shop, shillings: number): Promise<Hold[]> {
  const payouts = await shop.in(async (t) => {
    const ids = [];
    for (let n = 0; n < 50; n += 1) ids.push(await aPayout(t, shop.shortcodeId, { shillings }));
    return ids;
  });
  const { holdPayout } = createAuthorisationActivities({ db: base.db, nowMs });
  const { tenantId } = shop;
  return Promise.all(payouts.map((disbursementId) => holdPayout({ tenantId, disbursementId })));
}

const passed = (holds: readonly Hold[]) =>
  holds.filter(({ revenue, core }) => revenue.verdict === 'allowed' && core.verdict === 'allowed');

describe('fifty payouts at the same moment', () => {
  test('take no more of a limit than there is, and each refused one is told which limit it was', async () => {
    const shop = await aShop(1_000_000);
    await shop.in((t) => setLimit(t, 'per-day', 10_000));

    const holds = await fiftyHolds(shop, 1_000);

    expect(passed(holds)).toHaveLength(10);
    const refused = holds.find(({ revenue }) => revenue.verdict === 'denied')?.revenue;
    expect(refused).toMatchObject({ code: 'limit-exceeded' });
    expect(refused).toMatchObject({ message: expect.stringContaining('all payouts of today') });
    expect(await shop.in((t) => usageOn(t, today))).toMatchObject({ 'per-day': 10_000_00 });
  });

  test('hold no more money than there is, with its charges, and refused ones hold nothing', async () => {
    const shop = await aShop(5_025);

    const holds = await fiftyHolds(shop, 1_000);

    expect(passed(holds)).toHaveLength(5);
    const refused = holds.find(({ core }) => core.verdict === 'denied')?.core;
    expect(refused).toMatchObject({ code: 'insufficient-funds' });
    const balance = await shop.in((t) => balanceOf(t, purse(shop.shortcodeId)));
    expect(balance).toMatchObject({ reservedCents: 5_025_00, availableCents: 0 });
    expect(await shop.in((t) => usageOn(t, today))).toMatchObject({ 'per-day': 5_000_00 });
  });

  test('a payout that asks twice holds once', async () => {
    const shop = await aShop(100_000);
    const disbursementId = await shop.in((t) => aPayout(t, shop.shortcodeId, { shillings: 500 }));
    const { holdPayout } = createAuthorisationActivities({ db: base.db, nowMs });
    const key = { tenantId: shop.tenantId, disbursementId };

    const holds = await Promise.all([holdPayout(key), holdPayout(key), holdPayout(key)]);

    expect(passed(holds)).toHaveLength(3);
    const balance = await shop.in((t) => balanceOf(t, purse(shop.shortcodeId)));
    expect(balance).toMatchObject({ reservedCents: 505_00 });
  });
});

describe('the one sending', () => {
  test('of ten that claim it at the same moment one gets it', async () => {
    const shop = await aShop(100_000);
    const disbursementId = await shop.in((t) => aPayout(t, shop.shortcodeId, { shillings: 500 }));
    const key = { tenantId: shop.tenantId, disbursementId };
    await createAuthorisationActivities({ db: base.db, nowMs }).holdPayout(key);
    const steps = createDisbursementActivities({ db: base.db, nowMs });
    await steps.admitPayout({ ...key, reviewReasons: [] });

    const claims = await Promise.all(
      Array.from({ length: 10 }, () =>
        shop.in((t) => moveDisbursement(t, disbursementId, { to: 'sending', by: 'test' })),
      ),
    );

    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
    await shop.in((t) =>
      addEvidence(t, { subjectId: disbursementId, fingerprint: 'a', evidence: paidResult }),
    );
    const standings = await Promise.all([1, 2, 3].map(() => steps.settlePayout(key)));
    expect(standings.map(({ status }) => status)).toEqual(['paid', 'paid', 'paid']);
  });

  test('a payout that counted as refused and was paid after all is booked once', async () => {
    const shop = await aShop(100_000);
    const disbursementId = await shop.in((t) => aPayout(t, shop.shortcodeId, { shillings: 700 }));
    const key = { tenantId: shop.tenantId, disbursementId };
    await createAuthorisationActivities({ db: base.db, nowMs }).holdPayout(key);
    const steps = createDisbursementActivities({ db: base.db, nowMs });
    await steps.admitPayout({ ...key, reviewReasons: [] });
    const say = (fingerprint: string, evidence: typeof paidResult) =>
      shop.in((t) => addEvidence(t, { subjectId: disbursementId, fingerprint, evidence }));
    await shop.in((t) => moveDisbursement(t, disbursementId, { to: 'sending', by: 'test' }));
    await say('a', { source: 'result', code: '4', isDefinite: true, receipt: null });
    expect(await steps.settlePayout(key)).toMatchObject({ status: 'refused' });

    await say('b', { ...paidResult, receipt: 'UKE9ZZZZZ1' } as typeof paidResult);
    await steps.settlePayout(key);

    expect(await steps.settlePayout(key)).toMatchObject({ status: 'paid', isDisputed: true });
    const balance = await shop.in((t) => balanceOf(t, purse(shop.shortcodeId)));
    expect(balance).toMatchObject({ balanceCents: 100_000_00 - 705_00, reservedCents: 0 });
    expect(await shop.in((t) => usageOn(t, today))).toMatchObject({ 'per-day': 700_00 });
  });
});

describe('refunds of one payment', () => {
  test('of two for all of it at the same moment exactly one fits', async () => {
    const shop = await aShop(0);
    const original = {
      ...{ shortcodeId: shop.shortcodeId, originalReceipt: 'UKE7Q2X9LM' },
      ...{ originalCents: cents(1_500_00), amountCents: cents(1_500_00) },
    };

    const counted = await Promise.all(
      [1, 2, 3, 4].map(() => shop.in((t) => countRefund(t, original))),
    );

    expect(counted.filter(({ ok }) => ok)).toHaveLength(1);
    expect(counted.find(({ ok }) => !ok)).toEqual({ ok: false, leftCents: 0 });
    await base.asOwner('delete from shared.refund_totals');
  });
});

describe('the published tariffs', () => {
  const payBill: [number, number, number, number][] = [
    ...([
      [1, 100, 0, 0],
      [101, 500, 5, 0],
      [501, 1_000, 10, 0],
      [1_001, 1_500, 10, 5],
    ] as [number, number, number, number][]),
    ...([
      [1_501, 2_500, 13, 7],
      [2_501, 3_500, 16, 9],
      [3_501, 5_000, 16, 18],
    ] as [number, number, number, number][]),
    ...([
      [5_001, 7_500, 17, 25],
      [7_501, 10_000, 18, 30],
      [10_001, 15_000, 18, 39],
    ] as [number, number, number, number][]),
    ...([
      [15_001, 20_000, 19, 43],
      [20_001, 25_000, 20, 47],
      [25_001, 30_000, 20, 52],
    ] as [number, number, number, number][]),
    ...([
      [30_001, 35_000, 21, 62],
      [35_001, 40_000, 23, 76],
      [40_001, 45_000, 23, 80],
    ] as [number, number, number, number][]),
    [45_001, 250_000, 24, 84],
  ];
  const bands: [TariffProduct, number, number, number][] = [
    ...payBill.flatMap(
      ([low, high, customer, business]): [TariffProduct, number, number, number][] => [
        ['pay-bill-mgao-customer', low, high, customer],
        ['pay-bill-mgao-business', low, high, business],
        ['pay-bill-business-bouquet', low, high, customer + business],
        ['pay-bill-customer-bouquet', low, high, customer + business],
      ],
    ),
    ['b2c', 1, 100, 0],
    ['b2c', 101, 1_500, 5],
    ['b2c', 1_501, 5_000, 9],
    ['b2c', 5_001, 20_000, 11],
    ['b2c', 20_001, 250_000, 13],
    ['send-money', 1, 49, 0],
    ['send-money', 2_501, 3_500, 53],
    ['send-money', 50_001, 250_000, 108],
    ['agent-withdrawal', 50, 100, 11],
    ['agent-withdrawal', 50_001, 250_000, 309],
    ['till-merchant', 1, 200, 0],
  ];

  test('charge each band what was published, at both of its ends', async () => {
    const { tenantId } = await aTenant(base.db);
    const day = businessDate('2026-11-27');
    const found = await base.db.withTenant(tenantId, async (t) => {
      const rows: [TariffProduct, number, number, number][] = [];
      for (const [product, low, high] of bands) {
        const at = (shillings: number) =>
          quoteCharge(t, { product, amountCents: cents(shillings * 100), day });
        const [atLow, atHigh] = [await at(low), await at(high)];
        rows.push([product, low, high, atLow === atHigh ? (atLow ?? -1) / 100 : -1]);
      }
      return rows;
    });

    expect(found).toEqual(bands);
  });

  test('take 0.55 % of a till payment, at most KES 200, and nothing of too much', async () => {
    const { tenantId } = await aTenant(base.db);
    const day = businessDate('2026-11-27');
    const quotes = await base.db.withTenant(tenantId, async (t) => {
      const at = (shillings: number) =>
        quoteCharge(t, { product: 'till-merchant', amountCents: cents(shillings * 100), day });
      return [await at(1_000), await at(100_000), await at(250_001)];
    });

    expect(quotes).toEqual([5_50, 200_00, undefined]);
  });

  test('are not in force before their day', async () => {
    const { tenantId } = await aTenant(base.db);
    const quote = { product: 'b2c', amountCents: cents(1_000_00) } as const;
    const before = await base.db.withTenant(tenantId, (t) =>
      quoteCharge(t, { ...quote, day: businessDate('2023-07-31') }),
    );

    expect(before).toBeUndefined();
  });
});

test('payouts of one tenant are invisible to another', async () => {
  const [mine, other] = [await aShop(1_000), await aShop(1_000)];
  await mine.in((t) => aPayout(t, mine.shortcodeId, { shillings: 100 }));
  const seen = await other.in((t) => t.query.selectFrom('disbursements').selectAll().execute());

  expect(seen).toEqual([]);
});

describe('counters of payouts', () => {
  test('count each status a payout comes to, once, with its channel and the kind of reason', async () => {
    const shop = await aShop(10_000);
    const { tenantId } = shop;
    const registry = new Registry();
    const parts = { db: base.db, nowMs };
    const steps = createDisbursementActivities({ ...parts, metrics: payoutMetrics(registry) });
    const ends = [
      { source: 'result', code: '0', isDefinite: false, receipt: 'UKE9A1B2C4' },
      { source: 'result', code: '2040', isDefinite: true, receipt: null },
    ] as const;
    for (const evidence of ends) {
      const disbursementId = await shop.in((t) => aPayout(t, shop.shortcodeId, { shillings: 100 }));
      const payout = { tenantId, disbursementId };
      await createAuthorisationActivities(parts).holdPayout(payout);
      await steps.admitPayout({ ...payout, reviewReasons: [] });
      await steps.admitPayout({ ...payout, reviewReasons: [] });
      await shop.in(async (t) => {
        await moveDisbursement(t, disbursementId, { to: 'sending', by: 'test' });
        await addEvidence(t, { subjectId: disbursementId, fingerprint: 'end', evidence });
      });
      await steps.settlePayout(payout);
      await steps.settlePayout(payout);
    }

    const told = await registry.getSingleMetric('daftari_payouts_total')?.get();
    const channel = 'business-payment';
    expect(told?.values.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
      { status: 'reserved', channel, family: 'none', value: 2 },
      { status: 'paid', channel, family: 'none', value: 1 },
      { status: 'refused', channel, family: 'payee', value: 1 },
    ]);
  });
});
