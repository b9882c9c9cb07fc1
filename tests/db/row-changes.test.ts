import { sql } from 'kysely';
import { applyCategoryChunk, takeBackCategoryChunk } from '../../db/row-category-changes.ts';
import { beginTakingBack, findChange, listChanges, openChange } from '../../db/row-changes.ts';
import { adoptChoices, setCategories } from '../../db/transaction-categories.ts';
import { listTransactions } from '../../db/transactions.ts';
import type { Category } from '../../domain/categories/terms.ts';
import type { RowChangeId, StatementId } from '../../domain/ids.ts';
import { held, untilSomebodyWaits } from '../support/held.ts';
import { postStatement, undoStatement } from './fixture.ts';
import { threeRows } from './three-rows.ts';

const suite = threeRows({ prefix: 'TCH', directions: ['in', 'out', 'in'], category: 'sales' });
const { inTenant } = suite;

const all = sql`x.reversed_at is null`;
const receipt = (n: number) => sql`x.receipt = ${`TCH000000${n}`} and x.reversed_at is null`;
const open = (category: Category, which = all) =>
  inTenant((t) =>
    openChange(t, { deed: { kind: 'category', category }, rows: which, actor: 'user:a-test' }),
  );
const apply = (id: RowChangeId) => inTenant((t) => applyCategoryChunk(t, id, 10));
async function change(category: Category, which = all): Promise<RowChangeId> {
  const { id } = await open(category, which);
  await apply(id);
  return id;
}
async function takeBack(id: RowChangeId) {
  await inTenant((t) => beginTakingBack(t, id, 'user:another'));
  await inTenant((t) => takeBackCategoryChunk(t, id, 10));
  return inTenant((t) => findChange(t, id));
}
async function categories(): Promise<(string | null)[]> {
  const found = await inTenant((t) =>
    listTransactions(t, {
      filter: {},
      order: { field: 'occurredAt', isDescending: false },
      limit: 9,
    }),
  );
  return found.map(({ category }) => category);
}
const part = (statementId: StatementId) => ({ statementId, fromOrdinal: 0, toOrdinal: 9 });

describe('changes of rows', () => {
  test('are counted and summed before anything changes, and carried out in chunks', async () => {
    const noted = await open('rent');
    expect(noted).toMatchObject({ status: 'applying', rowCount: 3, inCents: 400, outCents: 200 });
    expect(await categories()).toEqual(['sales', 'sales', 'sales']);

    const first = await inTenant((t) => applyCategoryChunk(t, noted.id, 2));
    expect(first.isDone).toBe(false);
    const last = await inTenant((t) => applyCategoryChunk(t, noted.id, 2));
    const again = await inTenant((t) => applyCategoryChunk(t, noted.id, 2));

    expect([last.isDone, again]).toEqual([true, { touched: [], isDone: true }]);
    expect(await categories()).toEqual(['rent', 'rent', 'rent']);
    expect(await inTenant((t) => findChange(t, noted.id))).toMatchObject({
      status: 'done',
      changedCount: 3,
    });
  });

  test('taken back, rows say what they said before, but for those changed since', async () => {
    const first = await change('rent');
    const second = await change('fuel', receipt(2));

    expect(await takeBack(first)).toMatchObject({
      ...{ status: 'undone', changedCount: 1, undoneBy: 'user:another' },
    });
    expect(await categories()).toEqual(['sales', 'fuel', 'sales']);
    await takeBack(second);
    expect(await categories()).toEqual(['sales', 'rent', 'sales']);
    expect(await inTenant((t) => beginTakingBack(t, first, 'user:another'))).toBeUndefined();
    expect((await inTenant((t) => listChanges(t, { limit: 9 }))).map(({ id }) => id)).toEqual([
      second,
      first,
    ]);
  });

  test('the later one holds, also where the earlier one comes to the row after it', async () => {
    const slow = await open('rent');
    await change('fuel', receipt(1));
    await apply(slow.id);

    expect(await categories()).toEqual(['fuel', 'rent', 'rent']);
    expect(await suite.base.invariants()).not.toContainEqual(
      expect.objectContaining({ invariant: 'chosen-category-stands' }),
    );
  });

  test('the later one holds, also where it is not finished when the earlier one comes to the row', async () => {
    const { id: slow } = await open('rent');
    const { id: later } = await open('fuel', receipt(1));
    const hand = held(suite.base, suite.tenant.tenantId, (t) => applyCategoryChunk(t, later, 10));
    await hand.begun;
    const applying = apply(slow);
    await untilSomebodyWaits(suite.base);
    await hand.end();
    await applying;

    expect(await categories()).toEqual(['fuel', 'rent', 'rent']);
    expect(await inTenant((t) => findChange(t, slow))).toMatchObject({ changedCount: 2 });
  });

  test('a row that a later one is about to stand on is not taken back', async () => {
    const first = await change('rent');
    await inTenant((t) => beginTakingBack(t, first, 'user:another'));
    const { id: later } = await open('fuel', receipt(3));
    const hand = held(suite.base, suite.tenant.tenantId, (t) => applyCategoryChunk(t, later, 10));
    await hand.begun;
    const takingBack = inTenant((t) => takeBackCategoryChunk(t, first, 10));
    await untilSomebodyWaits(suite.base);
    await hand.end();
    await takingBack;

    expect(await categories()).toEqual(['sales', 'sales', 'fuel']);
    expect(await inTenant((t) => findChange(t, first))).toMatchObject({
      ...{ status: 'undone', changedCount: 1 },
    });
  });

  test('hold over the catalogue, and over undoing a statement and sending it again', async () => {
    const chosen = await change('fuel', receipt(2));
    const [, row] = suite.posted.inserted;
    if (row === undefined) throw new Error('a row was posted');
    await inTenant((t) =>
      setCategories(t, [
        {
          ...{ transactionId: row.transactionId, category: 'sales', confidence: 'certain' },
          ...{ reason: 'told again', source: 'catalogue' },
        },
      ]),
    );
    expect(await categories()).toEqual(['sales', 'fuel', 'sales']);

    await undoStatement(suite.base.db, suite.tenant, suite.posted);
    const again = await postStatement(suite.base.db, suite.tenant, {
      rows: suite.rows,
      accountId: suite.posted.accountId,
    });
    const adopted = () =>
      inTenant((t) => adoptChoices(t, suite.posted.accountId, part(again.statementId)));

    expect([await adopted(), await adopted()]).toEqual([1, 0]);
    expect(await categories()).toEqual([null, 'fuel', null]);
    await takeBack(chosen);
    expect(await categories()).toEqual([null, 'sales', null]);
  });

  test('what was taken back while its row was away does not come back with it', async () => {
    const chosen = await change('fuel', receipt(2));
    await undoStatement(suite.base.db, suite.tenant, suite.posted);
    await takeBack(chosen);
    const again = await postStatement(suite.base.db, suite.tenant, {
      rows: suite.rows,
      accountId: suite.posted.accountId,
    });
    await inTenant((t) => adoptChoices(t, suite.posted.accountId, part(again.statementId)));

    expect(await categories()).toEqual([null, null, null]);
  });
});
