import { countLines, listLines, sumsOfLines } from '../../db/statement-lines.ts';
import { appendRejects, listRejects } from '../../db/statement-rejects.ts';
import { tieFees } from '../../db/fee-ties.ts';
import { findAmountConflicts, postChunk } from '../../db/statement-posting.ts';
import { previewUndo, undoChunk } from '../../db/statement-undo.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { appendLines, aLine, anAccount, aStatement, aTenant } from './fixture.ts';
import { postStatement, undoStatement } from './fixture.ts';
import type { Row, TestTenant } from './fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

const row = (n: number, changes: Partial<Row> = {}): Row => ({
  receipt: `TBA${String(n).padStart(7, '0')}`,
  direction: n % 2 === 0 ? 'in' : 'out',
  amountCents: 100 * (n + 1),
  minute: n * 10,
  ...changes,
});
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, k) => row(from + k));

/** Everything undoing must bring back: live transactions, their paper and the links to it. */
async function liveState() {
  const transactions = await base.asOwner(
    `select id, account_id, identity, statement_id, ordinal, parent_id, category, business_date::text
     from shared.transactions where tenant_id = $1 and reversed_at is null order by id`,
    [tenant.tenantId],
  );
  const sources = await base.asOwner(
    `select id as transaction_id, statement_id, ordinal from shared.transactions
     where tenant_id = $1 and reversed_at is null
     union all
     select transaction_id, statement_id, ordinal from shared.transaction_sources
     where tenant_id = $1 order by 1, 2`,
    [tenant.tenantId],
  );
  return { transactions, sources };
}

/** Daily figures follow from events, which nobody consumes here. */
async function brokenPromises() {
  const broken = await base.invariants();
  return broken.filter(({ invariant }) => invariant !== 'rollups-equal-transactions');
}

describe('storing lines', () => {
  test('every cell of a line survives, and words are stored only sealed', async () => {
    const lines = [row(0), row(1, { direction: undefined, amountCents: 0 })];
    const { statementId } = await postStatement(base.db, tenant, { rows: lines });

    const stored = await base.db.withTenant(tenant.tenantId, (t) =>
      listLines(t, statementId, { limit: 10 }),
    );
    expect(stored).toMatchObject([
      {
        ordinal: 0,
        receipt: 'TBA0000000',
        completedAt: '2026-01-01T00:00:00.000Z',
        details: 'Customer Transfer to 0712***678 WANJIKU KAMAU',
        status: 'completed',
        inCents: 100,
        outCents: 0,
        balanceCents: null,
        channel: 'send-money',
        isNew: true,
      },
      { ordinal: 1, status: 'failed', transactionId: null, isNew: false },
    ]);
    const raw = await base.asOwner(
      'select sealed from shared.statement_lines where statement_id = $1',
      [statementId],
    );
    for (const { sealed } of raw) expect(String(sealed)).not.toContain('WANJIKU');
  });

  test('a repeated or overlapping chunk adds only what is missing, and a gap is refused', async () => {
    const { statementId, chunk } = await base.db.withTenant(tenant.tenantId, async (t) => ({
      statementId: await aStatement(t, tenant.userId),
      chunk: rows(0, 30).map((one, ordinal) => aLine(ordinal, one)),
    }));
    const append = (from: number, to: number) =>
      base.db.withTenant(tenant.tenantId, (t) =>
        appendLines(t, statementId, chunk.slice(from, to)),
      );

    await expect(append(0, 10)).resolves.toBe(10);
    await expect(append(0, 10)).resolves.toBe(0);
    await expect(append(5, 20)).resolves.toBe(10);
    await expect(append(25, 30)).rejects.toThrow('line 20 was left out');

    await base.db.withTenant(tenant.tenantId, async (t) => {
      await expect(countLines(t, statementId)).resolves.toBe(20);
      const sums = await sumsOfLines(t, statementId);
      expect(sums).toMatchObject({
        rowCount: 20,
        movedCount: 20,
        totalInCents: 10_000,
        totalOutCents: 11_000,
        firstAt: '2026-01-01T00:00:00.000Z',
        lastAt: '2026-01-01T03:10:00.000Z',
      });
    });
  });

  test('two chunks of one transaction are both stored', async () => {
    await base.db.withTenant(tenant.tenantId, async (t) => {
      const statementId = await aStatement(t, tenant.userId);
      await appendLines(t, statementId, [aLine(0, row(0))]);
      await appendLines(t, statementId, [aLine(1, row(1))]);
      await expect(countLines(t, statementId)).resolves.toBe(2);
    });
  });

  test('the database refuses a direction that contradicts the amounts', async () => {
    const work = base.db.withTenant(tenant.tenantId, async (t) => {
      const line = aLine(0, row(0));
      await appendLines(t, await aStatement(t, tenant.userId), [{ ...line, direction: 'out' }]);
    });
    await expect(work).rejects.toMatchObject({ code: '23514' });
  });

  test('rejects are kept in order with their text, and repeating them changes nothing', async () => {
    await base.db.withTenant(tenant.tenantId, async (t) => {
      const statementId = await aStatement(t, tenant.userId);
      const rejects = [0, 1].map((seq) => ({
        seq,
        page: 1,
        line: 7 + seq,
        raw: 'TBA | 31 Feb | "',
        reason: 'time-impossible' as const,
        detail: 'the calendar has no 31 February',
      }));
      await appendRejects(t, statementId, rejects);
      await appendRejects(t, statementId, rejects);
      await expect(listRejects(t, statementId, { limit: 10 })).resolves.toMatchObject(rejects);
      await expect(listRejects(t, statementId, { limit: 10, afterSeq: 0 })).resolves.toMatchObject(
        rejects.slice(1),
      );
    });
  });
});

describe('posting', () => {
  test('turns every row that moved money into one transaction and no other row', async () => {
    const all = [...rows(0, 12), row(99, { direction: undefined })];
    const posted = await postStatement(base.db, tenant, { rows: all, chunkSize: 5 });

    expect(posted.inserted.map(({ ordinal }) => ordinal)).toEqual([...Array(12).keys()]);
    expect(posted.inserted[1]).toMatchObject({
      occurredAt: '2026-01-01T00:10:00.000Z',
      businessDate: '2026-01-01',
      direction: 'out',
      amountCents: 200,
    });
    const { transactions, sources } = await liveState();
    expect([transactions.length, sources.length]).toEqual([12, 12]);
  });

  test('the business date is the day in Nairobi', async () => {
    const late = row(0, { minute: 21 * 60 });
    const { inserted } = await postStatement(base.db, tenant, { rows: [late] });
    expect(inserted[0]).toMatchObject({
      occurredAt: '2026-01-01T21:00:00.000Z',
      businessDate: '2026-01-02',
    });
  });

  test('a repeated chunk inserts nothing, reports its rows as known and changes no row', async () => {
    const posted = await postStatement(base.db, tenant, { rows: rows(0, 20) });
    const before = await liveState();

    const again = await base.db.withTenant(tenant.tenantId, (t) =>
      postChunk(t, { ...posted, fromOrdinal: 0, toOrdinal: 5_000 }),
    );

    expect(again).toEqual({ inserted: [], days: [], known: 20 });
    expect(await liveState()).toEqual(before);
  });

  test('the same chunk posted twice at the same moment is posted once', async () => {
    const { statementId, accountId } = await base.db.withTenant(tenant.tenantId, async (t) => {
      const statementId = await aStatement(t, tenant.userId);
      await appendLines(
        t,
        statementId,
        rows(0, 50).map((one, n) => aLine(n, one)),
      );
      return { statementId, accountId: await anAccount(t) };
    });
    const chunk = { statementId, accountId, fromOrdinal: 0, toOrdinal: 50 };

    const results = await Promise.all(
      [1, 2, 3].map(() => base.db.withTenant(tenant.tenantId, (t) => postChunk(t, chunk))),
    );

    expect(results.map(({ inserted }) => inserted.length).sort()).toEqual([0, 0, 50]);
    expect((await liveState()).transactions).toHaveLength(50);
  });

  test('two statements of one account posted at the same moment bring each row once', async () => {
    const both = await Promise.all([
      postStatement(base.db, tenant, { rows: rows(0, 40) }),
      postStatement(base.db, tenant, { rows: rows(20, 60) }),
    ]);

    expect(both[0].inserted.length + both[1].inserted.length).toBe(60);
    const { transactions, sources } = await liveState();
    expect([transactions.length, sources.length]).toEqual([60, 80]);
    expect(await brokenPromises()).toEqual([]);
  });

  test('posting beside an undo of the same rows leaves every row live once', async () => {
    for (let round = 0; round < 6; round += 1) {
      const first = await postStatement(base.db, tenant, { rows: rows(0, 60) });

      const [second] = await Promise.all([
        postStatement(base.db, tenant, { rows: rows(0, 60), chunkSize: 10 }),
        undoStatement(base.db, tenant, { ...first, limit: 10 }),
      ]);

      expect((await liveState()).transactions).toHaveLength(60);
      expect(await brokenPromises()).toEqual([]);
      await undoStatement(base.db, tenant, second);
    }
  });

  test('rows another statement brought are linked, not added', async () => {
    await postStatement(base.db, tenant, { rows: rows(0, 10) });
    const second = await postStatement(base.db, tenant, { rows: rows(6, 14) });

    expect(second.inserted.map(({ ordinal }) => ordinal)).toEqual([4, 5, 6, 7]);
    const lines = await base.db.withTenant(tenant.tenantId, (t) =>
      listLines(t, second.statementId, { limit: 20 }),
    );
    expect(lines.map(({ isNew }) => isNew)).toEqual([
      ...[false, false, false, false, true, true, true, true],
    ]);
    expect(lines.every(({ transactionId }) => transactionId !== null)).toBe(true);
  });

  test('two genuine equal rows survive as two transactions', async () => {
    const twins = [row(0), row(0, { twin: 1 })];
    await postStatement(base.db, tenant, { rows: twins });
    await postStatement(base.db, tenant, { rows: twins });
    expect((await liveState()).transactions).toHaveLength(2);
  });

  test('the same rows in another account are other transactions', async () => {
    const other = await base.db.withTenant(tenant.tenantId, (t) => anAccount(t, '254700000000'));
    await postStatement(base.db, tenant, { rows: rows(0, 3) });
    await postStatement(base.db, tenant, { rows: rows(0, 3), accountId: other });
    expect((await liveState()).transactions).toHaveLength(6);
  });

  test('charges are tied to the nearest movement of their receipt, or to the parent named', async () => {
    const receipt = 'TBA0000007';
    const mains = [
      row(0, { receipt, amountCents: 5_000, direction: 'out' }),
      row(1, { receipt, amountCents: 33, direction: 'out', nature: 'charge' }),
      row(2),
      row(3, { receipt, amountCents: 9_000, direction: 'out' }),
      row(4, { receipt: 'TBA9999999', amountCents: 5, direction: 'out', nature: 'charge' }),
    ];
    const posted = await postStatement(base.db, tenant, { rows: mains });
    await base.db.withTenant(tenant.tenantId, (t) => tieFees(t, posted.statementId));

    const { transactions } = await liveState();
    const parents = transactions.map(({ ordinal, parent_id }) => [ordinal, parent_id]);
    const idOf = (ordinal: number) =>
      posted.inserted.find((one) => one.ordinal === ordinal)?.transactionId;
    expect(new Map(parents as [number, string | null][])).toEqual(
      new Map([
        [0, null],
        [1, idOf(0)],
        [2, null],
        [3, null],
        [4, null],
      ]),
    );
  });
});

describe('amount conflicts', () => {
  test('a receipt another statement shows with another amount is pointed at', async () => {
    await postStatement(base.db, tenant, { rows: [row(0), row(1), row(2)] });
    const tampered = await postStatement(base.db, tenant, {
      rows: [row(0), row(1, { amountCents: 999_900 }), row(2)],
    });

    const conflicts = await base.db.withTenant(tenant.tenantId, (t) =>
      findAmountConflicts(t, tampered.statementId, tampered.accountId),
    );
    expect(conflicts).toMatchObject([
      { ordinal: 1, receipt: 'TBA0000001', amountCents: 999_900, otherAmountCents: 200 },
    ]);
  });

  test('a payment and its charge under one receipt are no conflict, in any overlap', async () => {
    const receipt = 'TBA0000001';
    const pair = [
      row(0, { receipt, direction: 'out', amountCents: 100_000 }),
      row(1, { receipt, direction: 'out', amountCents: 2_700, nature: 'charge' }),
      row(2, { receipt, direction: 'out', amountCents: 5_000 }),
    ];
    const first = await postStatement(base.db, tenant, { rows: pair });
    const second = await postStatement(base.db, tenant, { rows: pair });

    for (const { statementId, accountId } of [first, second]) {
      const conflicts = await base.db.withTenant(tenant.tenantId, (t) =>
        findAmountConflicts(t, statementId, accountId),
      );
      expect(conflicts).toEqual([]);
    }
  });
});

describe('undoing', () => {
  test('brings back exactly the state before the statement', async () => {
    await postStatement(base.db, tenant, { rows: rows(0, 10) });
    const before = await liveState();
    const second = await postStatement(base.db, tenant, { rows: rows(5, 25) });

    const preview = await base.db.withTenant(tenant.tenantId, (t) =>
      previewUndo(t, second.statementId),
    );
    const reversed = await undoStatement(base.db, tenant, { ...second, limit: 7 });

    expect(preview).toMatchObject({ transactionCount: 15, keptCount: 5, from: '2026-01-01' });
    expect(reversed).toHaveLength(15);
    expect(await liveState()).toEqual(before);
    expect(await brokenPromises()).toEqual([]);
  });

  test('what another live statement shows stays, and stands on that statement from then on', async () => {
    const first = await postStatement(base.db, tenant, { rows: rows(0, 10) });
    const second = await postStatement(base.db, tenant, { rows: rows(5, 15) });

    await undoStatement(base.db, tenant, first);

    const { transactions, sources } = await liveState();
    expect(transactions).toHaveLength(10);
    expect(new Set(transactions.map((one) => one['statement_id']))).toEqual(
      new Set([second.statementId]),
    );
    expect(sources.map(({ statement_id }) => statement_id)).toEqual(
      Array(10).fill(second.statementId),
    );
    const lines = await base.db.withTenant(tenant.tenantId, (t) =>
      listLines(t, second.statementId, { limit: 20 }),
    );
    expect(lines.every(({ isNew }) => isNew)).toBe(true);
  });

  test('posting the same rows again after an undo makes new transactions', async () => {
    const first = await postStatement(base.db, tenant, { rows: rows(0, 5) });
    await undoStatement(base.db, tenant, first);
    const again = await postStatement(base.db, tenant, { rows: rows(0, 5) });

    expect(again.inserted).toHaveLength(5);
    expect((await liveState()).transactions).toHaveLength(5);
    const kept = await base.asOwner(
      'select count(*)::int as n from shared.transactions where tenant_id = $1',
      [tenant.tenantId],
    );
    expect(kept).toEqual([{ n: 10 }]);
  });

  test('a repeated chunk finds nothing left to undo', async () => {
    const posted = await postStatement(base.db, tenant, { rows: rows(0, 5) });
    await undoStatement(base.db, tenant, posted);
    const again = await base.db.withTenant(tenant.tenantId, (t) =>
      undoChunk(t, { ...posted, limit: 100 }),
    );
    expect(again).toEqual({ reversed: [], keptCount: 0, isDone: true });
  });

  test('the charge of a reversed movement loses its parent when it stays itself', async () => {
    const receipt = 'TBA0000001';
    const main = row(0, { receipt, direction: 'out', amountCents: 100_000 });
    const charge = row(1, { receipt, direction: 'out', amountCents: 2_700, nature: 'charge' });
    const first = await postStatement(base.db, tenant, { rows: [main, charge] });
    await postStatement(base.db, tenant, { rows: [charge] });

    await undoStatement(base.db, tenant, first);

    const { transactions } = await liveState();
    expect(transactions).toMatchObject([{ parent_id: null }]);
  });
});
