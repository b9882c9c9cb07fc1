import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import * as xlsx from '@e965/xlsx';
import {
  categoryChanged,
  transactionDetail,
  transactionHistory,
  transactionPage,
  transactionSummary,
  type Transaction,
} from '../../api/transactions/schema.ts';
import { listAudit } from '../../db/audit.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { setCategories } from '../../db/transaction-categories.ts';
import { toPublicId } from '../../domain/ids.ts';
import { businessDate } from '../../domain/time.ts';
import { postStatement, type Row } from '../db/fixture.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
let token: string;
let statementId: string;
let accountId: string;

const never = (): never => {
  throw new Error('nothing was posted');
};
const day = 24 * 60;
const rows: Row[] = [
  { receipt: 'TA10000001', direction: 'in', amountCents: 100_00, minute: 0, balanceCents: 100_00 },
  {
    receipt: 'TA10000002',
    direction: 'out',
    amountCents: 30_00,
    minute: 1,
    details: '=cmd|calc Duka',
  },
  { receipt: 'TA10000002', direction: 'out', amountCents: 1_50, minute: 1, nature: 'charge' },
  {
    receipt: 'TA10000003',
    direction: 'in',
    amountCents: 5,
    minute: day,
    details: 'Æthelred "q", & <b>',
  },
  {
    receipt: 'TA10000004',
    direction: 'out',
    amountCents: 40_00,
    minute: 2 * day,
    nature: 'own-money',
  },
  { receipt: 'TA10000005', direction: undefined, amountCents: 0, minute: 2 * day },
];

beforeAll(async () => {
  stage = await openApiStage();
  const somebody = await stage.tenant();
  token = await stage.token(somebody);
  const { db } = stage.database;
  const posted = await postStatement(db, somebody, { rows });
  await db.withTenant(somebody.tenantId, async (t) => {
    const [first] = posted.inserted;
    if (first === undefined) throw new Error('nothing was posted');
    await setCategories(t, [
      {
        transactionId: first.transactionId,
        category: 'sales',
        confidence: 'certain',
        reason: 'the phrase says so',
        source: 'catalogue',
      },
    ]);
    const days = ['2026-01-01', '2026-01-02', '2026-01-03'].map(businessDate);
    await recomputeRollups(t, posted.accountId, days);
  });
  statementId = toPublicId('statement', posted.statementId);
  accountId = toPublicId('account', posted.accountId);
});
afterAll(() => stage.close());

const list = async (query = '') =>
  transactionPage.parse((await stage.fetch(`/v1/transactions${query}`, { token })).body);
const receipts = (data: Transaction[]) => data.map(({ receipt }) => receipt.at(-1)).join('');

describe('GET /v1/transactions', () => {
  test('rows that moved money are listed, newest first, with their paper', async () => {
    const page = await list();

    expect(receipts(page.data)).toMatch(/^43221$/);
    expect(page.data[4]).toMatchObject({
      direction: 'in',
      amountCents: 100_00,
      balanceCents: 100_00,
      category: 'sales',
      account: { id: accountId },
      statement: { id: statementId, page: 1, line: 1 },
      counterparty: { kind: 'person', msisdn: '0712***678' },
    });
  });

  test.each([
    ['direction=in', '31'],
    ['direction=in,out&nature=charge', '2'],
    ['from=2026-01-02', '43'],
    ['from=2026-01-01&to=2026-01-01', '221'],
    ['amountCents[gte]=3000&amountCents[lte]=9999', '42'],
    ['category=sales', '1'],
    ['category=uncategorised', '4322'],
    ['q=duka', '2'],
    ['q=TA10000003', '3'],
    ['confidence=low', ''],
    ['nature=ordinary&sort=amountCents', '321'],
    ['sort=-amountCents', '14223'],
  ])('%s selects %s', async (query, expected) => {
    const summary = await stage.fetch(
      `/v1/transactions/summary?${query.replace(/&?sort=[^&]*/, '')}`,
      {
        token,
      },
    );
    const page = await list(`?${query}`);

    expect(receipts(page.data)).toBe(expected);
    expect(transactionSummary.parse(summary.body).count).toBe(expected.length);
  });

  test('a statement and an account select their rows; those of others select nothing', async () => {
    expect((await list(`?statementId=${statementId}&accountId=${accountId}`)).data).toHaveLength(5);
    expect((await list(`?statementId=stm_${'0'.repeat(32)}`)).data).toEqual([]);
  });

  test.each(['-occurredAt', 'occurredAt', '-amountCents', 'amountCents'])(
    'pages by %s follow each other without gaps or repeats',
    async (sort) => {
      const all = await list(`?sort=${sort}`);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page = await list(`?sort=${sort}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor;
      }

      expect(seen).toEqual(all.data.map(({ id }) => id));
    },
  );

  test.each([
    ['to=2026-01-01&from=2026-02-01', '/to'],
    ['from=1926-01-01&to=2026-01-01', '/to'],
    ['from=2026-02-30', '/from'],
    ['sort=id;drop table', '/sort'],
    ['sort=passwordHash', '/sort'],
    ['amountCents[gte]=1.5', '/amountCents[gte]'],
    ['amountCents[gte]=1e3', '/amountCents[gte]'],
    ['amountCents[gte]=9007199254740993', '/amountCents[gte]'],
    ["category=x' or 1=1--", '/category'],
    ['tz=Mars/X', '/tz'],
  ])('%s is refused', async (query, pointer) => {
    const answer = await stage.fetch(`/v1/transactions?${encodeURI(query)}`, { token });

    expect(problemIn(answer).errors.map((error) => error.pointer)).toEqual([pointer]);
  });
});

describe('GET /v1/transactions/summary', () => {
  test('counts and sums are those of the rows', async () => {
    const answer = await stage.fetch('/v1/transactions/summary', { token });

    expect(transactionSummary.parse(answer.body)).toEqual({
      count: 5,
      inCents: 100_05,
      outCents: 71_50,
      currency: 'KES',
    });
  });
});

describe('GET /v1/transactions/{id}', () => {
  test('a payment shows its charge, its paper and why it was read so', async () => {
    const [payment] = (await list('?q=duka')).data;
    const [charge] = (await list('?nature=charge')).data;

    const answer = await stage.fetch(`/v1/transactions/${payment?.id}`, { token });

    expect(transactionDetail.parse(answer.body)).toMatchObject({
      raw: 'TA10000002 | raw',
      reason: 'the phrase matched',
      children: [{ id: charge?.id, amountCents: 1_50 }],
      sources: [{ id: statementId, page: 1, line: 2 }],
    });
    expect(charge?.parentId).toBe(payment?.id);
  });

  test('a reversal and its payment show each other', async () => {
    const somebody = await stage.tenant();
    const row = { amountCents: 700, minute: 5 };
    const back = { purpose: 'reversal', details: 'Reversal of TA20000001' };
    const rows: Row[] = [
      { ...row, receipt: 'TA20000001', direction: 'out' },
      { ...row, receipt: 'TA20000002', direction: 'in', ...back },
    ];
    const posted = await postStatement(stage.database.db, somebody, { rows });
    await stage.database.db.withTenant(somebody.tenantId, (t) =>
      recomputeRollups(t, posted.accountId, [businessDate('2026-01-01')]),
    );
    const own = await stage.token(somebody);
    const [payment, reversal] = await Promise.all(
      posted.inserted.map(async ({ transactionId }) => {
        const path = `/v1/transactions/${toPublicId('transaction', transactionId)}`;
        return transactionDetail.parse((await stage.fetch(path, { token: own })).body);
      }),
    );

    expect(reversal?.parentId).toBe(payment?.id);
    expect(payment?.children).toEqual([
      { id: reversal?.id, amountCents: 700, purpose: 'reversal' },
    ]);
  });

  test('a transaction of another tenant is not found', async () => {
    const [payment] = (await list()).data;
    const stranger = await stage.token(await stage.tenant());

    const answer = await stage.fetch(`/v1/transactions/${payment?.id}`, { token: stranger });

    expect(problemIn(answer).code).toBe('not-found');
  });
});

describe('POST /v1/transactions/{id}/category', () => {
  const ask = async (who: string, wish: { id: string | undefined; body: object; key?: string }) =>
    stage.fetch(`/v1/transactions/${wish.id}/category`, {
      ...{ method: 'POST', token: who, json: wish.body },
      headers: { 'Idempotency-Key': wish.key ?? randomUUID() },
    });

  test('a category chosen by hand shows who chose it, and tells whom it concerns', async () => {
    const somebody = await stage.tenant();
    const own = await stage.token(somebody);
    const posted = await postStatement(stage.database.db, somebody, { rows });
    const row = posted.inserted[0];
    if (row === undefined) throw new Error('nothing was posted');
    const id = toPublicId('transaction', row.transactionId);
    const key = randomUUID();
    const wish = { id, key, body: { category: 'rent', was: null } };

    const answer = await ask(own, wish);
    const again = await ask(own, wish);
    await stage.database.db.withTenant(somebody.tenantId, (t) =>
      recomputeRollups(
        t,
        posted.accountId,
        posted.inserted.map((one) => one.businessDate),
      ),
    );

    const { changeId, transaction } = categoryChanged.parse(answer.body);
    expect(changeId).toMatch(/^rch_/);
    expect(transaction).toMatchObject({
      ...{ id, category: 'rent', confidence: 'certain' },
      categoryReason: 'Somebody chose it by hand.',
      categoryReasonSw: 'Mtu ameichagua mwenyewe.',
    });
    expect(again.body).toEqual(answer.body);
    const actor = `user:${somebody.userId}`;
    const [events, audit] = await stage.database.db.withTenant(somebody.tenantId, async (t) => [
      await t.query
        .selectFrom('outbox')
        .select(['type', 'topic', 'data'])
        .where('type', '=', 'transactions.recategorised')
        .execute(),
      await listAudit(t, { objectId: row.transactionId, limit: 5 }),
    ]);
    expect(events).toEqual([
      {
        ...{ type: 'transactions.recategorised', topic: 'transactions.categorized' },
        data: {
          ...{ accountId: posted.accountId, days: [row.businessDate], rowCount: 1 },
          ...{ changeId: expect.any(String), category: 'rent', actor, reason: 'by-hand' },
        },
      },
    ]);
    expect(audit).toMatchObject([
      { actor, action: 'transaction.categorise', detail: { category: 'rent', was: null } },
    ]);
  });

  test('its history tells who brought it and who changed it, and a repeat changes nothing', async () => {
    const somebody = await stage.tenant();
    const own = await stage.token(somebody);
    const posted = await postStatement(stage.database.db, somebody, { rows: rows.slice(0, 1) });
    const id = toPublicId('transaction', posted.inserted[0]?.transactionId ?? never());
    const wish = { id, key: randomUUID(), body: { category: 'rent', was: null } };
    const { changeId } = categoryChanged.parse((await ask(own, wish)).body);
    await stage.database.asOwner('delete from shared.idempotency_keys');
    expect(categoryChanged.parse((await ask(own, wish)).body).changeId).toBe(changeId);
    await stage.fetch(`/v1/row-changes/${changeId}/undo`, { token: own, json: {} });
    await stage.database.db.withTenant(somebody.tenantId, (t) =>
      recomputeRollups(
        t,
        posted.accountId,
        posted.inserted.map((one) => one.businessDate),
      ),
    );

    const answer = await stage.fetch(`/v1/transactions/${id}/history`, { token: own });
    const { data } = transactionHistory.parse(answer.body);
    const byKind = data.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
    const actor = `user:${somebody.userId}`;
    expect(byKind).toMatchObject([
      { kind: 'categorised', changeId, category: 'rent', was: null, actor },
      { kind: 'posted', fileName: 'january.pdf' },
      { kind: 'taken-back', changeId, category: null, was: 'rent', actor },
    ]);
    const stranger = await stage.token(await stage.tenant());
    const foreign = await stage.fetch(`/v1/transactions/${id}/history`, { token: stranger });
    expect(problemIn(foreign).code).toBe('not-found');
  });

  test('what somebody else chose meanwhile is not overwritten', async () => {
    const [charge] = (await list('?nature=charge')).data;
    const wish = { id: charge?.id, body: { category: 'fuel', was: 'charges' } };

    expect(problemIn(await ask(token, wish)).code).toBe('row-changed-meanwhile');
    expect((await list('?category=fuel')).data).toEqual([]);
  });

  test('only categories of the list are taken, and only by roles that write', async () => {
    const [payment] = (await list('?q=duka')).data;
    const somebody = await stage.tenant();
    const auditor = await stage.token(somebody, 'auditor');
    const stranger = await stage.token(somebody);
    const { id } = payment ?? {};

    const odd = await ask(token, { id, body: { category: 'gambling', was: null } });
    expect(problemIn(odd).errors.map(({ pointer }) => pointer)).toEqual(['/category']);
    const good = { id, body: { category: 'fuel', was: null } };
    expect((await ask(auditor, good)).status).toBe(403);
    expect(problemIn(await ask(stranger, good)).code).toBe('not-found');
  });
});

describe('GET /v1/transactions/export', () => {
  const header = ['Receipt', 'Time (Nairobi)', 'Details', 'Paid in', 'Withdrawn', 'Balance'];

  test('CSV holds exactly the selected rows, with formulas made harmless', async () => {
    const answer = await stage.fetch('/v1/transactions/export?format=csv&nature=ordinary', {
      token,
    });

    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="transactions.csv"',
    );
    const records = parse(answer.text, { bom: true });
    expect(records[0]?.slice(0, 6)).toEqual(header);
    expect(records.slice(1).map((cells) => cells.slice(0, 6))).toEqual([
      ['TA10000001', '2026-01-01 03:00:00', expect.any(String), '100.00', '', '100.00'],
      ['TA10000002', '2026-01-01 03:01:00', "'=cmd|calc Duka", '', '30.00', ''],
      ['TA10000003', '2026-01-02 03:00:00', 'Æthelred "q", & <b>', '0.05', '', ''],
    ]);
  });

  test('XLSX opens as a workbook with the same rows, amounts as numbers', async () => {
    const response = await fetch(`${stage.baseUrl}/v1/transactions/export?format=xlsx`, {
      headers: { authorization: `Bearer ${token}` },
    });

    const book = xlsx.read(Buffer.from(await response.arrayBuffer()));
    const sheet = book.Sheets['Transactions'];
    if (sheet === undefined) throw new Error('the sheet is missing');
    const cells = xlsx.utils.sheet_to_json<unknown[]>(sheet, { header: 1 });
    expect(cells[0]?.slice(0, 6)).toEqual(header);
    expect(cells).toHaveLength(6);
    expect(cells[1]?.[3]).toBe(100);
    const details = cells.map((row) => row[2]);
    expect(details).toContain("'=cmd|calc Duka");
    expect(details).toContain('Æthelred "q", & <b>');
  });

  test('an auditor may export, an analyst may not', async () => {
    const somebody = await stage.tenant();
    const export_ = async (role: 'auditor' | 'analyst') =>
      (
        await stage.fetch('/v1/transactions/export?format=csv', {
          token: await stage.token(somebody, role),
        })
      ).status;

    expect([await export_('auditor'), await export_('analyst')]).toEqual([200, 403]);
  });

  test('it is CSV unless another format is said, and no format there is not', async () => {
    const silent = await stage.fetch('/v1/transactions/export', { token });
    const odd = await stage.fetch('/v1/transactions/export?format=doc', { token });

    expect(silent.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(problemIn(odd).errors[0]?.pointer).toBe('/format');
  });
});
