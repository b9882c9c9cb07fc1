import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant, postStatement } from './fixture.ts';

let base: TestDatabase;

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

/** Posted twice over, so that its transactions have a second paper. */
async function aPostedStatement() {
  const tenant = await aTenant(base.db);
  const row = { receipt: 'TBA0000001', direction: 'in', amountCents: 100, minute: 0 } as const;
  const rows = [row, { ...row, twin: 1 }];
  const posted = await postStatement(base.db, tenant, { rows });
  await postStatement(base.db, tenant, { rows });
  return { ...posted, ...tenant };
}

/** References that are checked once per statement: child table, column, and what it refers to. */
const references = [
  ['statement_lines', 'statement_id'],
  ['transactions', 'account_id'],
  ['transactions', 'statement_id'],
  ['transactions', 'parent_id'],
  ['transaction_sources', 'statement_id'],
  ['transaction_sources', 'transaction_id'],
] as const;

describe('references of the tables that grow by thousands of rows', () => {
  test.each(references)('%s.%s cannot name a row that is not there', async (table, column) => {
    const { tenantId } = await aPostedStatement();
    const isKeyed = table === 'transactions';
    const found = await base.asOwner(
      `select string_agg(attname, ', ') as columns from pg_attribute
       where attrelid = 'shared.${table}'::regclass and attnum > 0 and not attisdropped
         and not attname = any($1)`,
      [['id', 'ordinal', column, ...(isKeyed ? ['identity'] : [])]],
    );
    const others = String(found[0]?.['columns']);
    const [own, ownValues] = isKeyed
      ? [', id, identity', ", platform.uuid_v7(), 'another'"]
      : ['', ''];
    const insert = base.asOwner(
      `insert into shared.${table} (${others}, ${column}, ordinal${own})
       select ${others}, $2, 77${ownValues} from shared.${table} where tenant_id = $1 limit 1`,
      [tenantId, randomUUID()],
    );

    await expect(insert).rejects.toMatchObject({ code: '23503' });
  });

  test('a reference of another tenant counts as one that is not there', async () => {
    const [mine, theirs] = [await aPostedStatement(), await aPostedStatement()];
    const change = base.asOwner(
      'update shared.transactions set statement_id = $2 where tenant_id = $1',
      [mine.tenantId, theirs.statementId],
    );

    await expect(change).rejects.toMatchObject({ code: '23503' });
  });

  test.each(['statements', 'accounts', 'transactions'])(
    'a row of %s that is referred to is neither removed nor given another key',
    async (table) => {
      const { tenantId } = await aPostedStatement();

      const removal = base.asOwner(`delete from shared.${table} where tenant_id = $1`, [tenantId]);
      await expect(removal).rejects.toMatchObject({ code: '23503' });
      const change = base.asOwner(
        `update shared.${table} set id = platform.uuid_v7() where tenant_id = $1`,
        [tenantId],
      );
      await expect(change).rejects.toMatchObject({ code: '23503' });
    },
  );
});

describe('naming a category', () => {
  test('stays within the page of the row and touches no index', async () => {
    const { tenantId } = await aPostedStatement();
    await base.asOwner('select pg_stat_force_next_flush()');
    const updated = async () => {
      const [row] = await base.asOwner(
        `select pg_stat_get_tuples_hot_updated('shared.transactions'::regclass)::int
           + pg_stat_get_xact_tuples_hot_updated('shared.transactions'::regclass)::int as n`,
      );
      return Number(row?.['n']);
    };
    const before = await updated();
    await base.asOwner(
      `update shared.transactions set category = 'sales', category_reason = 'a till sells'
       where tenant_id = $1`,
      [tenantId],
    );
    await base.asOwner('select pg_stat_force_next_flush()');

    expect((await updated()) - before).toBe(2);
  });
});
