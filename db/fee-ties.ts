/** Charges, tied to the movement they were charged for. */
import { sql } from 'kysely';
import type { StatementId, TransactionId } from '../domain/ids.ts';
import { nearestRow } from '../domain/statements/fees.ts';
import type { TenantHandle } from './database.ts';
import { rowsUnder, tieUntied, type Tie, type UntiedRow } from './untied-rows.ts';

/**
 * Ties the charges of a posted statement that are tied to nothing yet: to the row named by the
 * line's parent, or else to the nearest row of the same receipt that is no charge. Answers how many
 * were tied; a repeat ties nothing more.
 */
export function tieFees(t: TenantHandle, statementId: StatementId): Promise<number> {
  return tieUntied(t, { statementId, kind: 'charge' }, (rows) => findPaid(t, statementId, rows));
}

async function findPaid(
  t: TenantHandle,
  statementId: StatementId,
  rows: readonly UntiedRow[],
): Promise<Tie[]> {
  const printed = await readLines(t, statementId, places(rows));
  const lines = new Map(printed.map((line) => [line.ordinal, line]));
  const named = await readLines(t, statementId, printed.flatMap(parentOf));
  const parents = new Map(named.map((line) => [line.ordinal, line.transactionId]));
  const receipts = printed.filter((line) => parentOf(line).length === 0 && line.receipt !== '');
  const shown = await rowsUnder(t, statementId, new Set(receipts.map(({ receipt }) => receipt)));
  const payments = Map.groupBy(
    shown.filter(({ nature }) => nature !== 'charge'),
    ({ receipt }) => receipt,
  );
  return rows.flatMap(({ ordinal, transactionId }): Tie[] => {
    const { receipt = '', parentOrdinal = null } = lines.get(ordinal) ?? {};
    const parent =
      parentOrdinal === null
        ? nearestRow(ordinal, payments.get(receipt) ?? [])?.transactionId
        : parents.get(parentOrdinal);
    return parent ? [[transactionId, parent]] : [];
  });
}

const places = (rows: readonly UntiedRow[]) => rows.map(({ ordinal }) => ordinal);

interface PrintedLine {
  ordinal: number;
  receipt: string;
  parentOrdinal: number | null;
  transactionId: TransactionId | null;
}

function parentOf({ parentOrdinal }: PrintedLine): number[] {
  return parentOrdinal === null ? [] : [parentOrdinal];
}

async function readLines(
  t: TenantHandle,
  statementId: StatementId,
  ordinals: readonly number[],
): Promise<PrintedLine[]> {
  if (ordinals.length === 0) return [];
  const found = await sql<PrintedLine>`
    select ordinal, receipt, parent_ordinal as "parentOrdinal", transaction_id as "transactionId"
    from ${t.table('statement_lines')}
    where statement_id = ${statementId} and ordinal = any(${ordinals}::integer[])`.execute(t.query);
  return found.rows;
}
