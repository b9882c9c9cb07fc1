import { randomUUID } from 'node:crypto';
import { keepLedgers } from '../../activities/ledger-upkeep.ts';
import { listAccountBalances } from '../../db/ledger-balances.ts';
import { verifySeals } from '../../db/ledger-seals.ts';
import { balanceOf, reserve } from '../../db/ledger.ts';
import { insertPostingRequest } from '../../db/posting-requests.ts';
import { id } from '../../domain/ids.ts';
import { outside, purse } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { aReceipt, aSource, noon, post } from '../db/ledger-fixture.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';

let base: TestDatabase;

function fail(): never {
  throw new Error('the fixture made nothing');
}

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
  const requestId = id('postingRequest', randomUUID());
  await base.db.withTenant(tenants[0]?.tenantId ?? fail(), async (t) => {
    const [account] = await listAccountBalances(t, { kinds: ['utility'], limit: 1 });
    await insertPostingRequest(t, {
      ...{ id: requestId, reason: 'counted the float', requestedBy: 'user:maker' },
      ...{ requestedAt: '2026-03-01T09:00:00.000Z' as Instant, expiresAt: noon },
      wish: {
        ...{ kind: 'adjustment', accountId: account?.id ?? fail(), side: 'in' },
        amountCents: cents(1),
      },
    });
  });
  const later = Date.parse('2026-03-10T09:00:00.000Z' as Instant);
  expect(await keepLedgers(base.db, later)).toEqual({
    'reservations expired': 2,
    'requests expired': 1,
    'words expired': 0,
    'accounts reopened': 0,
    'transactions sealed': 2,
    'day balances written': 4,
  });
  expect(await keepLedgers(base.db, later)).toEqual({
    'reservations expired': 0,
    'requests expired': 0,
    'words expired': 0,
    'accounts reopened': 0,
    'transactions sealed': 0,
    'day balances written': 0,
  });
  expect(
    await base.asOwner(
      `select action, actor from shared.audit_log where object_kind = 'posting-request'`,
    ),
  ).toEqual([{ action: 'ledger.request-expired', actor: 'service:ledger' }]);
  for (const { tenantId } of tenants) {
    const seen = await base.db.withTenant(tenantId, async (t) => ({
      seals: await verifySeals(t),
      held: await balanceOf(t, purse(shortcode)),
    }));
    expect(seen).toMatchObject({ seals: { ok: true }, held: { availableCents: 900 } });
  }
  expect(await base.invariants()).toEqual([]);
});
