/**
 * The work of posting, counted in rows of `transactions` read, on tables that were never analysed:
 * the first large statement of a business arrives before the first statistics do.
 */
import { sql } from 'kysely';
import type { TenantHandle } from '../../db/database.ts';
import { postChunk } from '../../db/statement-posting.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { appendLines, aLine, anAccount, aStatement, aTenant } from './fixture.ts';
import type { Row, TestTenant } from './fixture.ts';

const chunkRows = 500;
const chunkCount = 8;

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
  for (const table of ['transactions', 'transaction_sources', 'statement_lines'])
    await base.asOwner(`alter table shared.${table} set (autovacuum_enabled = false)`);
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

/** Every fifth row is the charge of the row before it. */
const row = (n: number): Row => ({
  receipt: `TBA${String(n % 5 === 4 ? n - 1 : n).padStart(7, '0')}`,
  direction: 'out',
  amountCents: 100 * (n + 1),
  minute: n,
  nature: n % 5 === 4 ? 'charge' : 'ordinary',
});

/** Rows of `transactions` this connection has read and not reported yet. */
async function rowsRead(t: TenantHandle): Promise<number> {
  const counted = await sql<{ read: number }>`
    select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as read
    from pg_stat_xact_user_tables
    where schemaname = 'shared' and relname = 'transactions'`.execute(t.query);
  return counted.rows[0]?.read ?? 0;
}

/** Posts a file of all rows chunk by chunk; answers the result and the rows read of each chunk. */
async function postFile() {
  const chunk = await base.db.withTenant(tenant.tenantId, async (t) => {
    const statementId = await aStatement(t, tenant.userId);
    const lines = Array.from({ length: chunkRows * chunkCount }, (_, n) => aLine(n, row(n)));
    await appendLines(t, statementId, lines);
    return { statementId, accountId: await anAccount(t) };
  });
  const passes: { inserted: number; known: number; rowsRead: number }[] = [];
  for (let from = 0; from < chunkRows * chunkCount; from += chunkRows)
    passes.push(
      await base.db.withTenant(tenant.tenantId, async (t) => {
        const before = await rowsRead(t);
        const { inserted, known } = await postChunk(t, {
          ...chunk,
          fromOrdinal: from,
          toOrdinal: from + chunkRows,
        });
        return { inserted: inserted.length, known, rowsRead: (await rowsRead(t)) - before };
      }),
    );
  return passes;
}

test('posting new rows and linking known ones reads no more of the account as it grows', async () => {
  const first = await postFile();
  const second = await postFile();

  expect(first.map(({ inserted }) => inserted)).toEqual(Array(chunkCount).fill(chunkRows));
  expect(second.map(({ known }) => known)).toEqual(Array(chunkCount).fill(chunkRows));
  for (const { rowsRead } of [...first, ...second]) expect(rowsRead).toBeLessThan(4 * chunkRows);
});
