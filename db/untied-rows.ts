/**
 * Charges and reversals of a posted statement that are tied to no payment yet. They are few among
 * many, and read by the thousand: what a long statement holds is never in memory at once, and no
 * plan the database may choose without statistics goes over the statement for each of them.
 */
import { sql } from 'kysely';
import type { StatementId, TransactionId } from '../domain/ids.ts';
import type { MovedRow } from '../domain/statements/reversals.ts';
import type { TenantHandle } from './database.ts';
import type { Nature } from './statement-tables.ts';

export interface UntiedRow {
  /** Place of the row in the statement. */
  ordinal: number;
  transactionId: TransactionId;
}

/** The row and the one it belongs to. */
export type Tie = readonly [child: TransactionId, parent: TransactionId];

/** A row that a statement shows, whichever statement brought it. */
export type ShownRow = MovedRow & UntiedRow & { nature: Nature };

const pageRows = 5_000;

const kinds = {
  charge: sql`x.nature = 'charge'`,
  reversal: sql`x.purpose = 'reversal'`,
} as const;

interface Untied {
  statementId: StatementId;
  kind: keyof typeof kinds;
}

/** Ties the rows of one kind as `find` says, a page at a time; answers how many were tied. */
export async function tieUntied(
  t: TenantHandle,
  untied: Untied,
  find: (rows: readonly UntiedRow[]) => Promise<readonly Tie[]>,
): Promise<number> {
  let tied = 0;
  for (let after = -1; ;) {
    const rows = await untiedRows(t, { ...untied, after });
    const last = rows[rows.length - 1];
    if (last === undefined) return tied;
    tied += await tie(t, await find(rows));
    after = last.ordinal;
  }
}

async function untiedRows(
  t: TenantHandle,
  { statementId, kind, after }: Untied & { after: number },
): Promise<UntiedRow[]> {
  const isUntied = sql`x.parent_id is null and x.reversed_at is null and ${kinds[kind]}`;
  const found = await sql<UntiedRow>`
    select x.ordinal, x.id as "transactionId" from ${t.table('transactions')} x
    where x.statement_id = ${statementId} and x.ordinal > ${after} and ${isUntied}
    union all
    select s.ordinal, x.id from ${t.table('transaction_sources')} s
    join ${t.table('transactions')} x on x.id = s.transaction_id
    where s.statement_id = ${statementId} and s.ordinal > ${after} and ${isUntied}
    order by 1 limit ${pageRows}`.execute(t.query);
  return found.rows;
}

/** Ties rows that are tied to nothing yet; answers how many. */
export async function tie(t: TenantHandle, ties: readonly Tie[]): Promise<number> {
  if (ties.length === 0) return 0;
  const tied = await sql`
    update ${t.table('transactions')} x set parent_id = tie.parent
    from unnest(${ties.map(([child]) => child)}::uuid[],
      ${ties.map(([, parent]) => parent)}::uuid[]) tie (child, parent)
    where x.id = tie.child and x.parent_id is null and x.reversed_at is null
      and tie.child <> tie.parent`.execute(t.query);
  return Number(tied.numAffectedRows ?? 0);
}

/** The live rows a statement shows under some receipts. */
export async function rowsUnder(
  t: TenantHandle,
  statementId: StatementId,
  receipts: ReadonlySet<string>,
): Promise<ShownRow[]> {
  if (receipts.size === 0) return [];
  const found = await sql<ShownRow>`
    select case when x.statement_id = ${statementId} then x.ordinal else s.ordinal end as ordinal,
      x.id as "transactionId", x.receipt, x.direction, x.amount_cents as "amountCents", x.purpose,
      x.nature
    from ${t.table('transactions')} x
    left join ${t.table('transaction_sources')} s
      on s.transaction_id = x.id and s.statement_id = ${statementId}
    where x.receipt = any(${[...receipts]}::text[]) and x.reversed_at is null
      and (x.statement_id = ${statementId} or s.ordinal is not null)`.execute(t.query);
  return found.rows;
}
