import { randomUUID } from 'node:crypto';
import * as xlsx from '@e965/xlsx';
import { creditReceipt, postTransaction, reserve } from '../../db/ledger.ts';
import { toPublicId, type LedgerTransactionId } from '../../domain/ids.ts';
import { outside, paidOut, purse, received } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { code, ledgerApi } from '../support/ledger-api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
const shortcode = randomUUID();
const collection = randomUUID();
let paid: LedgerTransactionId;

const source = {
  kind: 'collection' as const,
  id: collection,
  workflowId: `collection/${collection}`,
  actor: 'service:test',
};
const at = (day: number) => `2026-03-0${day}T09:00:00.000Z` as Instant;

beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  await stage.database.db.withTenant(somebody.tenantId, async (t) => {
    const credited = await creditReceipt(t, {
      ...{ shortcodeId: shortcode, receipt: 'TCA0000001', amountCents: cents(50_000) },
      ...{ source, occurredAt: at(1) },
      postings: received({ shortcodeId: shortcode, amountCents: cents(50_000) }),
    });
    paid = credited.transactionId;
    await postTransaction(t, {
      ...{ reference: 'payout/1', kind: 'disbursement.paid', occurredAt: at(3), source },
      postings: paidOut({
        ...{ shortcodeId: shortcode, amountCents: cents(12_000), chargeCents: cents(2_300) },
      }),
    });
    await reserve(t, {
      ...{ reference: 'payout/2', from: purse(shortcode), to: outside(shortcode), source },
      ...{ amountCents: cents(5_000), expiresAt: '2099-01-01T00:00:00.000Z' as Instant },
    });
  });
});
afterAll(() => stage.close());

const { get, send, accountId } = ledgerApi(
  () => stage,
  () => token,
);

describe('accounts', () => {
  test('show what they hold, what is reserved, and what they held before', async () => {
    const now = await get('/accounts?kind=utility');
    expect(now.body).toMatchObject({
      data: [
        { kind: 'utility', balanceCents: 35_700, reservedCents: 5_000, availableCents: 30_700 },
      ],
    });
    const before = await get(`/accounts/${await accountId('utility')}?at=${at(2)}`);
    expect(before.body).toMatchObject({ balanceCents: 50_000, reservedCents: 0 });
  });

  test('come in pages that meet without a gap', async () => {
    const first = (await get('/accounts?limit=2')).body as { nextCursor: string; data: object[] };
    const rest = (await get(`/accounts?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...(rest as { data: object[] }).data]).toHaveLength(3);
    expect(code(await get('/accounts?cursor=x.y'))).toBe('invalid-cursor');
  });

  test('have statements whose balances run from opening to closing', async () => {
    const id = await accountId('utility');
    const all = await get(`/accounts/${id}/statement?from=2026-03-01&to=2026-03-05&limit=2`);
    expect(all.body).toMatchObject({
      ...{ openingCents: 0, closingCents: 35_700, hasMore: true },
      data: [
        { amountCents: -2_300, balanceCents: 35_700 },
        { amountCents: -12_000, balanceCents: 38_000 },
      ],
    });
    const { nextCursor } = all.body as { nextCursor: string };
    const next = await get(
      `/accounts/${id}/statement?from=2026-03-01&to=2026-03-05&limit=2&cursor=${nextCursor}`,
    );
    expect(next.body).toMatchObject({ data: [{ amountCents: 50_000, balanceCents: 50_000 }] });
    const late = await get(`/accounts/${id}/statement?from=2026-03-02&to=2026-03-02`);
    expect(late.body).toMatchObject({ openingCents: 50_000, closingCents: 50_000, data: [] });
    expect(code(await get(`/accounts/${id}/statement?cursor=x.y`))).toBe('invalid-cursor');
  });
});

describe('the journal', () => {
  test('lists transactions with entries that sum to zero, newest first', async () => {
    const { body } = await get('/transactions');
    const { data } = body as { data: { kind: string; entries: { amountCents: number }[] }[] };
    expect(data.map(({ kind }) => kind)).toEqual(['disbursement.paid', 'receipt.credited']);
    for (const { entries } of data)
      expect(entries.reduce((sum, { amountCents }) => sum + amountCents, 0)).toBe(0);
  });

  test.each([
    ['receipt=tca0000001', 1],
    ['kind=disbursement.paid', 1],
    [`sourceId=${collection}`, 2],
    ['from=2026-03-02', 1],
    ['to=2026-03-02', 1],
    ['from=2026-03-04', 0],
  ])('answers exactly what %s selects', async (query, count) => {
    const { body } = await get(`/transactions?${query}`);
    expect((body as { data: unknown[] }).data).toHaveLength(count);
  });

  test('is exported as CSV and as a workbook with the same rows', async () => {
    const csv = await get('/transactions/export?format=csv');
    expect(csv.headers.get('content-disposition')).toContain('journal.csv');
    const lines = csv.text.trim().split('\r\n');
    expect(lines).toHaveLength(1 + 6);
    expect(lines[1]).toContain('disbursement.paid');
    const book = await fetch(`${stage.baseUrl}/v1/ledger/transactions/export?format=xlsx`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const workbook = xlsx.read(new Uint8Array(await book.arrayBuffer()));
    const rows = xlsx.utils.sheet_to_json<Record<string, unknown>>(
      workbook.Sheets['Journal'] ?? {},
    );
    const total = (column: string) => rows.reduce((sum, row) => sum + Number(row[column] ?? 0), 0);
    expect(rows).toHaveLength(6);
    expect(total('Debit')).toBe(643);
    expect(total('Credit')).toBe(643);
  });
});

describe('the trial balance', () => {
  test('has two columns of the same sum, at any time', async () => {
    const { body } = await get(`/trial-balance?at=${at(4)}`);
    expect(body).toMatchObject({ debitCents: 38_000, creditCents: 38_000 });
    const early = await get(`/trial-balance?at=${at(2)}`);
    expect(early.body).toMatchObject({ debitCents: 50_000, creditCents: 50_000 });
    const file = await get(`/trial-balance/export?format=csv&at=${at(4)}`);
    expect(file.text).toContain('charges');
  });
});

describe('the story of a payment', () => {
  test('leads from the receipt to transactions, reservations and runs, and back', async () => {
    const byReceipt = await get('/lineage?receipt=TCA0000001');
    expect(byReceipt.body).toMatchObject({
      receipts: [{ receipt: 'TCA0000001', amountCents: 50_000 }],
      transactions: [{ kind: 'receipt.credited' }, { kind: 'disbursement.paid' }],
      reservations: [{ amountCents: 5_000, status: 'open' }],
      runs: [{ workflowId: `collection/${collection}` }],
    });
    const byId = await get(`/lineage?transactionId=${toPublicId('ledgerTransaction', paid)}`);
    expect(byId.body).toEqual(byReceipt.body);
    expect((await get(`/lineage?sourceId=${collection}`)).body).toEqual(byReceipt.body);
  });

  test('of nothing is not found, and of two things at once is refused', async () => {
    expect(code(await get('/lineage?receipt=TCA9999999'))).toBe('not-found');
    expect(code(await get('/lineage'))).toBe('validation-failed');
    expect(code(await get(`/lineage?receipt=TCA0000001&sourceId=${collection}`))).toBe(
      'validation-failed',
    );
  });
});

describe('another tenant', () => {
  test('finds nothing of it', async () => {
    const id = await accountId('utility');
    const stranger = await stage.token(await stage.tenant());
    const answers = await Promise.all([
      get(`/accounts/${id}`, stranger),
      get(`/accounts/${id}/statement`, stranger),
      get(`/transactions/${toPublicId('ledgerTransaction', paid)}`, stranger),
      get('/lineage?receipt=TCA0000001', stranger),
      send(
        `/transactions/${toPublicId('ledgerTransaction', paid)}/reverse`,
        { reason: 'not mine' },
        {
          by: stranger,
        },
      ),
      send(
        '/adjustments',
        { accountId: id, amountCents: 1, side: 'in', reason: 'not mine' },
        {
          by: stranger,
        },
      ),
    ]);
    expect(answers.map(code)).toEqual(Array.from({ length: 6 }, () => 'not-found'));
    expect((await get('/accounts', stranger)).body).toMatchObject({ data: [] });
  });
});
