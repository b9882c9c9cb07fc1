import { randomUUID } from 'node:crypto';
import { keepLedgers } from '../../activities/ledger-upkeep.ts';
import { verifySeals } from '../../db/ledger-seals.ts';
import { balanceOf, reserve } from '../../db/ledger.ts';
import { outside, purse } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { aReceipt, aSource, noon, post } from '../db/ledger-fixture.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';

let base: TestDatabase;

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

test('the upkeep of all ledgers frees, seals and writes down, and a repeat finds nothing', async () => {
  const tenants = [await aTenant(base.db), await aTenant(base.db)];
  const shortcode = randomUUID();
  for (const { tenantId } of tenants) {
    await post(base.db, tenantId, aReceipt(shortcode, 900));
    await base.db.withTenant(tenantId, (t) =>
      reserve(t, {
        ...{ reference: 'r', from: purse(shortcode), to: outside(shortcode) },
        ...{ amountCents: cents(500), expiresAt: noon, source: aSource() },
      }),
    );
  }
  const later = Date.parse('2026-03-10T09:00:00.000Z' as Instant);
  expect(await keepLedgers(base.db, later)).toEqual({
    'reservations expired': 2,
    'transactions sealed': 2,
    'day balances written': 4,
  });
  expect(await keepLedgers(base.db, later)).toEqual({
    'reservations expired': 0,
    'transactions sealed': 0,
    'day balances written': 0,
  });
  for (const { tenantId } of tenants) {
    const seen = await base.db.withTenant(tenantId, async (t) => ({
      seals: await verifySeals(t),
      held: await balanceOf(t, purse(shortcode)),
    }));
    expect(seen).toMatchObject({ seals: { ok: true }, held: { availableCents: 900 } });
  }
  expect(await base.invariants()).toEqual([]);
});
