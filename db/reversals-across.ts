/**
 * Rows that take a payment back which another statement of the account shows, an earlier or a later
 * one. Untied reversals are few; they are read by the thousand, with the payments they may be tied to.
 */
import { sql } from 'kysely';
import type { AccountId, StatementId, TenantId, TransactionId } from '../domain/ids.ts';
import {
  receiptsReversed,
  tieReversals,
  type MovedRow,
  type Reversal,
} from '../domain/statements/reversals.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle, TenantHandle } from './database.ts';
import { openRow } from './row-secrets.ts';
import { lockAccount } from './statement-posting.ts';
import { tie, type Tie } from './untied-rows.ts';

const pageRows = 1_000;

/** A row of the account, whichever statement it stands on. */
interface PlacedRow extends MovedRow {
  transactionId: TransactionId;
  statementId: StatementId;
  occurredAt: Instant;
}

interface PlacedReversal extends PlacedRow, Reversal {}

/**
 * Ties every reversal of the account that is tied to nothing yet; answers how many. A repeat ties
 * nothing more. Begin a transaction with it: whoever posts to the account or undoes a statement of
 * it takes turns.
 */
export async function tieAcrossStatements(t: TenantHandle, accountId: AccountId): Promise<number> {
  await lockAccount(t, accountId);
  let tied = 0;
  let after: TransactionId | undefined;
  do {
    const page = await untiedReversals(t, accountId, after);
    tied += await tie(t, await findPayments(t, accountId, page));
    after = page.length < pageRows ? undefined : page.at(-1)?.transactionId;
  } while (after !== undefined);
  await sql`
    update ${t.table('accounts')} set reversals_sought_at = now()
    where id = ${accountId} and reversals_sought_at is null`.execute(t.query);
  return tied;
}

const columns = sql`x.id as "transactionId", x.statement_id as "statementId", x.ordinal, x.receipt,
  x.direction, x.amount_cents as "amountCents", x.purpose, x.occurred_at as "occurredAt"`;

async function untiedReversals(
  t: TenantHandle,
  accountId: AccountId,
  after: TransactionId | undefined,
): Promise<PlacedReversal[]> {
  const further = after === undefined ? sql`` : sql`and x.id > ${after}`;
  const found = await sql<PlacedRow & { sealed: Buffer }>`
    select ${columns}, l.sealed from (
      select * from ${t.table('transactions')} x
      where x.account_id = ${accountId} and x.purpose = 'reversal' and x.parent_id is null
        and x.reversed_at is null ${further}
      order by x.id limit ${pageRows}
    ) x cross join lateral (
      select l.sealed from ${t.table('statement_lines')} l
      where l.statement_id = x.statement_id and l.ordinal = x.ordinal limit 1
    ) l order by x.id`.execute(t.query);
  return found.rows.map(({ sealed, ...row }) => {
    const { details, linkedReceipt } = openRow(t, sealed);
    return { ...row, details, linkedReceipt };
  });
}

/** Places in a file say nothing across files, so the nearest row is the nearest in time. */
async function findPayments(
  t: TenantHandle,
  accountId: AccountId,
  reversals: readonly PlacedReversal[],
): Promise<Tie[]> {
  const receipts = [...new Set(reversals.flatMap(receiptsReversed))];
  const payments = await rowsOfAccount(t, accountId, receipts);
  const byId = new Map([...payments, ...reversals].map((row) => [row.transactionId, row]));
  const inTime = [...byId.values()].sort(
    (a, b) =>
      a.occurredAt.localeCompare(b.occurredAt) ||
      a.statementId.localeCompare(b.statementId) ||
      a.ordinal - b.ordinal,
  );
  const placeOf = new Map(inTime.map(({ transactionId }, place) => [transactionId, place]));
  const placed = <Row extends PlacedRow>(row: Row): Row => ({
    ...row,
    ordinal: placeOf.get(row.transactionId) ?? row.ordinal,
  });
  const ties = tieReversals(reversals.map(placed), payments.map(placed));
  return [...ties].flatMap(([reversal, payment]): Tie[] => {
    const [child, parent] = [inTime[reversal], inTime[payment]];
    return child && parent ? [[child.transactionId, parent.transactionId]] : [];
  });
}

async function rowsOfAccount(
  t: TenantHandle,
  accountId: AccountId,
  receipts: readonly string[],
): Promise<PlacedRow[]> {
  if (receipts.length === 0) return [];
  const found = await sql<PlacedRow>`
    select ${columns} from ${t.table('transactions')} x
    where x.receipt = any(${receipts}::text[]) and x.account_id = ${accountId}
      and x.reversed_at is null`.execute(t.query);
  return found.rows;
}

const accountsMax = 1_000;

/** Accounts nobody has looked through yet, of every tenant of a place. */
export async function listUnsoughtAccounts(
  o: OperatorHandle,
): Promise<{ tenantId: TenantId; accountId: AccountId }[]> {
  const found = await sql<{ tenantId: TenantId; accountId: AccountId }>`
    select tenant_id as "tenantId", id as "accountId" from ${o.table('accounts')}
    where reversals_sought_at is null order by id limit ${accountsMax}`.execute(o.query);
  return found.rows;
}
