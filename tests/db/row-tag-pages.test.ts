/** What a page of rows under a tag reads, on tables that were never analysed and on ones that were. */
import { sql } from 'kysely';
import { stepChange } from '../../db/bulk-changes.ts';
import type { TenantHandle } from '../../db/database.ts';
import { openChange } from '../../db/row-changes.ts';
import {
  listTransactions,
  summariseTransactions,
  type TransactionOrder,
  type TransactionPageRequest,
} from '../../db/transactions.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, postStatement, type Row, type TestTenant } from './fixture.ts';

const limit = 20;
const rowCount = 2_000;
const taggedCount = 1_200;
const tag = ['often'];

let base: TestDatabase;
let tenant: TestTenant;
const inTenant = <T>(work: (t: TenantHandle) => Promise<T>) =>
  base.db.withTenant(tenant.tenantId, work);

beforeAll(async () => {
  base = await createTestDatabase();
  for (const table of ['transactions', 'statement_lines', 'row_marks', 'row_tags'])
    await base.asOwner(`alter table shared.${table} set (autovacuum_enabled = false)`);
  tenant = await aTenant(base.db);
  const rows = Array.from({ length: rowCount }, (_, n): Row => ({
    ...{ receipt: `TRV${String(n).padStart(7, '0')}`, direction: n % 2 === 0 ? 'in' : 'out' },
    ...{ amountCents: 1 + ((n * 7_919) % rowCount), minute: n },
  }));
  await postStatement(base.db, tenant, { rows });
  // The oldest rows, which a walk through time would reach last.
  const { id: changeId } = await inTenant((t) =>
    openChange(t, {
      ...{ deed: { kind: 'tags', add: tag, remove: [] }, actor: 'user:a-test' },
      rows: sql`x.reversed_at is null and x.ordinal < ${taggedCount}`,
    }),
  );
  for (let isDone = false; !isDone;) isDone = await inTenant((t) => stepChange(t, changeId, 1_000));
}, 60_000);
afterAll(() => base.drop());

/** With statistics a table this small is rather read whole than looked up row by row. */
let tables = ['transactions', 'row_tags'];

/** Rows of these tables that `work` makes its connection read. */
function rowsRead(work: (t: TenantHandle) => Promise<unknown>): Promise<number> {
  return inTenant(async (t) => {
    const before = await countRead(t);
    await work(t);
    return (await countRead(t)) - before;
  });
}

async function countRead(t: TenantHandle): Promise<number> {
  const counted = await sql<{ read: number }>`
    select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint as read
    from pg_stat_xact_user_tables
    where schemaname = 'shared' and relname = any(${tables})`.execute(t.query);
  return counted.rows[0]?.read ?? 0;
}

const pageRead = (request: Omit<TransactionPageRequest, 'limit'>) =>
  rowsRead(async (t) => {
    expect(await listTransactions(t, { ...request, limit })).toHaveLength(limit);
  });

const orders: TransactionOrder[] = (['occurredAt', 'amountCents'] as const).flatMap((field) => [
  { field, isDescending: true },
  { field, isDescending: false },
]);

describe.each([['without statistics'], ['with statistics']])('under a tag, %s', (how) => {
  beforeAll(async () => {
    if (how === 'without statistics') return;
    tables = ['row_tags'];
    await base.asOwner('analyze');
  });

  test.each(orders)(
    'a page by $field (descending: $isDescending) reads little more',
    async (...of) => {
      const [order] = of;
      const last = await inTenant((t) =>
        listTransactions(t, { filter: { tag }, order, limit: 601 }),
      );
      const deep = last.at(-1);
      if (deep === undefined) throw new Error('there are that many rows');
      const after = { value: deep[order.field], id: deep.id };

      expect(await pageRead({ filter: { tag }, order })).toBeLessThan(4 * limit);
      expect(await pageRead({ filter: { tag }, order, after })).toBeLessThan(4 * limit);
      const filter = { tag, direction: ['in' as const] };
      expect(await pageRead({ filter, order })).toBeLessThan(6 * limit);
    },
  );

  test('counting reads the rows under it and no others', async () => {
    const read = await rowsRead(async (t) => {
      const { count } = await summariseTransactions(t, { tag });
      expect(count).toBe(taggedCount);
    });
    expect(read).toBeLessThanOrEqual(taggedCount);
  });
});
