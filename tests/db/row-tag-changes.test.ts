/** Tags put on and taken off many rows at once, and taking that back. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { openBulkChange, stepChange } from '../../db/bulk-changes.ts';
import {
  beginTakingBack,
  findChange,
  openChange,
  type BulkDeed,
  type RowDeed,
} from '../../db/row-changes.ts';
import { historyOf } from '../../db/row-history.ts';
import { markRow } from '../../db/row-marks.ts';
import { listTransactions } from '../../db/transactions.ts';
import { id, type RowChangeId, type TransactionId } from '../../domain/ids.ts';
import { postStatement, undoStatement } from './fixture.ts';
import { threeRows } from './three-rows.ts';

const suite = threeRows({ prefix: 'TTG', directions: ['in', 'out', 'in'] });
const { inTenant } = suite;

const all = sql`x.reversed_at is null`;
const receipt = (n: number) => sql`x.receipt = ${`TTG000000${n}`} and x.reversed_at is null`;
const tags = (add: string[], remove: string[] = []): BulkDeed => ({ kind: 'tags', add, remove });
const open = (deed: RowDeed, which = all) =>
  inTenant((t) => openChange(t, { deed, rows: which, actor: 'user:a-test' }));
const step = (id: RowChangeId, limit = 10) => inTenant((t) => stepChange(t, id, limit));
async function change(deed: RowDeed, which = all): Promise<RowChangeId> {
  const { id } = await open(deed, which);
  expect(await step(id)).toBe(true);
  return id;
}
async function takeBack(id: RowChangeId) {
  await inTenant((t) => beginTakingBack(t, id, 'user:another'));
  expect(await step(id)).toBe(true);
  return inTenant((t) => findChange(t, id));
}
const listed = () =>
  inTenant((t) =>
    listTransactions(t, {
      filter: {},
      order: { field: 'occurredAt', isDescending: false },
      limit: 9,
    }),
  );
const tagsNow = async () => (await listed()).map((row) => row.tags.join(' '));
const idOf = (n: number): TransactionId => {
  const row = suite.posted.inserted[n - 1];
  if (row === undefined) throw new Error('a row was posted');
  return row.transactionId;
};
const mark = (n: number, add: string[], remove: string[] = []) =>
  inTenant((t) =>
    markRow(t, {
      ...{ transactionId: idOf(n), add, remove, actor: 'user:by-hand', requestId: 'a-request' },
    }),
  );

describe('tags of many rows', () => {
  test('go on and off in chunks, and come back as they were row by row', async () => {
    await mark(1, ['old', 'q3']);
    await mark(2, ['old']);
    const { id } = await open(tags(['q3'], ['old']));
    expect([await step(id, 2), await tagsNow()]).toEqual([false, expect.anything()]);
    expect([await step(id, 2), await step(id, 2)]).toEqual([true, true]);

    expect(await tagsNow()).toEqual(['q3', 'q3', 'q3']);
    expect(await inTenant((t) => findChange(t, id))).toMatchObject({
      ...{ kind: 'tags', status: 'done', changedCount: 3, category: null },
    });
    expect(await takeBack(id)).toMatchObject({ status: 'undone', changedCount: 0 });
    expect(await tagsNow()).toEqual(['old q3', 'old', '']);
  });

  test('a change of the category and one of tags do not hold each other back', async () => {
    const tagged = await change(tags(['q3']));
    const put = await change({ kind: 'category', category: 'rent' });
    const more = await change(tags(['later']));

    expect(await takeBack(tagged)).toMatchObject({ status: 'undone', changedCount: 0 });
    expect(await takeBack(put)).toMatchObject({ status: 'undone', changedCount: 0 });
    expect(await tagsNow()).toEqual(['later', 'later', 'later']);
    expect((await listed()).map(({ category }) => category)).toEqual([null, null, null]);
    await takeBack(more);
  });

  test('a tag a later change speaks of stays; the others of the same change go', async () => {
    const first = await change(tags(['q3', 'trip']));
    const second = await change(tags(['q3']), receipt(2));
    expect(await takeBack(first)).toMatchObject({ status: 'undone', changedCount: 1 });
    expect(await tagsNow()).toEqual(['', 'q3', '']);

    await takeBack(second);
    expect(await tagsNow()).toEqual(['', 'q3', '']);
  });

  test('the later one holds, also where the earlier one comes to the row after it', async () => {
    const { id: slow } = await open(tags(['q3', 'trip']));
    const { id: allOfIt } = await open(tags(['q3', 'trip']), receipt(3));
    await change(tags([], ['q3']), receipt(1));
    await step(allOfIt);
    await step(slow);

    expect(await tagsNow()).toEqual(['trip', 'q3 trip', 'q3 trip']);
    expect(await inTenant((t) => findChange(t, slow))).toMatchObject({ changedCount: 2 });
  });

  test('a row with no room is left, and one without room for what was taken off keeps it', async () => {
    const full = Array.from({ length: 20 }, (_, n) => `tag-${n}`);
    await mark(1, full);
    const left = await change(tags(['one-more']));
    expect(await inTenant((t) => findChange(t, left))).toMatchObject({
      ...{ rowCount: 3, changedCount: 2 },
    });
    const off = await change(tags([], ['tag-0']), receipt(1));
    await mark(1, ['by-hand']);

    expect(await takeBack(off)).toMatchObject({ status: 'undone', changedCount: 1 });
    expect((await tagsNow())[0]?.split(' ')).toEqual(
      [...full.filter((tag) => tag !== 'tag-0'), 'by-hand'].sort(),
    );
  });

  test('what was taken off by hand since is not put back, and the history counts', async () => {
    const id = await change(tags(['q3', 'trip']), receipt(2));
    await mark(2, [], ['q3']);
    await takeBack(id);

    expect(await tagsNow()).toEqual(['', '', '']);
    const events = await inTenant((t) => historyOf(t, idOf(2)));
    expect(events?.filter(({ kind }) => kind === 'marked').map((one) => ({ ...one }))).toEqual([
      expect.objectContaining({ added: 0, removed: 2, actor: 'user:another' }),
      expect.objectContaining({ added: 0, removed: 1, actor: 'user:by-hand' }),
      expect.objectContaining({ added: 2, removed: 0, actor: 'user:a-test' }),
    ]);
  });

  test('are taken back also while the row is away, and do not come back with it', async () => {
    const id = await change(tags(['q3']));
    const stays = await change(tags(['stays']));
    await undoStatement(suite.base.db, suite.tenant, suite.posted);
    await takeBack(id);
    await postStatement(suite.base.db, suite.tenant, {
      rows: suite.rows,
      accountId: suite.posted.accountId,
    });

    expect(await tagsNow()).toEqual(['stays', 'stays', 'stays']);
    await takeBack(stays);
  });
});

test('more than 250,000 rows are refused as one change', async () => {
  const clone = sql.raw(
    [
      'id, identity, account_id, receipt, occurred_at, business_date, direction, amount_cents',
      'row_status, purpose, channel, nature, is_fuliza, confidence, statement_id, ordinal',
    ].join(', '),
  );
  await suite.base.asOwner('alter table shared.transactions disable trigger user');
  await inTenant((t) =>
    sql`insert into ${t.table('transactions')} (tenant_id, ${clone})
      select x.tenant_id, platform.uuid_v7(), x.identity || n, account_id, receipt, occurred_at,
        business_date, direction, amount_cents, row_status, purpose, channel, nature, is_fuliza,
        confidence, statement_id, ordinal + n
      from ${t.table('transactions')} x cross join generate_series(1, 249998) n
      where x.id = ${idOf(1)}`.execute(t.query),
  );
  await suite.base.asOwner('alter table shared.transactions enable trigger user');

  const wish = { filter: {}, deed: tags(['q3']), actor: 'user:a-test', requestId: 'a-request' };
  const ask = (expectedCount: number) =>
    inTenant((t) =>
      openBulkChange(t, { ...wish, expectedCount, askedAs: id('rowChange', randomUUID()) }),
    );
  expect(await ask(250_001)).toEqual({
    ...{ ok: false, refusal: 'selection-too-large', count: 250_001 },
  });
  expect(await ask(250_000)).toMatchObject({ ok: false, refusal: 'selection-changed' });
});
