/** Rows that take a payment back, tied to it as charges are tied to theirs. */
import { sql } from 'kysely';
import type { StatementId } from '../domain/ids.ts';
import {
  receiptsReversed,
  tieReversals,
  type MovedRow,
  type Reversal,
} from '../domain/statements/reversals.ts';
import type { TenantHandle } from './database.ts';
import { openRow } from './row-secrets.ts';
import { rowsUnder, tieUntied, type Tie, type UntiedRow } from './untied-rows.ts';

/**
 * Ties the reversals of a posted statement that are tied to nothing yet to the payments it shows;
 * answers how many. A repeat ties nothing more.
 */
export function tieReversedPayments(t: TenantHandle, statementId: StatementId): Promise<number> {
  return tieUntied(t, { statementId, kind: 'reversal' }, (rows) =>
    findReversed(t, statementId, rows),
  );
}

async function findReversed(
  t: TenantHandle,
  statementId: StatementId,
  rows: readonly UntiedRow[],
): Promise<Tie[]> {
  const reversals = await readReversals(t, statementId, rows);
  const payments = await rowsUnder(t, statementId, new Set(reversals.flatMap(receiptsReversed)));
  const children = new Map(rows.map((row) => [row.ordinal, row.transactionId]));
  const parents = new Map(payments.map((row) => [row.ordinal, row.transactionId]));
  return [...tieReversals(reversals, payments)].flatMap(([reversal, payment]): Tie[] => {
    const [child, parent] = [children.get(reversal), parents.get(payment)];
    return child && parent ? [[child, parent]] : [];
  });
}

async function readReversals(
  t: TenantHandle,
  statementId: StatementId,
  rows: readonly UntiedRow[],
): Promise<Reversal[]> {
  const found = await sql<MovedRow & { sealed: Buffer }>`
    select ordinal, receipt, direction, in_cents + out_cents as "amountCents", purpose, sealed
    from ${t.table('statement_lines')}
    where statement_id = ${statementId}
      and ordinal = any(${rows.map(({ ordinal }) => ordinal)}::integer[])
    order by ordinal`.execute(t.query);
  return found.rows.map(({ sealed, ...row }) => {
    const { details, linkedReceipt } = openRow(t, sealed);
    return { ...row, details, linkedReceipt };
  });
}
