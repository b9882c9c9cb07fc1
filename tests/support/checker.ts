/**
 * The independent checker: it reads the database as a superuser and compares it with the truth that
 * stands beside a generated file. It imports no product code, so a wrong rule cannot excuse itself.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';

/** What a generated statement says about itself; the part of the truth file the checker needs. */
export interface ExpectedRows {
  rows: readonly {
    receipt: string;
    completedAt: string;
    status: string;
    inCents: number;
    outCents: number;
  }[];
  totals: { inCents: number; outCents: number };
}

export interface Checker {
  /** SHA-256 over the tenant's final state in canonical order, without ids, times of work and counts of attempts. */
  digest(tenantId: string): Promise<string>;
  /** The canonical rows behind the digest, for a readable difference. */
  canonicalRows(tenantId: string): Promise<string[]>;
  /** Rows of `ops.invariants`; must be empty. */
  violations(): Promise<string[]>;
  /** Differences between a tenant's live transactions and the truths of its files; must be empty. */
  differencesFrom(tenantId: string, truths: readonly ExpectedRows[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Connects as the owner of the database. */
export async function openChecker(ownerUrl: string): Promise<Checker> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  pool.on('error', () => undefined);
  const rowsOf = async (text: string, values: unknown[] = []) =>
    (await pool.query({ text, values, rowMode: 'array' })).rows as unknown[][];
  const canonicalRows = async (tenantId: string) =>
    (await Promise.all(canonicalQueries.map((text) => rowsOf(text, [tenantId]))))
      .flat()
      .map((row) => JSON.stringify(row))
      .sort();
  return {
    canonicalRows,
    async digest(tenantId) {
      return createHash('sha256')
        .update((await canonicalRows(tenantId)).join('\n'))
        .digest('hex');
    },
    async violations() {
      return (await rowsOf('select * from ops.invariants')).map((row) => JSON.stringify(row));
    },
    async differencesFrom(tenantId, truths) {
      const stored = (await rowsOf(liveRows, [tenantId])).map((row) => JSON.stringify(row));
      const expected = truths.flatMap(({ rows }) => rows.flatMap(expectedRow)).sort();
      return differences(expected, stored.sort());
    },
    close: () => pool.end(),
  };
}

const liveRows = `
  select receipt, extract(epoch from occurred_at)::bigint::text, direction, amount_cents::text
  from shared.transactions where tenant_id = $1 and reversed_at is null`;

function expectedRow(row: ExpectedRows['rows'][number]): string[] {
  if (row.status.toLowerCase() !== 'completed') return [];
  const at = String(Math.floor(Date.parse(row.completedAt) / 1000));
  const legs: string[] = [];
  if (row.inCents > 0) legs.push(JSON.stringify([row.receipt, at, 'in', String(row.inCents)]));
  if (row.outCents > 0) legs.push(JSON.stringify([row.receipt, at, 'out', String(row.outCents)]));
  return legs;
}

function differences(expected: readonly string[], stored: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of expected) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of stored) counts.set(row, (counts.get(row) ?? 0) - 1);
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([row, count]) => `${count > 0 ? 'missing' : 'surplus'} ×${Math.abs(count)}: ${row}`);
}

/** The final state that two runs over the same files have to share. */
const canonicalQueries: readonly string[] = [
  `select 'statement', sha256, status, stage, verdict, problem, format, row_count, new_row_count, reject_count,
          total_in_cents, total_out_cents, opening_cents, closing_cents
   from shared.statements where tenant_id = $1 order by sha256, attempt`,
  `select 'line', s.sha256, l.ordinal, l.receipt, l.completed_at, l.row_status, l.in_cents, l.out_cents,
          l.balance_cents, l.purpose, l.channel, l.transaction_id is not null
   from shared.statement_lines l join shared.statements s on s.tenant_id = l.tenant_id and s.id = l.statement_id
   where l.tenant_id = $1 order by s.sha256, s.attempt, l.ordinal`,
  `select 'transaction', receipt, occurred_at, business_date, direction, amount_cents, purpose, channel, nature,
          category, confidence, reversed_at is not null
   from shared.transactions where tenant_id = $1
   order by occurred_at, receipt, direction, amount_cents, purpose, reversed_at is not null`,
  `select 'rollup', business_date, direction, channel, category, nature, sum(transaction_count), sum(amount_cents)
   from shared.daily_rollups where tenant_id = $1 group by 2, 3, 4, 5, 6 order by 2, 3, 4, 5, 6`,
  `select 'operation', kind, status, stage from shared.operations where tenant_id = $1`,
  // Each of these was told once, however often the step that told it was repeated.
  `select 'told', type, data ->> 'stage', count(*) from shared.operation_events
   where tenant_id = $1 and type in ('stage', 'finished') group by 2, 3`,
  `select 'event', topic, type, count(*) from shared.outbox where tenant_id = $1 group by 2, 3`,
  `select 'handled', consumer, count(*) from shared.consumed_events where tenant_id = $1 group by 2`,
  // How often somebody signed in says nothing about statements.
  `select 'audit', action, count(*) from shared.audit_log
   where tenant_id = $1 and action <> 'session.start' group by 2`,
  `select 'upload', size_bytes, sha256, count(*) from shared.uploads where tenant_id = $1 group by 2, 3`,
];
