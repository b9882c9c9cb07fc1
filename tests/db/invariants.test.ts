import { sql } from 'kysely';
import { applyCategoryChunk } from '../../db/row-category-changes.ts';
import { openChange } from '../../db/row-changes.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { appendAudit } from '../../db/audit.ts';
import { listBrokenInvariants } from '../../db/invariants.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant, postStatement } from './fixture.ts';

let base: TestDatabase;

beforeAll(async () => {
  base = await createTestDatabase();
  const tenant = await aTenant(base.db);
  const rows = [1, 2, 3].map((n) => ({
    receipt: `TBA000000${n}`,
    direction: n === 2 ? ('out' as const) : ('in' as const),
    amountCents: 100 * n,
    minute: n,
  }));
  const { accountId, inserted } = await postStatement(base.db, tenant, { rows });
  await base.db.withTenant(tenant.tenantId, async (t) => {
    const rows = sql`x.ordinal = 1`;
    const { id } = await openChange(t, {
      ...{ deed: { kind: 'category', category: 'fuel' }, rows, actor: 'user:a-test' },
    });
    await applyCategoryChunk(t, id, 10);
    await recomputeRollups(
      t,
      accountId,
      inserted.map((row) => row.businessDate),
    );
    await appendAudit(t, {
      actor: 'a',
      action: 'key.create',
      objectKind: 'api-key',
      objectId: 'd',
    });
  });
});
afterAll(() => base.drop());

/** What is broken after the damage, which is taken back at once. */
async function brokenBy(...damage: string[]): Promise<string[]> {
  await base.asOwner('begin');
  try {
    for (const text of damage) await base.asOwner(text);
    await base.asOwner('set local role daftari_ops');
    const found = await base.asOwner('select distinct invariant from ops.invariants order by 1');
    return found.map(({ invariant }) => String(invariant));
  } finally {
    await base.asOwner('rollback');
  }
}

describe('ops.invariants', () => {
  test('is empty when every promise is kept', async () => {
    const found = await base.db.asOperator('check', (o) => listBrokenInvariants(o, 50));
    expect(found).toEqual([]);
  });

  test.each([
    [
      'a rollup one cent off',
      'update shared.daily_rollups set amount_cents = amount_cents + 1',
      'rollups-equal-transactions',
    ],
    [
      'a rollup nobody needs',
      `update shared.daily_rollups set channel = 'till' where direction = 'out'`,
      'rollups-equal-transactions',
    ],
    [
      'a month that is not its days',
      'update shared.monthly_rollups set transaction_count = transaction_count + 1',
      'months-equal-days',
    ],
    ['a missing month', 'delete from shared.monthly_rollups', 'months-equal-days'],
    [
      'a day total one cent off',
      'update shared.daily_totals set out_cents = out_cents + 1',
      'day-totals-equal-days',
    ],
    ['a missing rollup', 'delete from shared.daily_rollups', 'rollups-equal-transactions'],
    [
      'a wrong row count',
      'update shared.statements set row_count = 9',
      'statement-equals-its-lines',
    ],
    [
      'a wrong total',
      'update shared.statements set total_in_cents = 1',
      'statement-equals-its-lines',
    ],
    [
      'a wrong count of rejects',
      'update shared.statements set reject_count = 1',
      'statement-equals-its-rejects',
    ],
    [
      'a line that lost its transaction',
      'update shared.statement_lines set transaction_id = null where ordinal = 0',
      'moved-line-has-transaction',
    ],
    [
      'a transaction with another amount',
      'update shared.transactions set amount_cents = amount_cents + 5 where ordinal = 0',
      'moved-line-has-transaction',
    ],
    [
      'a transaction no statement shows',
      'update shared.transactions set ordinal = 9 where ordinal = 1',
      'transaction-has-source',
    ],
    [
      'a reversed transaction still shown',
      `update shared.transactions set reversed_at = now() where ordinal = 2;
       insert into shared.transaction_sources select tenant_id, id, statement_id, ordinal
       from shared.transactions where ordinal = 2`,
      'reversed-transaction-has-no-source',
    ],
    [
      'a transaction that names its own statement twice',
      `insert into shared.transaction_sources select tenant_id, id, statement_id, ordinal
       from shared.transactions where ordinal = 1`,
      'source-is-another-statement',
    ],
    [
      'a row that is not where somebody put it',
      `update shared.transactions set category = 'rent', category_source = 'catalogue'
       where ordinal = 1`,
      'chosen-category-stands',
    ],
    ['a gap in the audit chain', 'update shared.audit_heads set seq = 7', 'audit-chain-has-no-gap'],
  ])('names %s', async (_what, damage, invariant) => {
    expect(await brokenBy(damage)).toContain(invariant);
  });

  test('leaves the figures of an account alone while a statement of it is under way', async () => {
    const underWay = `update shared.statements set status = 'undoing'`;
    const figures = ['daily_rollups', 'monthly_rollups', 'daily_totals'];
    const damage = figures.map((table) => `delete from shared.${table}`);
    expect(await brokenBy(...damage, underWay)).toEqual([]);
  });
});
