/** Rows that take a payment back, tied to it as charges are tied to theirs. */
import { sql } from 'kysely';
import type { StatementId } from '../domain/ids.ts';
import { receiptsReversed, tieReversals, type MovedRow } from '../domain/statements/reversals.ts';
import type { TenantHandle } from './database.ts';
import { openRow } from './row-secrets.ts';
import { joiningByHash } from './statement-posting.ts';

/**
 * Ties the reversals of a posted statement that are tied to nothing yet to the payments it shows;
 * answers how many. A repeat ties nothing more.
 */
export function tieReversedPayments(t: TenantHandle, statementId: StatementId): Promise<number> {
  return joiningByHash(t, () => tieOpen(t, statementId));
}

async function tieOpen(t: TenantHandle, statementId: StatementId): Promise<number> {
  const open = await openReversals(t, statementId);
  if (open.length === 0) return 0;
  const rows = await rowsUnder(t, statementId, [...new Set(open.flatMap(receiptsReversed))]);
  const ties = [...tieReversals(open, rows)];
  if (ties.length === 0) return 0;
  const tied = await sql`
    update ${t.table('transactions')} x set parent_id = payment.transaction_id
    from unnest(${ties.map(([reversal]) => reversal)}::integer[],
      ${ties.map(([, payment]) => payment)}::integer[]) tie (reversal, payment)
    join ${t.table('statement_lines')} line
      on line.statement_id = ${statementId} and line.ordinal = tie.reversal
    join ${t.table('statement_lines')} payment
      on payment.statement_id = ${statementId} and payment.ordinal = tie.payment
    where x.id = line.transaction_id and x.parent_id is null and x.reversed_at is null
      and x.id <> payment.transaction_id`.execute(t.query);
  return Number(tied.numAffectedRows ?? 0);
}

const moved = sql`l.ordinal, l.receipt, l.direction, l.in_cents + l.out_cents as "amountCents",
  l.purpose`;

async function openReversals(t: TenantHandle, statementId: StatementId) {
  const found = await sql<MovedRow & { sealed: Buffer }>`
    select ${moved}, l.sealed
    from ${t.table('statement_lines')} l
    join ${t.table('transactions')} x on x.id = l.transaction_id
    where l.statement_id = ${statementId} and l.direction is not null and l.purpose = 'reversal'
      and x.parent_id is null and x.reversed_at is null
    order by l.ordinal`.execute(t.query);
  return found.rows.map(({ sealed, ...row }) => {
    const { details, linkedReceipt } = openRow(t, sealed);
    return { ...row, details, linkedReceipt };
  });
}

async function rowsUnder(
  t: TenantHandle,
  statementId: StatementId,
  receipts: readonly string[],
): Promise<MovedRow[]> {
  const found = await sql<MovedRow>`
    select ${moved} from ${t.table('statement_lines')} l
    where l.statement_id = ${statementId} and l.direction is not null
      and l.receipt = any(${receipts}::text[])`.execute(t.query);
  return found.rows;
}
