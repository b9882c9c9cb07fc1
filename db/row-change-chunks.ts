/**
 * Changes of rows are carried out, and taken back, in chunks. A chunk first locks its rows as a change
 * of one row does: whoever looked at a row before it says something else waits, and looks again.
 */
import { sql, type RawBuilder } from 'kysely';
import type { AccountId, RowChangeId, TransactionId } from '../domain/ids.ts';
import type { BusinessDate } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { lockChange, type RowChange } from './row-changes.ts';

/** Days of one account whose figures have to be counted again. */
export interface TouchedDays {
  accountId: AccountId;
  days: BusinessDate[];
  rowCount: number;
}

export interface ChangedChunk {
  /** Only where figures say something else now; tags are in none. */
  touched: TouchedDays[];
  isDone: boolean;
}

/** A chunk of a change that nobody else carries out, whose rows nobody else changes. */
export interface Chunk {
  change: RowChange;
  /** Whether `r`, a row of a change, is of this chunk. */
  isIn: RawBuilder<boolean>;
  /** The transactions of its rows. */
  ids: readonly TransactionId[];
}

interface Followed {
  touched: TouchedDays[];
  /** Rows that were changed, or taken back. */
  rowCount: number;
}

/** What rows were before a chunk and what a change is after its last one, one way and the other. */
const ways = {
  apply: { during: 'applying', from: 'waiting', ending: 'done' },
  takeBack: { during: 'undoing', from: 'changed', ending: 'undone' },
} as const;

export type Way = keyof typeof ways;

/** Does up to `limit` rows of a change, if it is under way at all; the last chunk ends it. */
export async function inChunk(
  t: TenantHandle,
  { changeId, way, limit }: { changeId: RowChangeId; way: Way; limit: number },
  follow: (chunk: Chunk) => Promise<Followed>,
): Promise<ChangedChunk> {
  const { during, from } = ways[way];
  const change = await lockChange(t, changeId);
  if (change?.status !== during) return { touched: [], isDone: true };
  const ids = await lockRows(t, { changeId, from, limit });
  const isIn = sql<boolean>`r.change_id = ${changeId} and r.state = ${from}
    and r.transaction_id = any(${ids}::uuid[])`;
  const { touched, rowCount } = await follow({ change, isIn, ids });
  return { touched, isDone: await endChunk(t, { changeId, way, rowCount }) };
}

/**
 * In one order, so that two changes of the same rows do not wait for each other. What is read after
 * this is what stands until the end of the transaction.
 */
async function lockRows(
  t: TenantHandle,
  rows: { changeId: RowChangeId; from: 'waiting' | 'changed'; limit: number },
): Promise<TransactionId[]> {
  const { changeId, from, limit } = rows;
  const locked = await sql<{ id: TransactionId }>`
    select x.id from ${t.table('transactions')} x
    where x.id in (
      select r.transaction_id from ${t.table('row_change_rows')} r
      where r.change_id = ${changeId} and r.state = ${from} limit ${limit})
    order by x.id for no key update`.execute(t.query);
  return locked.rows.map(({ id }) => id);
}

/** Whether `r` is the row of a change that `chunk` has. */
export function isSameRow(): RawBuilder<unknown> {
  return sql`r.tenant_id = chunk.tenant_id and r.account_id = chunk.account_id
    and r.identity = chunk.identity and r.change_id = chunk.change_id`;
}

/** Counts what a chunk did, and ends the change where no row is to come any more. */
async function endChunk(
  t: TenantHandle,
  { changeId, way, rowCount }: { changeId: RowChangeId; way: Way; rowCount: number },
): Promise<boolean> {
  const { from, ending } = ways[way];
  const counted = way === 'apply' ? rowCount : -rowCount;
  const ended = await sql<{ isDone: boolean }>`
    update ${t.table('row_changes')} c
    set changed_count = case when rest.n = 0 and ${ending} = 'undone' then (
        select count(*) from ${t.table('row_change_rows')} r
        where r.change_id = ${changeId} and r.state = 'kept')
      else greatest(0, changed_count + ${counted}) end,
      status = case when rest.n = 0 then ${ending} else status end,
      undone_at = case when rest.n = 0 and ${ending} = 'undone' then now() end
    from (
      select count(*) as n from (
        select from ${t.table('row_change_rows')} r
        where r.change_id = ${changeId} and r.state = ${from} limit 1) one_more
    ) rest
    where c.id = ${changeId} returning rest.n = 0 as "isDone"`.execute(t.query);
  return ended.rows[0]?.isDone ?? true;
}
