import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { noFailpoint } from '../../activities/failpoint.ts';
import { createRowChangeActivities } from '../../activities/row-changes.ts';
import { rowChange, rowChangePage } from '../../api/row-changes/schema.ts';
import { transactionSummary } from '../../api/transactions/schema.ts';
import { listAudit } from '../../db/audit.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { parsePublicId, toPublicId } from '../../domain/ids.ts';
import { postStatement, type Row } from '../db/fixture.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

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
