/**
 * Undoing a statement: what only it brought is reversed, what another live statement also shows
 * stays and is handed to that statement. Afterwards its rows are as if it had never been posted.
 */
import { sql } from 'kysely';
import type { AccountId, StatementId, TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { BusinessDate } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { followRows } from './row-tags.ts';
import { lockAccount } from './statement-posting.ts';

export interface UndoPreview {
  /** Transactions that would be reversed. */
  transactionCount: number;
  /** Transactions that stay because another statement shows them too. */
  keptCount: number;
  inCents: Cents;
  outCents: Cents;
  from: BusinessDate | null;
  to: BusinessDate | null;
}

/** What undoing the statement now would do; changes nothing. */
export async function previewUndo(t: TenantHandle, statementId: StatementId): Promise<UndoPreview> {
  const found = await sql<UndoPreview>`
    with mine as (
      select x.direction, x.amount_cents, x.business_date, exists (
        select from ${t.table('transaction_sources')} other
        where other.tenant_id = x.tenant_id and other.transaction_id = x.id) as is_kept
      from ${t.table('transactions')} x
      where x.statement_id = ${statementId} and x.reversed_at is null
      union all
      select x.direction, x.amount_cents, x.business_date, true
      from ${t.table('transaction_sources')} s
      join ${t.table('transactions')} x
        on x.tenant_id = s.tenant_id and x.id = s.transaction_id
      where s.statement_id = ${statementId}
    )
    select count(*) filter (where not is_kept) as "transactionCount",
      count(*) filter (where is_kept) as "keptCount",
      coalesce(sum(amount_cents) filter (where not is_kept and direction = 'in'), 0)::bigint
        as "inCents",
      coalesce(sum(amount_cents) filter (where not is_kept and direction = 'out'), 0)::bigint
        as "outCents",
      min(business_date) filter (where not is_kept) as "from",
      max(business_date) filter (where not is_kept) as "to"
    from mine`.execute(t.query);
  const preview = found.rows[0];
  if (preview === undefined) throw new Error('an aggregate answered no row');
  return preview;
}

export interface UndoneChunk {
  reversed: { transactionId: TransactionId; businessDate: BusinessDate }[];
  /** Transactions that stay, now standing on another statement. */
  keptCount: number;
  /** True when nothing of the statement is left. */
  isDone: boolean;
}

/** Undoes up to `limit` rows, in the order of the file; repeat until `isDone`. */
export async function undoChunk(
  t: TenantHandle,
  undo: { statementId: StatementId; accountId: AccountId; limit: number },
): Promise<UndoneChunk> {
  const { statementId, accountId, limit } = undo;
  await lockAccount(t, accountId);
  const rows = await takeOut(t, statementId, limit);
  const orphans = rows.filter((row) => row.isOwn && row.heir === null);
  const reversed = await reverse(
    t,
    orphans.map((row) => row.transactionId),
  );
  await handOver(t, rows);
  await followRows(
    t,
    rows.filter((row) => row.isOwn).map((row) => row.transactionId),
  );
  return { reversed, keptCount: rows.length - orphans.length, isDone: rows.length < limit };
}

interface TakenOut {
  transactionId: TransactionId;
  /** Whether the transaction stands on the statement that is undone. */
  isOwn: boolean;
  /** Another statement that shows a transaction of our own. */
  heir: StatementId | null;
}

/** The next rows of the statement; those it only showed as well are let go of at once. */
async function takeOut(
  t: TenantHandle,
  statementId: StatementId,
  limit: number,
): Promise<TakenOut[]> {
  const found = await sql<TakenOut>`
    with chunk as (
      select transaction_id, is_own from (
        select id as transaction_id, ordinal, true as is_own from ${t.table('transactions')}
        where statement_id = ${statementId} and reversed_at is null
        union all
        select transaction_id, ordinal, false from ${t.table('transaction_sources')}
        where statement_id = ${statementId}
      ) shown order by ordinal limit ${limit}
    ), let_go as (
      delete from ${t.table('transaction_sources')} s using chunk
      where s.statement_id = ${statementId} and s.transaction_id = chunk.transaction_id
    )
    select transaction_id as "transactionId", is_own as "isOwn", (
      select other.statement_id from ${t.table('transaction_sources')} other
      where other.transaction_id = chunk.transaction_id
        and other.statement_id <> ${statementId}
      order by other.statement_id limit 1) as heir
    from chunk`.execute(t.query);
  return found.rows;
}

async function reverse(t: TenantHandle, ids: readonly TransactionId[]) {
  if (ids.length === 0) return [];
  await sql`
    update ${t.table('transactions')} set parent_id = null
    where parent_id = any(${ids}::uuid[]) and not id = any(${ids}::uuid[])
      and reversed_at is null`.execute(t.query);
  const done = await sql<{ transactionId: TransactionId; businessDate: BusinessDate }>`
    update ${t.table('transactions')} set reversed_at = now()
    where id = any(${ids}::uuid[]) and reversed_at is null
    returning id as "transactionId", business_date as "businessDate"`.execute(t.query);
  return done.rows;
}

/** A kept transaction of our own now stands on another statement that shows it. */
async function handOver(t: TenantHandle, rows: readonly TakenOut[]): Promise<void> {
  const kept = rows.filter((row) => row.isOwn && row.heir !== null);
  if (kept.length === 0) return;
  await sql`
    with moved as (
      delete from ${t.table('transaction_sources')} s
      using unnest(${kept.map((row) => row.transactionId)}::uuid[],
        ${kept.map((row) => row.heir)}::uuid[]) as heir (transaction_id, statement_id)
      where s.transaction_id = heir.transaction_id and s.statement_id = heir.statement_id
      returning s.transaction_id, s.statement_id, s.ordinal
    )
    update ${t.table('transactions')} x
    set statement_id = moved.statement_id, ordinal = moved.ordinal
    from moved where x.id = moved.transaction_id`.execute(t.query);
}
