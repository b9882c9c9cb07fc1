import fc from 'fast-check';
import { sql } from 'kysely';
import { dailySeries, needsAttention, overview } from '../../db/analytics.ts';
import { insertOperation, patchOperation } from '../../db/operations.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { patchStatement } from '../../db/statements.ts';
import type { TenantHandle } from '../../db/database.ts';
import { applyCategoryChunk, takeBackCategoryChunk } from '../../db/row-category-changes.ts';
import type { ChangedChunk } from '../../db/row-change-chunks.ts';
import { beginTakingBack, openChange } from '../../db/row-changes.ts';
import { adoptChoices, setCategories } from '../../db/transaction-categories.ts';
import type { AccountId, RowChangeId, StatementId } from '../../domain/ids.ts';
import { id } from '../../domain/ids.ts';
import { addDays, businessDate } from '../../domain/time.ts';
import type { BusinessDate } from '../../domain/time.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { anAccount, aStatement, aTenant, postStatement, undoStatement } from './fixture.ts';
import type { Row, TestTenant } from './fixture.ts';
import { randomUUID } from 'node:crypto';

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

const january = { from: businessDate('2026-01-01'), to: businessDate('2026-01-31') };
const recompute = (accountId: AccountId, dates: readonly BusinessDate[]) =>
  base.db.withTenant(tenant.tenantId, (t) => recomputeRollups(t, accountId, dates));
const places = (posted: { statementId: StatementId }) => ({
  ...{ statementId: posted.statementId, fromOrdinal: 0, toOrdinal: 99 },
});
const adoptAll = (posted: { statementId: StatementId; accountId: AccountId }) =>
  base.db.withTenant(tenant.tenantId, (t) => adoptChoices(t, posted.accountId, places(posted)));

/** Puts every row of a statement under a category in chunks of four; the figures follow. */
async function choose(
  { statementId }: { statementId: StatementId },
  category: 'rent' | 'fuel',
): Promise<RowChangeId> {
  const rows = sql`x.statement_id = ${statementId} and x.reversed_at is null`;
  const { id: changeId } = await base.db.withTenant(tenant.tenantId, (t) =>
    openChange(t, { deed: { kind: 'category', category }, rows, actor: 'user:a-test' }),
  );
  await inChunks((t) => applyCategoryChunk(t, changeId, 4));
  return changeId;
}

async function takeBack(changeId: RowChangeId): Promise<void> {
  await base.db.withTenant(tenant.tenantId, (t) => beginTakingBack(t, changeId, 'user:a-test'));
  await inChunks((t) => takeBackCategoryChunk(t, changeId, 4));
}

async function inChunks(next: (t: TenantHandle) => Promise<ChangedChunk>): Promise<void> {
  for (let isDone = false; !isDone;) {
    const chunk = await base.db.withTenant(tenant.tenantId, next);
    for (const { accountId, days } of chunk.touched) await recompute(accountId, days);
    ({ isDone } = chunk);
  }
}

const datesOf = (rows: readonly { businessDate: BusinessDate }[]) => [
  ...new Set(rows.map((row) => row.businessDate)),
];
const anyRow = fc.record({
  receipt: fc.integer({ min: 0, max: 60 }).map((n) => `TBA${String(n).padStart(7, '0')}`),
  direction: fc.constantFrom('in' as const, 'out' as const),
  amountCents: fc.integer({ min: 1, max: 3 }),
  minute: fc.integer({ min: 0, max: 10 * 24 * 60 }),
  nature: fc.constantFrom(
    'ordinary' as const,
    'charge' as const,
    'own-money' as const,
    'loan' as const,
  ),
});

describe('daily rollups', () => {
  test('equal the rows after any posting, categorising and undoing in any order', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('post' as const),
        rows: fc.uniqueArray(anyRow, {
          minLength: 1,
          maxLength: 25,
          selector: (one) => `${one.receipt}|${one.direction}|${one.amountCents}`,
        }),
      }),
      fc.record({ kind: fc.constant('undo' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('categorise' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('choose' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('take back' as const), pick: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        tenant = await aTenant(base.db);
        const live: Awaited<ReturnType<typeof postStatement>>[] = [];
        const chosen: RowChangeId[] = [];
        for (const one of steps) {
          if (one.kind === 'post') {
            const posted = await postStatement(base.db, tenant, { rows: one.rows, chunkSize: 10 });
            await adoptAll(posted);
            await recompute(posted.accountId, datesOf(posted.inserted));
            live.push(posted);
            continue;
          }
          const target = live[one.pick % Math.max(1, live.length)];
          if (target === undefined) continue;
          if (one.kind === 'undo') {
            const reversed = await undoStatement(base.db, tenant, { ...target, limit: 7 });
            await recompute(target.accountId, datesOf(reversed));
            live.splice(live.indexOf(target), 1);
          } else if (one.kind === 'choose') {
            chosen.push(await choose(target, one.pick % 2 === 0 ? 'rent' : 'fuel'));
          } else if (one.kind === 'take back') {
            const change = chosen[one.pick % Math.max(1, chosen.length)];
            if (change !== undefined) await takeBack(change);
          } else {
            await base.db.withTenant(tenant.tenantId, (t) =>
              setCategories(
                t,
                target.inserted.map(({ transactionId }) => ({
                  transactionId,
                  category: 'food',
                  confidence: 'likely',
                  reason: 'a test',
                  source: 'catalogue',
                })),
              ),
            );
            await recompute(target.accountId, datesOf(target.inserted));
          }
        }
        expect(await base.invariants()).toEqual([]);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test('two recomputations of one day at the same moment leave one set of figures', async () => {
    const rows: Row[] = [{ receipt: 'TBA0000001', direction: 'in', amountCents: 500, minute: 1 }];
    const { accountId, inserted } = await postStatement(base.db, tenant, { rows });
    await Promise.all([1, 2, 3, 4].map(() => recompute(accountId, datesOf(inserted))));
    expect(await base.invariants()).toEqual([]);
  });
});

describe('overview', () => {
  const rows: Row[] = [
    {
      receipt: 'TBA0000001',
      direction: 'in',
      amountCents: 100_000,
      minute: 0,
      balanceCents: 150_000,
    },
    {
      receipt: 'TBA0000002',
      direction: 'out',
      amountCents: 30_000,
      minute: 5,
      balanceCents: 120_000,
    },
    {
      receipt: 'TBA0000002',
      direction: 'out',
      amountCents: 500,
      minute: 5,
      nature: 'charge',
      balanceCents: 119_500,
    },
    { receipt: 'TBA0000003', direction: 'in', amountCents: 7_000, minute: 9, nature: 'loan' },
    {
      receipt: 'TBA0000004',
      direction: 'out',
      amountCents: 2_000,
      minute: 3_000,
      nature: 'own-money',
    },
  ];

  test('separates ordinary money, charges, own money and loans, to the cent', async () => {
    const { accountId, inserted } = await postStatement(base.db, tenant, { rows });
    await recompute(accountId, datesOf(inserted));

    const figures = await base.db.withTenant(tenant.tenantId, (t) => overview(t, january));

    expect(figures).toMatchObject({
      inCents: 100_000,
      outCents: 30_000,
      feesCents: 500,
      excluded: { inCents: 7_000, outCents: 2_000 },
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(figures.groups.reduce((n, group) => n + group.count, 0)).toBe(5);
  });

  test('takes the last balance of a second from the chain, whatever the order of the rows', async () => {
    for (const order of [rows, [...rows].reverse()]) {
      tenant = await aTenant(base.db);
      await postStatement(base.db, tenant, { rows: order });
      const figures = await base.db.withTenant(tenant.tenantId, (t) => overview(t, january));
      expect(figures.balanceCents).toBe(119_500);
    }
  });

  test('knows no balance where no row prints one', async () => {
    const figures = await base.db.withTenant(tenant.tenantId, (t) => overview(t, january));
    expect(figures).toMatchObject({ balanceCents: null, inCents: 0, groups: [], updatedAt: null });
  });

  test('any period has exactly its rows, whether months are whole, cut or left out', async () => {
    const day = 24 * 60;
    const spread = Array.from({ length: 200 }, (_, n) => ({
      receipt: `TBA${String(n).padStart(7, '0')}`,
      direction: n % 3 === 0 ? ('out' as const) : ('in' as const),
      amountCents: 1 + n * n,
      minute: ((n * 37) % 150) * day,
    }));
    const { accountId, inserted } = await postStatement(base.db, tenant, { rows: spread });
    await recompute(accountId, datesOf(inserted));
    const span = fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 150 }));

    await fc.assert(
      fc.asyncProperty(span, async ([skip, length]) => {
        const from = addDays(businessDate('2025-12-28'), skip);
        const to = addDays(from, length);
        const within = inserted.filter((row) => row.businessDate >= from && row.businessDate <= to);
        const total = (direction: string) =>
          within.reduce((sum, row) => sum + (row.direction === direction ? row.amountCents : 0), 0);
        const [figures, series] = await base.db.withTenant(tenant.tenantId, async (t) => [
          await overview(t, { from, to }),
          await dailySeries(t, { from, to }),
        ]);

        expect([figures.inCents, figures.outCents]).toEqual([total('in'), total('out')]);
        expect(figures.groups.reduce((n, group) => n + group.count, 0)).toBe(within.length);
        expect(series.reduce((sum, one) => sum + one.inCents, 0)).toBe(total('in'));
      }),
      { numRuns: 40 },
    );
  });

  test('looks at the chosen accounts only', async () => {
    const other = await base.db.withTenant(tenant.tenantId, (t) => anAccount(t, '254700000001'));
    const one = await postStatement(base.db, tenant, { rows });
    const two = await postStatement(base.db, tenant, { rows, accountId: other });
    await recompute(one.accountId, datesOf(one.inserted));
    await recompute(two.accountId, datesOf(two.inserted));

    const [both, single] = await base.db.withTenant(tenant.tenantId, async (t) => [
      await overview(t, january),
      await overview(t, { ...january, accountIds: [other] }),
    ]);
    expect([both?.inCents, single?.inCents]).toEqual([200_000, 100_000]);
    expect([both?.balanceCents, single?.balanceCents]).toEqual([239_000, 119_500]);
  });

  test('the series has every day of the period and adds up to the totals', async () => {
    const { accountId, inserted } = await postStatement(base.db, tenant, { rows });
    await recompute(accountId, datesOf(inserted));
    const series = await base.db.withTenant(tenant.tenantId, (t) => dailySeries(t, january));
    expect(series).toHaveLength(31);
    expect(series[0]).toEqual({ date: '2026-01-01', inCents: 100_000, outCents: 30_000 });
    expect(series[1]).toEqual({ date: '2026-01-02', inCents: 0, outCents: 0 });
  });
});

describe('needs attention', () => {
  test('lists what waits for a person and what failed, newest first', async () => {
    const attention = await base.db.withTenant(tenant.tenantId, async (t) => {
      const waiting = await aStatement(t, tenant.userId);
      await patchStatement(t, waiting, { status: 'waiting-password' });
      const quiet = await aStatement(t, tenant.userId);
      const operationId = id('operation', randomUUID());
      await insertOperation(t, {
        id: operationId,
        kind: 'statement.undo',
        subjectId: quiet,
        workflowId: `statement-undo/${t.tenantId}/${quiet}`,
        createdBy: tenant.userId,
      });
      await patchOperation(t, operationId, { status: 'failed', error: { code: 'broken' } });
      return { waiting, quiet, found: await needsAttention(t, 10) };
    });
    expect(attention.found).toHaveLength(2);
    expect(attention.found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'statement-waiting-password',
          subjectId: attention.waiting,
        }),
        expect.objectContaining({
          kind: 'operation-failed',
          subjectId: attention.quiet,
          problem: 'broken',
        }),
      ]),
    );
  });
});
