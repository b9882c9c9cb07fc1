import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  findTransaction,
  listTransactions,
  streamTransactions,
  summariseTransactions,
} from '../../db/transactions.ts';
import { postChunk } from '../../db/statement-posting.ts';
import { listUncategorised, setCategories } from '../../db/transaction-categories.ts';
import { pageByPage } from '../../db/page-reader.ts';
import type { TransactionOrder } from '../../db/transactions.ts';
import type { TransactionFilter } from '../../db/transaction-filter.ts';
import { id } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { businessDate } from '../../domain/time.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  appendLines,
  aLine,
  anAccount,
  aStatement,
  aTenant,
  postStatement,
  undoStatement,
} from './fixture.ts';
import type { Row, TestTenant } from './fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;
let posted: Awaited<ReturnType<typeof postStatement>>;

const people = ['ACHIENG MUTHONI', 'OTIENO ODHIAMBO', 'AMINA HASSAN'];
const rows: Row[] = Array.from({ length: 120 }, (_, n) => ({
  receipt: `TBA${String(n).padStart(7, '0')}`,
  direction: n % 3 === 0 ? 'in' : 'out',
  // Many equal amounts and equal moments, so that pages must break ties by id.
  amountCents: 100 * (1 + (n % 7)),
  minute: Math.floor(n / 4) * 300,
  nature: n % 10 === 9 ? 'charge' : 'ordinary',
  details: `Customer Transfer to 0712***${n} - ${people[n % 3]}`,
}));

beforeAll(async () => {
  base = await createTestDatabase();
  tenant = await aTenant(base.db);
  posted = await postStatement(base.db, tenant, { rows });
});
afterAll(() => base.drop());

const list = (filter: TransactionFilter, limit = 200) =>
  base.db.withTenant(tenant.tenantId, (t) => listTransactions(t, { filter, limit }));
const summary = (filter: TransactionFilter) =>
  base.db.withTenant(tenant.tenantId, (t) => summariseTransactions(t, filter));

describe('listing transactions', () => {
  test('pages of any size and order give every row once, in order', async () => {
    const orders: TransactionOrder[] = (['occurredAt', 'amountCents'] as const).flatMap((field) => [
      { field, isDescending: true },
      { field, isDescending: false },
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...orders),
        fc.integer({ min: 1, max: 50 }),
        async (order, limit) => {
          const seen: { id: string; value: string | number }[] = [];
          for (;;) {
            const last = seen.at(-1);
            const page = await base.db.withTenant(tenant.tenantId, (t) =>
              listTransactions(t, {
                filter: {},
                order,
                limit,
                ...(last ? { after: last as never } : {}),
              }),
            );
            seen.push(...page.map((one) => ({ id: one.id, value: one[order.field] })));
            if (page.length < limit) break;
          }
          expect(new Set(seen.map((one) => one.id)).size).toBe(rows.length);
          expect(seen).toHaveLength(rows.length);
          const sorted = seen.map((one) => one.value);
          const expected = [...sorted].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          expect(sorted).toEqual(order.isDescending ? expected.reverse() : expected);
        },
      ),
      { numRuns: 24 },
    );
  });

  test('every filter selects exactly the rows it names, and the summary agrees', async () => {
    const cases: { filter: TransactionFilter; matches: (row: Row, n: number) => boolean }[] = [
      { filter: {}, matches: () => true },
      { filter: { direction: ['in'] }, matches: (row) => row.direction === 'in' },
      { filter: { nature: ['charge'] }, matches: (row) => row.nature === 'charge' },
      { filter: { channel: ['send-money'] }, matches: (row) => row.nature !== 'charge' },
      { filter: { channel: ['till'] }, matches: () => false },
      {
        filter: { amountFrom: cents(200), amountTo: cents(300) },
        matches: (row) => row.amountCents >= 200 && row.amountCents <= 300,
      },
      {
        // 1 January ends in Nairobi at 21:00 UTC, which is minute 1,260.
        filter: { from: businessDate('2026-01-01'), to: businessDate('2026-01-01') },
        matches: (row) => row.minute < 1_260,
      },
      { filter: { q: 'achieng' }, matches: (_, n) => n % 3 === 0 },
      { filter: { q: 'MUTHONI, Achieng' }, matches: (_, n) => n % 3 === 0 },
      { filter: { q: 'achieng odhiambo' }, matches: () => false },
      { filter: { q: 'tba0000007' }, matches: (row) => row.receipt === 'TBA0000007' },
      { filter: { q: 'nobody' }, matches: () => false },
      { filter: { q: '?' }, matches: () => false },
      { filter: { category: ['uncategorised'] }, matches: () => true },
      { filter: { category: ['food'] }, matches: () => false },
      { filter: { statementId: posted.statementId }, matches: () => true },
      { filter: { statementId: id('statement', randomUUID()) }, matches: () => false },
      { filter: { accountId: posted.accountId, confidence: ['certain'] }, matches: () => true },
    ];
    for (const { filter, matches } of cases) {
      const expected = rows.filter(matches);
      const found = await list(filter);
      expect({ filter, found: found.map(({ receipt }) => receipt).sort() }).toEqual({
        filter,
        found: expected.map(({ receipt }) => receipt).sort(),
      });
      const sum = (direction: string) =>
        expected
          .filter((row) => row.direction === direction)
          .reduce((total, row) => total + row.amountCents, 0);
      expect(await summary(filter)).toEqual({
        count: expected.length,
        inCents: sum('in'),
        outCents: sum('out'),
      });
    }
  });

  test('a word found in very many rows gives the same rows as a rare one', async () => {
    const before = await list({ q: 'achieng muthoni' });
    // Thousands of entries that match nothing make the words frequent in the eyes of the search.
    await base.asOwner(
      `insert into shared.transaction_words
       select tenant_id, word, gen_random_uuid(),
         (select array_agg(gen_random_uuid()) from generate_series(1, 20001))
       from (select distinct tenant_id, word from shared.transaction_words
         where tenant_id = $1) as words`,
      [tenant.tenantId],
    );
    const after = await list({ q: 'achieng muthoni' });
    expect(before).toHaveLength(40);
    expect(after).toEqual(before);
  });

  test('the stream gives every row of a filter once, oldest first', async () => {
    const seen: string[] = [];
    const filter = { direction: ['out' as const] };
    for await (const page of streamTransactions(pageByPage(base.db, tenant.tenantId), { filter })) {
      seen.push(...page.map((one) => one.occurredAt));
    }
    expect(seen).toHaveLength(80);
    expect(seen).toEqual([...seen].sort());
  });

  test('the stream follows the order that is asked for, over pages', async () => {
    const order = { field: 'amountCents' as const, isDescending: true };
    const seen: number[] = [];
    for await (const page of streamTransactions(pageByPage(base.db, tenant.tenantId), {
      filter: {},
      order,
    })) {
      seen.push(...page.map((one) => one.amountCents));
    }
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
  });

  test('another tenant finds nothing, by list, by search or by id', async () => {
    const stranger = await aTenant(base.db);
    const [first] = await list({}, 1);
    await base.db.withTenant(stranger.tenantId, async (t) => {
      await expect(listTransactions(t, { filter: {}, limit: 10 })).resolves.toEqual([]);
      await expect(listTransactions(t, { filter: { q: 'achieng' }, limit: 9 })).resolves.toEqual(
        [],
      );
      expect(first).toBeDefined();
      if (first !== undefined) {
        await expect(findTransaction(t, first.id)).resolves.toBeUndefined();
      }
    });
  });
});

describe('one transaction', () => {
  test('shows its paper, its reason, its charges and every statement that shows it', async () => {
    const own = await aTenant(base.db);
    const receipt = 'TBA0000500';
    const pair: Row[] = [
      { receipt, direction: 'out', amountCents: 10_000, minute: 1 },
      { receipt, direction: 'out', amountCents: 130, minute: 1, nature: 'charge' },
    ];
    const first = await postStatement(base.db, own, { rows: pair });
    const second = await postStatement(base.db, own, { rows: pair });
    const [main, charge] = first.inserted.map(({ transactionId }) => transactionId);
    if (main === undefined || charge === undefined) throw new Error('nothing was posted');

    const detail = await base.db.withTenant(own.tenantId, (t) => findTransaction(t, main));

    expect(detail).toMatchObject({
      receipt,
      raw: `${receipt} | raw`,
      reason: 'the phrase matched',
      details: 'Customer Transfer to 0712***678 WANJIKU KAMAU',
      counterparty: { kind: 'person', name: 'WANJIKU KAMAU', msisdn: '0712***678' },
      account: { id: first.accountId, label: 'M-PESA' },
      statement: { id: first.statementId, fileName: 'january.pdf', page: 1, line: 1 },
      children: [{ id: charge, amountCents: 130, purpose: 'fee.send' }],
    });
    expect(detail?.sources.map((place) => place.id)).toEqual([
      first.statementId,
      second.statementId,
    ]);

    await undoStatement(base.db, own, first);
    await undoStatement(base.db, own, second);
    const gone = await base.db.withTenant(own.tenantId, (t) => findTransaction(t, main));
    expect(gone).toBeUndefined();
  });
});

describe('categories', () => {
  test('a row is posted with what the catalogue made of it, and only bare rows are opened', async () => {
    const own = await aTenant(base.db);
    const { statementId, inserted } = await base.db.withTenant(own.tenantId, async (t) => {
      const statementId = await aStatement(t, own.userId);
      const category = { category: 'sales', confidence: 'likely', reason: 'a till' } as const;
      const lines = rows.slice(0, 2).map((row, n) => aLine(n, row));
      await appendLines(
        t,
        statementId,
        lines.map((line, n) => (n === 0 ? { ...line, category } : line)),
      );
      const accountId = await anAccount(t);
      const place = { statementId, accountId, fromOrdinal: 0, toOrdinal: 2 };
      return { statementId, inserted: (await postChunk(t, place)).inserted };
    });

    const [found, bare] = await base.db.withTenant(own.tenantId, async (t) => [
      await listTransactions(t, { filter: { statementId }, limit: 5 }),
      await listUncategorised(t, { statementId, fromOrdinal: 0, toOrdinal: 2 }),
    ]);
    expect(inserted).toEqual([0, 1]);
    expect(found.find((one) => one.category !== null)).toMatchObject({
      category: 'sales',
      confidence: 'likely',
      categoryReason: 'a till',
      categorySource: 'catalogue',
    });
    expect(bare).toMatchObject([
      { purpose: 'send', direction: 'out', counterpartyName: 'WANJIKU KAMAU' },
    ]);
  });

  test('are set in one go, and what a person chose is only changed by a person', async () => {
    const own = await aTenant(base.db);
    const { inserted } = await postStatement(base.db, own, { rows: rows.slice(0, 3) });
    const assign = (category: string, source: string) =>
      base.db.withTenant(own.tenantId, (t) =>
        setCategories(
          t,
          inserted.map(({ transactionId }) => ({
            transactionId,
            category,
            confidence: 'likely' as const,
            reason: 'because',
            source,
          })),
        ),
      );

    await expect(assign('food', 'catalogue')).resolves.toBe(3);
    await expect(assign('rent', 'user')).resolves.toBe(3);
    await expect(assign('food', 'rule')).resolves.toBe(0);
    await expect(assign('home', 'user')).resolves.toBe(3);

    const found = await base.db.withTenant(own.tenantId, (t) =>
      listTransactions(t, { filter: { category: ['home'] }, limit: 10 }),
    );
    expect(found).toHaveLength(3);
    expect(found[0]).toMatchObject({ categorySource: 'user', categoryReason: 'because' });
  });
});
