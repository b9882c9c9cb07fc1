/** What the database itself holds invoices to, whatever the program does. */
import { randomUUID } from 'node:crypto';
import { insertCustomer } from '../../db/customers.ts';
import { insertInvoice } from '../../db/invoices.ts';
import { id } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { businessDate } from '../../domain/time.ts';
import { aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant } from './fixture.ts';

let base: TestDatabase;
let tenant: Awaited<ReturnType<typeof aTenant>>;

beforeAll(async () => {
  base = await createTestDatabase();
  tenant = await aTenant(base.db);
  await base.db.withTenant(tenant.tenantId, async (t) => {
    const customerId = id('customer', randomUUID());
    await insertCustomer(t, {
      ...{ id: customerId, reference: 'P-1', name: 'Amina', createdBy: 'user:a-test' },
    });
    await insertInvoice(t, {
      ...{ id: id('invoice', randomUUID()), paymentLinkId: id('paymentLink', randomUUID()) },
      ...{ shortcodeId: await aShortcode(t), customerId, createdBy: 'user:a-test' },
      ...{ issuedOn: businessDate('2026-11-01'), dueOn: businessDate('2026-11-30') },
      lines: [{ description: 'Rent', quantity: 2, unitCents: cents(50_000) }],
    });
  });
});
afterAll(() => base.drop());

/** What is broken after the damage, which is taken back at once. */
async function brokenBy(damage: string): Promise<string[]> {
  await base.asOwner('begin');
  try {
    await base.asOwner('alter table shared.invoices disable trigger sent_as_it_is');
    await base.asOwner('alter table shared.invoice_lines disable trigger sent_as_it_is');
    await base.asOwner(damage);
    await base.asOwner('set local role daftari_ops');
    const found = await base.asOwner('select distinct invariant from ops.invariants order by 1');
    return found.map(({ invariant }) => String(invariant));
  } finally {
    await base.asOwner('rollback');
  }
}

describe('ops.invariants', () => {
  test.each([
    ['nothing', 'select 1', []],
    ['a line that is gone', 'delete from shared.invoice_lines', ['invoice-lines-add-up']],
    [
      'a number that is left out',
      'update shared.invoice_counters set last_number = 2',
      ['invoice-numbers-without-gaps'],
    ],
    [
      'a link that asks for something else',
      'update shared.payment_links set amount_cents = amount_cents + 100',
      ['invoice-link-asks-the-same'],
    ],
    [
      'a void invoice that can still be paid',
      `update shared.invoices set voided_at = now(), void_reason = 'a test'`,
      ['invoice-link-asks-the-same'],
    ],
  ])('names %s', async (_what, damage, invariants) => {
    expect(await brokenBy(damage)).toEqual(invariants);
  });
});

test.each([
  `update shared.invoices set total_cents = 100`,
  `update shared.invoices set due_on = '2099-12-31'`,
  `update shared.invoices set number = 7`,
  `update shared.invoice_lines set unit_cents = 100, amount_cents = 200`,
])('what was sent is not rewritten: %s', async (statement) => {
  await expect(base.asOwner(statement)).rejects.toThrow('append-only');
});
