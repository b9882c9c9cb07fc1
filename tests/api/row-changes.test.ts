import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { noFailpoint } from '../../activities/failpoint.ts';
import { createRowChangeActivities } from '../../activities/row-changes.ts';
import { rowChange, rowChangePage } from '../../api/row-changes/schema.ts';
import {
  transactionDetail,
  transactionHistory,
  transactionPage,
  transactionSummary,
} from '../../api/transactions/schema.ts';
import { listAudit } from '../../db/audit.ts';
import { stepChange } from '../../db/bulk-changes.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { openChange, type BulkDeed } from '../../db/row-changes.ts';
import { parsePublicId, toPublicId } from '../../domain/ids.ts';
import { postStatement, undoStatement, type Row } from '../db/fixture.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { held, untilSomebodyWaits } from '../support/held.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const never = (): never => {
  throw new Error('nothing was posted');
};

const someRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({
    receipt: `TB${String(n).padStart(8, '0')}`,
    direction: n % 2 === 0 ? 'in' : 'out',
    amountCents: 1_00 + (n % 5),
    minute: n % 600,
  }));

async function aShop(count: number) {
  const somebody = await stage.tenant();
  const token = await stage.token(somebody);
  const posted = await postStatement(stage.database.db, somebody, { rows: someRows(count) });
  return { somebody, token, posted };
}

const send = (token: string, path: string, json: object, key: string = randomUUID()) =>
  stage.fetch(`/v1/row-changes${path}`, {
    ...{ method: 'POST', token, json },
    headers: { 'Idempotency-Key': key },
  });
async function countOf(token: string, query: string): Promise<number> {
  const answer = await stage.fetch(`/v1/transactions/summary?${query}`, { token });
  return transactionSummary.parse(answer.body).count;
}
type Shop = Awaited<ReturnType<typeof aShop>>;
/** What analytics does with the events of the change. */
const recount = ({ somebody, posted }: Shop) =>
  stage.database.db.withTenant(somebody.tenantId, (t) =>
    recomputeRollups(t, posted.accountId, [
      ...new Set(posted.inserted.map(({ businessDate }) => businessDate)),
    ]),
  );
const eventsOf = (somebody: Somebody) =>
  stage.database.db.withTenant(somebody.tenantId, (t) =>
    t.query
      .selectFrom('outbox')
      .select('data')
      .where('type', '=', 'transactions.recategorised')
      .orderBy('seq')
      .execute(),
  );

describe('many rows at once', () => {
  test('everything a filter selects is changed, told of, listed, and taken back', async () => {
    const shop = await aShop(9);
    const { token, somebody } = shop;
    const wish = { category: 'stock', rows: { filter: { direction: 'out' } }, expectedCount: 4 };
    const key = randomUUID();
    const answer = await send(token, '', wish, key);
    await stage.database.asOwner('delete from shared.idempotency_keys');
    expect((await send(token, '', wish, key)).body).toEqual(answer.body);

    const done = rowChange.parse(answer.body);
    expect([answer.status, done]).toMatchObject([
      200,
      { status: 'done', category: 'stock', rowCount: 4, changedCount: 4, inCents: 0 },
    ]);
    expect(await countOf(token, 'category=stock&direction=out')).toBe(4);
    const undone = await send(token, `/${done.id}/undo`, {});
    expect(rowChange.parse(undone.body)).toMatchObject({ status: 'undone', changedCount: 0 });
    expect(await countOf(token, 'category=stock')).toBe(0);
    expect(problemIn(await send(token, `/${done.id}/undo`, {})).code).toBe('cannot-take-back');

    await recount(shop);
    const data = { accountId: shop.posted.accountId, rowCount: 4, category: 'stock' };
    expect(await eventsOf(somebody)).toMatchObject([
      { data: { ...data, reason: 'by-hand' } },
      { data: { ...data, reason: 'taken-back' } },
    ]);
    const list = await stage.fetch('/v1/row-changes', { token });
    expect(rowChangePage.parse(list.body).data).toEqual([
      expect.objectContaining({ id: done.id, status: 'undone', actorName: expect.any(String) }),
    ]);
    const objectId = parsePublicId('rowChange', done.id) ?? '';
    const audit = await stage.database.db.withTenant(somebody.tenantId, (t) =>
      listAudit(t, { objectId, limit: 5 }),
    );
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['transactions.take-back', `user:${somebody.userId}`],
      ['transactions.categorise', `user:${somebody.userId}`],
    ]);
  });

  test('tags are put on everything a filter selects, found by, and taken back', async () => {
    const shop = await aShop(9);
    const { token, somebody } = shop;
    const wish = {
      ...{ addTags: ['School Trip', 'school-trip'], removeTags: ['none'] },
      ...{ rows: { filter: { direction: 'out' } }, expectedCount: 4 },
    };
    const done = rowChange.parse((await send(token, '', wish)).body);

    expect(done).toMatchObject({
      ...{ kind: 'tags', status: 'done', category: null, rowCount: 4, changedCount: 4 },
      ...{ tagsAdded: ['school-trip'], tagsRemoved: ['none'] },
    });
    expect(await countOf(token, 'tag=school-trip')).toBe(4);
    expect(await eventsOf(somebody)).toEqual([]);
    await send(token, `/${done.id}/undo`, {});
    expect(await countOf(token, 'tag=school-trip')).toBe(0);
    const words = await stage.database.asOwner(
      `select action, detail from shared.audit_log where tenant_id = '${somebody.tenantId}'
      and object_kind = 'row-change' order by seq`,
    );
    expect(words).toMatchObject([
      { action: 'transactions.mark', detail: { added: 1, removed: 1, rowCount: 4 } },
      { action: 'transactions.take-back', detail: { added: 1, removed: 1, rowCount: 4 } },
    ]);
    expect(JSON.stringify(words)).not.toContain('school');
    await recount(shop);
  });

  test('rows under a tag are listed in either order, page by page', async () => {
    const shop = await aShop(9);
    const { token } = shop;
    const wish = { addTags: ['trip'], rows: { filter: { direction: 'out' } }, expectedCount: 4 };
    await send(token, '', wish);
    const listed = async (query: string) => {
      const answer = await stage.fetch(`/v1/transactions?${query}`, { token });
      return transactionPage.parse(answer.body);
    };

    for (const sort of ['occurredAt', '-occurredAt', 'amountCents', '-amountCents']) {
      const all = await listed(`direction=out&sort=${sort}`);
      const first = await listed(`tag=trip&sort=${sort}&limit=3`);
      const cursor = encodeURIComponent(first.nextCursor ?? '');
      const second = await listed(`tag=trip&sort=${sort}&limit=3&cursor=${cursor}`);
      expect([...first.data, ...second.data]).toEqual(all.data);
      expect(second.nextCursor).toBeNull();
    }
    await recount(shop);
  });

  test.each([
    [{}, '/category'],
    [{ category: 'rent', addTags: ['q3'] }, '/category'],
    [{ addTags: ['q3'], removeTags: ['Q3'] }, '/removeTags'],
    [{ addTags: ['0712345678'] }, '/addTags/0'],
  ])('%j is refused, and where is said', async (deed, pointer) => {
    const shop = await aShop(1);
    const { token } = shop;
    const wish = { ...deed, rows: { filter: {} }, expectedCount: 1 };
    const refused = problemIn(await send(token, '', wish));

    expect(refused.errors.map((error) => error.pointer)).toEqual([pointer]);
    expect(await countOf(token, 'tag=q3')).toBe(0);
    await recount(shop);
  });

  test('single rows are named by id; what is not there any more refuses all of them', async () => {
    const shop = await aShop(3);
    const ids = shop.posted.inserted
      .slice(0, 2)
      .map(({ transactionId }) => toPublicId('transaction', transactionId));
    const wish = (all: string[]) => ({
      ...{ category: 'rent', rows: { ids: all }, expectedCount: all.length },
    });
    const foreign = await send(shop.token, '', wish([...ids, `txn_${'0'.repeat(32)}`]));
    expect(problemIn(foreign)).toMatchObject({
      ...{ code: 'selection-changed', detail: 'They are 2 now.' },
    });
    expect(await countOf(shop.token, 'category=rent')).toBe(0);
    expect((await send(shop.token, '', wish(ids))).status).toBe(200);
    await recount(shop);
    expect(await countOf(shop.token, 'category=rent')).toBe(2);
  });

  test('of an analyst, or of a stranger, nothing is changed', async () => {
    const shop = await aShop(2);
    const wish = { category: 'rent', rows: { filter: {} }, expectedCount: 2 };
    const analyst = await stage.token(shop.somebody, 'analyst');
    expect((await send(analyst, '', wish)).status).toBe(403);
    const { id } = rowChange.parse((await send(shop.token, '', wish)).body);
    const stranger = await stage.token(await stage.tenant());
    const answer = await stage.fetch(`/v1/row-changes/${id}`, { token: stranger });
    expect(problemIn(answer).code).toBe('not-found');
    expect(problemIn(await send(stranger, `/${id}/undo`, {})).code).toBe('not-found');
    await recount(shop);
  });

  test('more than two thousand are left to a run, which goes on where it stopped', async () => {
    const shop = await aShop(2_001);
    const { token, somebody } = shop;
    const wish = { category: 'fuel', rows: { filter: {} }, expectedCount: 2_001 };
    const answer = await send(token, '', wish);
    const { id, status, changedCount } = rowChange.parse(answer.body);

    expect([answer.status, status, changedCount]).toEqual([202, 'applying', 0]);
    expect(problemIn(await send(token, `/${id}/undo`, {})).code).toBe('cannot-take-back');
    const changeId = parsePublicId('rowChange', id);
    if (changeId === undefined) throw new Error('a change has an id');
    const input = { tenantId: somebody.tenantId, changeId, deed: 'apply' as const };
    expect(stage.temporal.calls).toContainEqual({
      ...{ name: 'start', args: [expect.objectContaining({ workflow: 'changeRows', input })] },
    });
    const { carryOutChange } = createRowChangeActivities({
      ...{ db: stage.database.db, failpoint: noFailpoint },
    });
    const run = () => new MockActivityEnvironment().run(carryOutChange, input);
    expect([await run(), await run()]).toEqual([{ changedCount: 2_001 }, { changedCount: 2_001 }]);
    await recount(shop);
    expect(await countOf(token, 'category=fuel')).toBe(2_001);
    const read = await stage.fetch(`/v1/row-changes/${id}`, { token });
    expect(rowChange.parse(read.body)).toMatchObject({ status: 'done', changedCount: 2_001 });
  });
});

describe('many rows at once, and one of them by hand', () => {
  test.each<BulkDeed>([
    { kind: 'tags', add: ['q3'], remove: [] },
    { kind: 'category', category: 'rent' },
  ])(
    '$kind: whoever saw the row before them waits, and is told that it is another one',
    async (deed) => {
      const shop = await aShop(3);
      const { token, somebody } = shop;
      const [first] = shop.posted.inserted;
      const path = `/v1/transactions/${toPublicId('transaction', first?.transactionId ?? never())}`;
      const seen = (await stage.fetch(path, { token })).headers.get('etag') ?? '';
      const { db } = stage.database;
      const { id: changeId } = await db.withTenant(somebody.tenantId, (t) =>
        openChange(t, { deed, rows: sql`x.reversed_at is null`, actor: 'user:a-test' }),
      );
      const many = held(stage.database, somebody.tenantId, (t) => stepChange(t, changeId, 10));
      await many.begun;
      const marking = stage.fetch(`${path}/marks`, {
        ...{ method: 'POST', token, json: { note: 'by hand' }, headers: { 'If-Match': seen } },
      });
      await untilSomebodyWaits(stage.database);
      await many.end();

      const late = await marking;
      expect([late.status, problemIn(late).code]).toEqual([412, 'precondition-failed']);
      const now = await stage.fetch(path, { token });
      expect(transactionDetail.parse(now.body).note).toBeNull();
      expect(late.headers.get('etag')).toBe(now.headers.get('etag'));
      await recount(shop);
    },
  );
});

describe('POST /v1/transactions/{id}/marks', () => {
  const ask = async (who: string, id: string | undefined, json: object) =>
    stage.fetch(`/v1/transactions/${id}/marks`, { method: 'POST', token: who, json });
  const some = async () => {
    const { somebody, posted, token: own } = await aShop(3);
    const days = posted.inserted.map((one) => one.businessDate);
    const recount = () =>
      stage.database.db.withTenant(somebody.tenantId, (t) =>
        recomputeRollups(t, posted.accountId, days),
      );
    await recount();
    const of = (place: number) =>
      toPublicId('transaction', posted.inserted[place]?.transactionId ?? never());
    return { somebody, posted, of, own, recount };
  };
  const read = async (who: string, path: string) =>
    (await stage.fetch(`/v1/transactions${path}`, { token: who })).body;

  test('tags and a note stand at the row, are found by, exported, and told in its history', async () => {
    const { somebody, of, own } = await some();
    const id = of(0);
    await ask(own, id, { add: ['School Trip', 'q3', 'q3'], note: ' Form 2, paid by the parents ' });
    const marked = await ask(own, id, { add: ['school-trip'], remove: ['q3', 'none'] });
    const again = await ask(own, id, { add: ['school-trip'], remove: ['q3'] });

    const note = 'Form 2, paid by the parents';
    expect(transactionDetail.parse(marked.body)).toMatchObject({ tags: ['school-trip'], note });
    expect(again.body).toEqual(marked.body);
    const found = transactionPage.parse(await read(own, '?tag=School%20trip,other'));
    expect(found.data).toMatchObject([{ id, tags: ['school-trip'], note }]);
    const none = transactionSummary.parse(await read(own, '/summary?tag=q3'));
    expect(none.count).toBe(0);
    const file = await stage.fetch('/v1/transactions/export?format=csv&tag=school-trip', {
      token: own,
    });
    const [heads = [], ...cells] = parse(file.text, { bom: true }) as string[][];
    expect(cells.map((row) => [row[heads.indexOf('Tags')], row[heads.indexOf('Note')]])).toEqual([
      ['school-trip', note],
    ]);
    const actor = `user:${somebody.userId}`;
    const { data } = transactionHistory.parse(await read(own, `/${id}/history`));
    expect(data.filter(({ kind }) => kind === 'marked')).toMatchObject([
      { added: 0, removed: 1, note: 'kept', actor },
      { added: 2, removed: 0, note: 'written', actor },
    ]);
    const words = await stage.database.asOwner(
      `select detail::text || object_id as text from shared.audit_log
      where tenant_id = '${somebody.tenantId}'`,
    );
    expect(JSON.stringify(words)).not.toMatch(/school|parents/);
  });

  test('they stay when the statement is undone and sent again', async () => {
    const { somebody, posted, of, own, recount } = await some();
    await ask(own, of(1), { add: ['kept'], note: 'kept as well' });
    await undoStatement(stage.database.db, somebody, posted);
    const { accountId } = posted;
    await postStatement(stage.database.db, somebody, { rows: someRows(3), accountId });
    await recount();

    const { data } = transactionPage.parse(await read(own, '?tag=kept'));
    expect(data).toMatchObject([{ receipt: 'TB00000001', note: 'kept as well' }]);
    expect(data[0]?.id).not.toBe(of(1));
  });

  test('a note is taken away, a twenty-first tag and odd ones are refused', async () => {
    const { of, own } = await some();
    const add = Array.from({ length: 20 }, (_, n) => `tag-${n}`);
    await ask(own, of(0), { add, note: 'gone soon' });
    const emptied = await ask(own, of(0), { note: null });

    expect(transactionDetail.parse(emptied.body)).toMatchObject({ note: null });
    expect(problemIn(await ask(own, of(0), { add: ['one-more'] })).code).toBe('too-many-tags');
    const odd = await ask(own, of(0), { add: ['fine', '0712 345 678'] });
    expect(problemIn(odd).errors.map(({ pointer }) => pointer)).toEqual(['/add/1']);
    const asked = await stage.fetch('/v1/transactions?tag=a,,b', { token: own });
    expect(asked.status).toBe(422);
  });

  test('only roles that write set them, and only on rows of their own', async () => {
    const { somebody, of, own } = await some();
    const analyst = await stage.token(somebody, 'analyst');
    const stranger = await stage.token(await stage.tenant());

    expect((await ask(analyst, of(0), { add: ['mine'] })).status).toBe(403);
    expect(problemIn(await ask(stranger, of(0), { add: ['mine'] })).code).toBe('not-found');
    expect(transactionDetail.parse(await read(own, `/${of(0)}`)).tags).toEqual([]);
  });
});
