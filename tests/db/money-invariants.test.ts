/** Each promise about money is broken once, by hand and past every guard, and has to be named. */
import { randomUUID } from 'node:crypto';
import { recordReceived } from '../../db/received-payments.ts';
import { reverseTransaction } from '../../db/ledger.ts';
import { id } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aPaidCollection, aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';
import { aReceipt, aSource, noon, post } from './ledger-fixture.ts';

let base: TestDatabase;

beforeAll(async () => {
  base = await createTestDatabase();
  const { tenantId } = await aTenant(base.db);
  await base.db.withTenant(tenantId, async (t) => {
    const shortcodeId = await aShortcode(t);
    await aPaidCollection(t, { shortcodeId });
    await aPaidCollection(t, { shortcodeId });
    await recordReceived(t, {
      ...{ id: id('receivedPayment', randomUUID()), shortcodeId, receipt: 'UKE7Q2X9LN' },
      ...{ source: 'c2b', amountCents: cents(5_000), workflowId: 'c2b/UKE7Q2X9LN' },
      occurredAt: instantFromEpochMs(Date.now()),
      words: { reference: 'NOBODY', msisdn: '254712345678', name: 'AMINA' },
    });
  });
  const posted = await post(base.db, tenantId, aReceipt(randomUUID(), 7_000));
  if (!posted.ok) throw new Error('nothing was posted');
  await base.db.withTenant(tenantId, (t) =>
    reverseTransaction(t, {
      transactionId: posted.transactionId,
      reference: 'r',
      source: aSource(),
      occurredAt: noon,
    }),
  );
});
afterAll(() => base.drop());

const guarded = ['ledger_accounts', 'ledger_entries', 'ledger_transactions', 'receipts'];

/** What is broken after the damage, which is taken back at once. */
async function brokenBy(damage: string): Promise<string[]> {
  await base.asOwner('begin');
  try {
    for (const table of guarded) {
      await base.asOwner(`alter table shared.${table} disable trigger user`);
    }
    await base.asOwner(damage);
    await base.asOwner('set local role daftari_ops');
    const found = await base.asOwner('select distinct invariant from ops.invariants order by 1');
    return found.map(({ invariant }) => String(invariant));
  } finally {
    await base.asOwner('rollback');
  }
}

const one = (table: string, where = 'true') =>
  `(select ctid from shared.${table} where ${where} order by ctid limit 1)`;

test.each([
  [
    'ledger-transaction-sums-to-zero',
    `update shared.ledger_entries set amount_cents = amount_cents + 1
     where ctid = ${one('ledger_entries', 'amount_cents > 0')}`,
  ],
  [
    'ledger-balance-equals-entries',
    `update shared.ledger_accounts set balance_cents = balance_cents + 1
     where ctid = ${one('ledger_accounts')}`,
  ],
  [
    'ledger-reserved-equals-reservations',
    `update shared.ledger_accounts set reserved_cents = 5 where ctid = ${one('ledger_accounts')}`,
  ],
  [
    'ledger-account-not-negative',
    `update shared.ledger_accounts set balance_cents = -9000000 where kind = 'utility'`,
  ],
  [
    'ledger-closed-account-is-empty',
    `update shared.ledger_accounts set closed_at = now(), balance_cents = 1 where kind = 'utility'`,
  ],
  [
    'ledger-reversal-mirrors-its-transaction',
    `delete from shared.ledger_entries where transaction_id in
       (select id from shared.ledger_transactions where reverses is not null)`,
  ],
  ['ledger-receipt-moved-its-amount', 'update shared.receipts set amount_cents = amount_cents + 1'],
  [
    'ledger-receipt-is-credited-once',
    'update shared.receipts set transaction_id = (select transaction_id from shared.receipts limit 1)',
  ],
  [
    'paid-collection-is-in-the-ledger',
    'update shared.collections set ledger_transaction_id = null',
  ],
  [
    'paid-collection-has-a-witness',
    `update shared.collections set updated_at = now() - interval '1 hour'`,
  ],
  ['allocations-equal-the-payment', 'update shared.received_payments set allocated_cents = 500'],
  [
    'refunds-fit-their-receipt',
    `insert into shared.refund_totals (tenant_id, shortcode_id, receipt, original_cents, refunded_cents)
     select tenant_id, shortcode_id, receipt, amount_cents, 100 from shared.receipts limit 1`,
  ],
])('%s is named when it does not hold', async (invariant, damage) => {
  expect(await brokenBy('select 1')).not.toContain(invariant);
  expect(await brokenBy(damage)).toContain(invariant);
});
