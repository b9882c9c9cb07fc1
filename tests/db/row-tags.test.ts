/** The index of tags says at every moment what the marks and the live transactions say. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { stepChange } from '../../db/bulk-changes.ts';
import type { TenantHandle } from '../../db/database.ts';
import { beginTakingBack, openChange, type RowDeed } from '../../db/row-changes.ts';
import { markRow } from '../../db/row-marks.ts';
import { splitRow } from '../../db/row-parts.ts';
import { postChunk } from '../../db/statement-posting.ts';
import { adoptChoices, setCategories } from '../../db/transaction-categories.ts';
import type { TransactionFilter } from '../../db/transaction-filter.ts';
import {
  listTransactions,
  summariseTransactions,
  type Transaction,
  type TransactionOrder,
} from '../../db/transactions.ts';
import { id, type RowChangeId, type TransactionId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { businessDate } from '../../domain/time.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { held, untilSomebodyWaits } from '../support/held.ts';
import {
  aLine,
  anAccount,
  appendLines,
  aStatement,
  aTenant,
  postStatement,
  undoStatement,
  type Row,
  type TestTenant,
} from './fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;
const inTenant = <T>(work: (t: TenantHandle) => Promise<T>) =>
  base.db.withTenant(tenant.tenantId, work);

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterEach(async () => expect(await differences()).toEqual([]));
afterAll(() => base.drop());

/** What the index says too much, and what it does not say. */
function differences(): Promise<Record<string, unknown>[]> {
  const said = `x.id, x.statement_id, x.ordinal, x.occurred_at, x.amount_cents, x.direction, x.channel,
    x.nature, x.purpose, x.confidence, x.category`;
  return base.asOwner(
    `with wanted as (
       select m.account_id, m.identity, tag, ${said}
       from shared.row_marks m cross join lateral unnest(m.tags) tag
       left join shared.transactions x on x.tenant_id = m.tenant_id and x.account_id = m.account_id
         and x.identity = m.identity and x.reversed_at is null
       where m.tenant_id = $1
     ), found as (
       select g.account_id, g.identity, g.tag, ${said}
       from shared.row_tags g left join lateral (
         select g.transaction_id as id, g.* where g.transaction_id is not null) x on true
       where g.tenant_id = $1
     )
     select 'missing' as what, * from (select * from wanted except select * from found) a
     union all
     select 'too much', * from (select * from found except select * from wanted) b`,
    [tenant.tenantId],
  );
}

const tags = ['q3', 'rent', 'trip'] as const;
const pool = Array.from({ length: 8 }, (_, n): Row => ({
  ...{ receipt: `TRT000000${n}`, direction: n % 3 === 0 ? 'in' : 'out' },
  ...{ amountCents: 100 * (1 + (n % 4)), minute: 700 * n, nature: n === 7 ? 'charge' : 'ordinary' },
}));

const newestFirst: TransactionOrder = { field: 'occurredAt', isDescending: true };
const orders: TransactionOrder[] = [
  newestFirst,
  { field: 'occurredAt', isDescending: false },
  { field: 'amountCents', isDescending: true },
  { field: 'amountCents', isDescending: false },
];

/** Everything a filter selects, in pages. */
async function paged(
  filter: TransactionFilter,
  order = newestFirst,
  limit = 3,
): Promise<Transaction[]> {
  const seen: Transaction[] = [];
  for (;;) {
    const last = seen.at(-1);
    const after = last && { value: last[order.field], id: last.id };
    const request = { filter, order, limit, ...(after && { after }) };
    const page = await inTenant((t) => listTransactions(t, request));
    seen.push(...page);
    if (page.length < limit) return seen;
  }
}

const idsOf = (rows: readonly { id: TransactionId }[]) => rows.map((row) => row.id);
const mark = (transactionId: TransactionId, add: string[], remove: string[] = []) =>
  inTenant((t) =>
    markRow(t, { transactionId, add, remove, actor: 'user:a-test', requestId: 'a-request' }),
  );

async function begin(deed: RowDeed, which = sql`x.reversed_at is null`): Promise<RowChangeId> {
  const change = await inTenant((t) => openChange(t, { deed, rows: which, actor: 'user:a-test' }));
  return change.id;
}
async function finish(changeId: RowChangeId): Promise<RowChangeId> {
  for (let isDone = false; !isDone;) isDone = await inTenant((t) => stepChange(t, changeId, 3));
  return changeId;
}
async function takeBack(changeId: RowChangeId): Promise<void> {
  await inTenant((t) => beginTakingBack(t, changeId, 'user:a-test'));
  await finish(changeId);
}

/** As the product does it: what people chose for the rows before is theirs again. */
async function post(rows: readonly Row[]) {
  const posted = await postStatement(base.db, tenant, { rows, chunkSize: 3 });
  const part = { statementId: posted.statementId, fromOrdinal: 0, toOrdinal: rows.length };
  await inTenant((t) => adoptChoices(t, posted.accountId, part));
  return posted;
}

const anyStep = fc.oneof(
  fc.record({
    kind: fc.constant('post' as const),
    rows: fc.uniqueArray(fc.nat(pool.length - 1), { minLength: 1 }),
    later: fc.nat(3),
  }),
  fc.record({
    kind: fc.constantFrom(...(['undo', 'take back', 'choose'] as const)),
    pick: fc.nat(),
  }),
  fc.record({
    kind: fc.constantFrom(...(['mark', 'tag all', 'categorise all'] as const)),
    pick: fc.nat(),
    add: fc.subarray([...tags]),
    remove: fc.subarray([...tags]),
  }),
);
type Step = typeof anyStep extends fc.Arbitrary<infer Of> ? Of : never;

interface Done {
  posted: Awaited<ReturnType<typeof post>>[];
  changes: RowChangeId[];
}

async function take(step: Step, { posted, changes }: Done): Promise<void> {
  if (step.kind === 'post') {
    // Another paper may print another minute of the same row.
    const rows = step.rows.flatMap((n) => pool[n] ?? []);
    posted.push(await post(rows.map((row) => ({ ...row, minute: row.minute + step.later }))));
    return;
  }
  const row = picked(await inTenant((t) => listTransactions(t, { filter: {}, limit: 50 })), step);
  if (step.kind === 'undo') {
    const statement = picked(posted, step);
    if (statement === undefined) return;
    posted.splice(posted.indexOf(statement), 1);
    await undoStatement(base.db, tenant, { ...statement, limit: 2 });
  } else if (step.kind === 'take back') {
    const change = picked(changes, step);
    if (change === undefined) return;
    changes.splice(changes.indexOf(change), 1);
    await takeBack(change);
  } else if (row === undefined) return;
  else if (step.kind === 'choose') await choose(row.id);
  else if (step.kind === 'mark') await mark(row.id, step.add, step.remove);
  else if (step.kind === 'categorise all')
    changes.push(await finish(await begin({ kind: 'category', category: 'rent' })));
  else if (step.kind === 'tag all') {
    const remove = step.remove.filter((tag) => !step.add.includes(tag));
    if (step.add.length + remove.length === 0) return;
    const some = sql`x.reversed_at is null and x.id <> ${row.id}`;
    changes.push(await finish(await begin({ kind: 'tags', add: step.add, remove }, some)));
  }
}

const picked = <Of>(from: readonly Of[], { pick }: { pick: number }): Of | undefined =>
  from[pick % Math.max(1, from.length)];

const choose = (transactionId: TransactionId) =>
  inTenant((t) =>
    setCategories(t, [
      { transactionId, category: 'food', confidence: 'likely', reason: 'a test', source: 'user' },
    ]),
  );

test('it follows postings, undoing, tags and categories in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 14 }), async (steps) => {
      tenant = await aTenant(base.db);
      const done: Done = { posted: [], changes: [] };
      for (const step of steps) {
        await take(step, done);
        expect(await differences()).toEqual([]);
      }
      const all = await paged({}, newestFirst, 50);
      for (const tag of tags) {
        const under = all.filter((row) => row.tags.includes(tag));
        expect(idsOf(await paged({ tag: [tag] }))).toEqual(idsOf(under));
      }
    }),
    { numRuns: 20 },
  );
});

/** Three tags over 60 rows, of which two share rows; every seventh row is split. */
async function aTaggedBusiness() {
  const rows = Array.from({ length: 60 }, (_, n): Row => ({
    ...{ receipt: `TRU00000${String(n).padStart(2, '0')}`, direction: n % 3 === 0 ? 'in' : 'out' },
    ...{ amountCents: 100 * (2 + (n % 7)), minute: Math.floor(n / 4) * 300 },
    ...{ nature: n % 10 === 9 ? ('charge' as const) : ('ordinary' as const) },
    details: `Customer Transfer to 0712***${n} - ${n % 2 === 0 ? 'ACHIENG' : 'OTIENO'}`,
  }));
  const posted = await postStatement(base.db, tenant, { rows });
  const shown = await postStatement(base.db, tenant, { rows: rows.slice(0, 20) });
  const all = await paged({}, newestFirst, 100);
  for (const [n, row] of all.entries()) {
    const own = [...(n % 2 === 0 ? ['even'] : []), ...(n % 5 === 0 ? ['fifth'] : [])];
    if (own.length > 0) await mark(row.id, own);
    if (n % 3 === 0) await choose(row.id);
    if (n % 7 === 0) await splitInTwo(row);
  }
  return { posted, shown, rows };
}

const splitInTwo = ({ id: transactionId, amountCents, category }: Transaction) =>
  inTenant(async (t) => {
    const part = (of: number, name: 'rent' | 'fuel') => ({
      ...{ category: name, amountCents: cents(of), note: null },
    });
    const parts = [part(50, 'rent'), part(amountCents - 50, 'fuel')];
    const was = (await listTransactions(t, { filter: { ids: [transactionId] }, limit: 1 }))[0];
    const wish = { transactionId, parts, was: was?.category ?? category, actor: 'user:a-test' };
    const askedAs = id('rowChange', randomUUID());
    const split = await splitRow(t, { ...wish, requestId: 'a-request', askedAs });
    if (typeof split === 'string') throw new Error(split);
  });

test('with every other filter it selects what the rows say, in every order and by pages', async () => {
  const { posted, shown, rows } = await aTaggedBusiness();
  const others: TransactionFilter[] = [
    {},
    { from: businessDate('2026-01-02'), to: businessDate('2026-01-03') },
    { direction: ['in'] },
    { channel: ['charge'] },
    { nature: ['ordinary'] },
    { purpose: ['send'] },
    { confidence: ['likely', 'certain'] },
    { category: ['food'] },
    { category: ['rent'] },
    { category: ['split'] },
    { category: ['uncategorised', 'fuel'] },
    { accountId: posted.accountId },
    { accountId: id('account', randomUUID()) },
    { statementId: posted.statementId },
    { statementId: shown.statementId },
    { amountFrom: cents(300), amountTo: cents(500) },
    { q: 'achieng' },
    { q: rows[0]?.receipt ?? '' },
    { q: 'nobody' },
    { ids: idsOf((await paged({}, newestFirst, 100)).slice(0, 9)) },
  ];
  for (const other of others) {
    for (const tag of [['even'], ['fifth', 'even'], ['none']]) {
      for (const order of orders) {
        const meant = (await paged(other, order, 100)).filter((row) =>
          row.tags.some((one) => tag.includes(one)),
        );
        const found = await paged({ ...other, tag }, order);
        expect({ other, tag, order, found: idsOf(found) }).toEqual({
          ...{ other, tag, order, found: idsOf(meant) },
        });
      }
      const summary = await inTenant((t) => summariseTransactions(t, { ...other, tag }));
      const meant = idsOf(await paged({ ...other, tag }, newestFirst, 100));
      // The same rows by their ids are summed without the index.
      expect({ other, tag, summary }).toEqual({
        ...{ other, tag },
        summary: await inTenant((t) => summariseTransactions(t, { ...other, ids: meant })),
      });
    }
  }
}, 60_000);

test('a tag that is put back while its row is being posted again does not miss it', async () => {
  const [row] = pool;
  if (row === undefined) throw new Error('there are rows');
  const { inserted, ...statement } = await post([row]);
  const [first] = inserted;
  if (first === undefined) throw new Error('a row was posted');
  await mark(first.transactionId, ['q3']);
  const off = await finish(await begin({ kind: 'tags', add: [], remove: ['q3'] }));
  await undoStatement(base.db, tenant, statement);

  const again = held(base, tenant.tenantId, async (t) => {
    const statementId = await aStatement(t, tenant.userId);
    await appendLines(t, statementId, [aLine(0, row)]);
    const accountId = await anAccount(t);
    await postChunk(t, { statementId, accountId, fromOrdinal: 0, toOrdinal: 1 });
  });
  await again.begun;
  const putBack = takeBack(off);
  await untilSomebodyWaits(base);
  await again.end();
  await putBack;

  expect((await paged({ tag: ['q3'] })).map(({ receipt }) => receipt)).toEqual([row.receipt]);
});
