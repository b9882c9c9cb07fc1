/** One row split into parts: figures, filters, later changes, and taking it back. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { stepChange } from '../../db/bulk-changes.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { beginTakingBack, findChange, openChange } from '../../db/row-changes.ts';
import { joinRow, splitRow, type PartWish } from '../../db/row-parts.ts';
import { adoptChoices } from '../../db/transaction-categories.ts';
import { findTransaction, listTransactions, summariseTransactions } from '../../db/transactions.ts';
import type { Category } from '../../domain/categories/terms.ts';
import { id, type RowChangeId, type StatementId, type TransactionId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { postStatement, undoStatement } from './fixture.ts';
import { threeRows } from './three-rows.ts';

const suite = threeRows({ prefix: 'TSP', directions: ['out', 'out', 'out'], category: 'sales' });
const { inTenant } = suite;

const idOf = (n: number): TransactionId => {
  const row = suite.posted.inserted[n - 1];
  if (row === undefined) throw new Error('a row was posted');
  return row.transactionId;
};
const part = (category: Category, amount: number, note: string | null = null): PartWish => ({
  ...{ category, amountCents: cents(amount), note },
});
const who = { actor: 'user:a-test', requestId: 'a-request' };
const split = (n: number, parts: PartWish[], was: string | null = 'sales', key = randomUUID()) =>
  inTenant((t) =>
    splitRow(t, {
      ...{ transactionId: idOf(n), parts, was, ...who, askedAs: id('rowChange', key) },
    }),
  );
async function done(outcome: ReturnType<typeof split>): Promise<RowChangeId> {
  const made = await outcome;
  if (typeof made === 'string') throw new Error(made);
  return made.changeId;
}
const read = (n: number) => inTenant((t) => findTransaction(t, idOf(n)));
const sums = (category?: string[]) =>
  inTenant((t) => summariseTransactions(t, category === undefined ? {} : { category }));
async function takeBack(changeId: RowChangeId) {
  await inTenant((t) => beginTakingBack(t, changeId, 'user:another'));
  await inTenant((t) => stepChange(t, changeId, 10));
}
/** Figures by category, and what the invariants say of them. */
async function figures(): Promise<Record<string, string>> {
  const days = [...new Set(suite.posted.inserted.map(({ businessDate }) => businessDate))];
  await inTenant((t) => recomputeRollups(t, suite.posted.accountId, days));
  const wrong = await suite.base.invariants();
  expect(wrong.filter((row) => row['tenant_id'] === suite.tenant.tenantId)).toEqual([]);
  const found = await inTenant((t) =>
    sql<{ category: string; said: string }>`
      select category, sum(transaction_count) || ' of ' || sum(amount_cents) as said
      from ${t.table('daily_rollups')} group by 1 order by 1`.execute(t.query),
  );
  return Object.fromEntries(found.rows.map(({ category, said }) => [category, said]));
}

test('figures, sums and filters by category go by the parts', async () => {
  await split(3, [part('rent', 120), part('fuel', 100, 'for the van'), part('rent', 80)]);

  expect(await figures()).toEqual({ fuel: '1 of 100', rent: '1 of 200', sales: '2 of 300' });
  expect(await sums(['rent'])).toEqual({ count: 1, inCents: 0, outCents: 200 });
  expect(await sums(['rent', 'sales'])).toEqual({ count: 3, inCents: 0, outCents: 500 });
  expect(await sums(['split'])).toEqual({ count: 1, inCents: 0, outCents: 300 });
  expect(await sums()).toEqual({ count: 3, inCents: 0, outCents: 600 });
  const found = await inTenant((t) =>
    listTransactions(t, { filter: { category: ['fuel'] }, limit: 9 }),
  );
  expect(found).toMatchObject([
    {
      ...{ id: idOf(3), category: 'split', amountCents: 300 },
      parts: [
        { category: 'rent', amountCents: 120, note: null },
        { category: 'fuel', amountCents: 100, note: 'for the van' },
        { category: 'rent', amountCents: 80, note: null },
      ],
    },
  ]);
});

test('parts that are not the amount, and a row that says otherwise by now, are refused', async () => {
  expect(await split(2, [part('rent', 100), part('fuel', 99)])).toBe('not-its-amount');
  expect(await split(2, [part('rent', 100), part('fuel', 101)])).toBe('not-its-amount');
  expect(await split(2, [part('rent', 100), part('fuel', 100)], 'rent')).toBe('changed-meanwhile');
  await undoStatement(suite.base.db, suite.tenant, suite.posted);
  expect(await split(2, [part('rent', 100), part('fuel', 100)])).toBe('not-found');
});

test('a request that comes twice splits once', async () => {
  const key = randomUUID();
  const parts = [part('rent', 50), part('fuel', 50)];
  const first = await done(split(1, parts, 'sales', key));

  expect(await done(split(1, parts, 'sales', key))).toBe(first);
  expect((await read(1))?.parts).toHaveLength(2);
});

test('split otherwise and taken back, it says what it said before; joined, all of it goes', async () => {
  await split(1, [part('rent', 60), part('fuel', 40)]);
  const second = await done(split(1, [part('fuel', 1), part('rent', 99)], 'split'));
  expect(await figures()).toMatchObject({ fuel: '1 of 1', rent: '1 of 99' });
  await takeBack(second);
  expect(await figures()).toMatchObject({ fuel: '1 of 40', rent: '1 of 60' });
  await split(1, [part('fuel', 2), part('rent', 98)], 'split');

  const wish = { transactionId: idOf(1), ...who };
  const joined = await inTenant((t) => joinRow(t, wish));
  expect(joined).toMatchObject({ category: 'sales', parts: [] });
  expect(await inTenant((t) => joinRow(t, wish))).toEqual(joined);
  expect(await figures()).toEqual({ sales: '3 of 600' });
});

test('a split that was taken back while a later one stood on it is joined as well', async () => {
  const first = await done(split(1, [part('rent', 60), part('fuel', 40)]));
  await split(1, [part('rent', 1), part('fuel', 99)], 'split');
  await takeBack(first);
  expect(await inTenant((t) => findChange(t, first))).toMatchObject({ changedCount: 1 });

  const wish = { transactionId: idOf(1), ...who };
  expect(await inTenant((t) => joinRow(t, wish))).toMatchObject({ category: 'sales', parts: [] });
  expect(await inTenant((t) => findChange(t, first))).toMatchObject({
    ...{ status: 'undone', changedCount: 0 },
  });
  expect(await figures()).toEqual({ sales: '3 of 600' });
});

test('a change of many rows leaves a split one as it is, and says so', async () => {
  await split(2, [part('rent', 100), part('fuel', 100)]);
  const { id: bulk } = await inTenant((t) =>
    openChange(t, {
      ...{ deed: { kind: 'category', category: 'charges' }, actor: 'user:a-test' },
      rows: sql`x.reversed_at is null`,
    }),
  );
  await inTenant((t) => stepChange(t, bulk, 10));

  expect(await inTenant((t) => findChange(t, bulk))).toMatchObject({
    rowCount: 3,
    changedCount: 2,
  });
  expect((await read(2))?.category).toBe('split');
  expect(await figures()).toEqual({ charges: '2 of 400', fuel: '1 of 100', rent: '1 of 100' });
});

test('stays when the statement is undone and sent again, unless taken back meanwhile', async () => {
  await split(2, [part('rent', 150), part('fuel', 50, 'the van')]);
  const gone = await done(split(3, [part('rent', 150), part('fuel', 150)]));
  await undoStatement(suite.base.db, suite.tenant, suite.posted);
  await takeBack(gone);
  suite.posted = await postStatement(suite.base.db, suite.tenant, {
    rows: suite.rows,
    accountId: suite.posted.accountId,
  });
  const part1 = (statementId: StatementId) => ({ statementId, fromOrdinal: 0, toOrdinal: 9 });
  await inTenant((t) => adoptChoices(t, suite.posted.accountId, part1(suite.posted.statementId)));

  expect((await read(2))?.parts).toMatchObject([
    { category: 'rent', amountCents: 150 },
    { category: 'fuel', amountCents: 50, note: 'the van' },
  ]);
  expect(await read(3)).toMatchObject({ category: null, parts: [] });
  expect(await figures()).toMatchObject({ fuel: '1 of 50', rent: '1 of 150' });
});

test('parts that are not the row, or figures that do not go by them, are named', async () => {
  await split(2, [part('rent', 100), part('fuel', 100)]);
  const wrong = async () => {
    const found = await suite.base.invariants();
    return found
      .filter((row) => row['tenant_id'] === suite.tenant.tenantId)
      .map((row) => row['invariant']);
  };
  expect(new Set(await wrong())).toEqual(new Set(['rollups-equal-transactions']));
  await figures();
  await suite.base.asOwner(
    `update shared.row_parts set amount_cents = 99 where category = 'rent' and tenant_id = $1`,
    [suite.tenant.tenantId],
  );
  expect(new Set(await wrong())).toEqual(
    new Set(['parts-are-the-row', 'rollups-equal-transactions']),
  );
  await suite.base.asOwner('update shared.row_parts set amount_cents = 100 where tenant_id = $1', [
    suite.tenant.tenantId,
  ]);
});

test('the audit log says before and after, in categories and amounts, never the notes', async () => {
  await split(2, [part('rent', 100), part('fuel', 100, 'for Wanjiru')]);
  const found = await suite.base.asOwner(
    `select action, detail from shared.audit_log where tenant_id = $1 and object_id = $2`,
    [suite.tenant.tenantId, idOf(2)],
  );

  expect(found).toMatchObject([
    {
      action: 'transaction.split',
      detail: {
        was: { category: 'sales', parts: [] },
        parts: [
          { category: 'rent', amountCents: 100 },
          { category: 'fuel', amountCents: 100 },
        ],
      },
    },
  ]);
  expect(JSON.stringify(found)).not.toContain('Wanjiru');
  const sealed = await suite.base.asOwner('select note_sealed from shared.row_parts');
  expect(JSON.stringify(sealed)).not.toContain(Buffer.from('Wanjiru').toString('hex'));
});
