/**
 * What people change of posted rows, one or thousands at once. A change first notes its rows with
 * nothing done, then makes them follow it in chunks; each chunk keeps what the rows said before, so
 * that the change can be taken back. Of two changes of a row the later one holds, whichever was
 * carried out first.
 */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { tellReason } from '../domain/categories/reason-phrases.ts';
import type { Category } from '../domain/categories/terms.ts';
import type { AccountId, RowChangeId, TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import { split } from '../domain/statements/parts.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { RowChangesTable } from './transaction-tables.ts';

export interface RowChange {
  id: RowChangeId;
  kind: RowChangesTable['kind'];
  category: string | null;
  /** Tags a change of tags puts on and takes off. */
  tagsAdded: string[];
  tagsRemoved: string[];
  status: RowChangesTable['status'];
  rowCount: number;
  inCents: Cents;
  outCents: Cents;
  /** Rows that follow it now. */
  changedCount: number;
  actor: string;
  at: Instant;
  undoneBy: string | null;
  undoneAt: Instant | null;
}

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

const columns = sql`c.id, c.kind, c.category, c.tags_added as "tagsAdded",
  c.tags_removed as "tagsRemoved", c.status, c.row_count as "rowCount",
  c.in_cents as "inCents", c.out_cents as "outCents", c.changed_count as "changedCount", c.actor,
  c.at, c.undone_by as "undoneBy", c.undone_at as "undoneAt"`;

/** What is to be done to rows. */
export type RowDeed =
  | { kind: 'category'; category: Category }
  | { kind: 'split' }
  | { kind: 'tags'; add: readonly string[]; remove: readonly string[] };

/** What can be done to many rows at once. */
export type BulkDeed = Exclude<RowDeed, { kind: 'split' }>;

function categoryOf(deed: RowDeed): string | null {
  if (deed.kind === 'tags') return null;
  return deed.kind === 'split' ? split : deed.category;
}

/** Notes a change and the rows `x` that fulfil the condition; nothing has changed yet. */
export async function openChange(
  t: TenantHandle,
  change: {
    deed: RowDeed;
    actor: string;
    rows: RawBuilder<unknown>;
    /** Follows from the key of the request, so that a repeat finds what it made. */
    askedAs?: RowChangeId;
  },
): Promise<RowChange> {
  const { deed, actor, rows, askedAs = null } = change;
  const category = categoryOf(deed);
  const { add, remove } = deed.kind === 'tags' ? deed : { add: [], remove: [] };
  const opened = await sql<{ id: RowChangeId }>`
    insert into ${t.table('row_changes')} (tenant_id, kind, category, tags_added, tags_removed,
      status, row_count, in_cents, out_cents, actor, asked_as)
    values (${t.tenantId}, ${deed.kind}, ${category}, ${add}::text[], ${remove}::text[],
      'applying', 0, 0, 0, ${actor}, ${askedAs})
    returning id`.execute(t.query);
  const changeId = opened.rows[0]?.id;
  if (changeId === undefined) throw new Error('an insert answered no row');
  const noted = await sql<RowChange>`
    with chosen as (
      select x.id, x.account_id, x.identity, x.direction, x.amount_cents
      from ${t.table('transactions')} x where ${rows}
    ), noted as (
      insert into ${t.table('row_change_rows')} (tenant_id, account_id, identity, change_id,
        transaction_id)
      select ${t.tenantId}, account_id, identity, ${changeId}, id from chosen
    )
    update ${t.table('row_changes')} c
    set row_count = s.n, in_cents = s.ins, out_cents = s.outs
    from (
      select count(*) as n,
        coalesce(sum(amount_cents) filter (where direction = 'in'), 0)::bigint as ins,
        coalesce(sum(amount_cents) filter (where direction = 'out'), 0)::bigint as outs
      from chosen
    ) s
    where c.id = ${changeId} returning ${columns}`.execute(t.query);
  const found = noted.rows[0];
  if (found === undefined) throw new Error('an aggregate answered no row');
  return found;
}

/**
 * Makes up to `limit` waiting rows follow the change; the last chunk ends it. Rows that are gone, that
 * are split, or that a later change stands on, are left as they are.
 */
export async function applyChunk(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<ChangedChunk> {
  const change = await lockChange(t, changeId);
  if (change?.status !== 'applying') return { touched: [], isDone: true };
  const done = await sql<TouchedDays>`
    with chunk as (
      select r.* from ${t.table('row_change_rows')} r
      where r.change_id = ${changeId} and r.state = 'waiting' limit ${limit}
    ), changed as (
      update ${t.table('transactions')} x
      set category = ${change.category}, confidence = 'certain',
        category_reason = ${tellReason('by-hand')}, category_source = 'user'
      from chunk
      where x.tenant_id = chunk.tenant_id and x.id = chunk.transaction_id
        and x.reversed_at is null and not ${hasLaterChange(t, 'chunk')}
        and (${change.kind} = 'split' or x.category is distinct from ${split})
      returning x.id, x.account_id, x.business_date, old.category, old.confidence,
        old.category_reason, old.category_source
    ), noted as (
      update ${t.table('row_change_rows')} r
      set state = case when changed.id is null then 'left' else 'changed' end,
        category_before = changed.category, confidence_before = changed.confidence,
        reason_before = changed.category_reason, source_before = changed.category_source
      from chunk left join changed on changed.id = chunk.transaction_id
      where ${isSameRow()}
    )
    select account_id as "accountId", array_agg(distinct business_date) as days,
      count(*) as "rowCount"
    from changed group by 1`.execute(t.query);
  const rowCount = countOf(done.rows);
  const { isDone } = await endChunk(t, { changeId, rowCount, next: 'done', from: 'waiting' });
  return { touched: done.rows, isDone };
}

/** Takes up to `limit` rows back to what they said before; rows with a later change keep it. */
export async function takeBackChunk(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<ChangedChunk> {
  const change = await lockChange(t, changeId);
  if (change?.status !== 'undoing') return { touched: [], isDone: true };
  const done = await sql<TouchedDays>`
    with chunk as (
      select r.*, ${hasLaterChange(t, 'r')} as is_kept
      from ${t.table('row_change_rows')} r
      where r.change_id = ${changeId} and r.state = 'changed' limit ${limit}
    ), restored as (
      update ${t.table('transactions')} x
      set category = chunk.category_before, confidence = chunk.confidence_before,
        category_reason = chunk.reason_before, category_source = chunk.source_before
      from chunk
      where x.tenant_id = chunk.tenant_id and x.id = chunk.transaction_id
        and x.reversed_at is null and not chunk.is_kept
      returning x.account_id, x.business_date
    ), noted as (
      update ${t.table('row_change_rows')} r
      set state = case when chunk.is_kept then 'kept' else 'undone' end
      from chunk where ${isSameRow()}
    )
    select account_id as "accountId", array_agg(distinct business_date) as days,
      count(*) as "rowCount"
    from restored group by 1`.execute(t.query);
  const rowCount = countOf(done.rows);
  const { isDone } = await endChunk(t, { changeId, rowCount, next: 'undone', from: 'changed' });
  return { touched: done.rows, isDone };
}

/** Says that a finished change is to be taken back; undefined when there is none to take back. */
export async function beginTakingBack(
  t: TenantHandle,
  changeId: RowChangeId,
  actor: string,
): Promise<RowChange | undefined> {
  const begun = await sql<RowChange>`
    update ${t.table('row_changes')} c set status = 'undoing', undone_by = ${actor}
    where c.id = ${changeId} and c.status = 'done' returning ${columns}`.execute(t.query);
  return begun.rows[0];
}

export async function findChange(
  t: TenantHandle,
  changeId: RowChangeId,
): Promise<RowChange | undefined> {
  const found = await sql<RowChange>`
    select ${columns} from ${t.table('row_changes')} c where c.id = ${changeId}`.execute(t.query);
  return found.rows[0];
}

/** The change a request made when it was sent before. */
export async function findChangeAskedAs(
  t: TenantHandle,
  askedAs: RowChangeId,
): Promise<RowChange | undefined> {
  const found = await sql<RowChange>`
    select ${columns} from ${t.table('row_changes')} c
    where c.asked_as = ${askedAs}`.execute(t.query);
  return found.rows[0];
}

/** Changes, newest first; `before` is the last one of the page before. */
export async function listChanges(
  t: TenantHandle,
  { before, limit }: { before?: RowChangeId; limit: number },
): Promise<RowChange[]> {
  const beyond = before === undefined ? sql`` : sql`where c.id < ${before}`;
  const found = await sql<RowChange>`
    select ${columns} from ${t.table('row_changes')} c ${beyond}
    order by c.id desc limit ${limit}`.execute(t.query);
  return found.rows;
}

/** The category of a live row, which nobody else changes until this transaction ends. */
export async function lockCategory(
  t: TenantHandle,
  transactionId: TransactionId,
): Promise<{ category: string | null } | undefined> {
  const found = await sql<{ category: string | null }>`
    select category from ${t.table('transactions')}
    where id = ${transactionId} and reversed_at is null for no key update`.execute(t.query);
  return found.rows[0];
}

function countOf(touched: readonly TouchedDays[]): number {
  return touched.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** A change nobody else carries out or takes back until this transaction ends. */
export async function lockChange(
  t: TenantHandle,
  changeId: RowChangeId,
): Promise<RowChange | undefined> {
  const found = await sql<RowChange>`
    select ${columns} from ${t.table('row_changes')} c
    where c.id = ${changeId} for no key update`.execute(t.query);
  return found.rows[0];
}

/** Whether a later change of the category stands on the row that `of` names. */
function hasLaterChange(t: TenantHandle, of: 'r' | 'chunk'): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from ${t.table('row_change_rows')} later
    join ${t.table('row_changes')} c
      on c.tenant_id = later.tenant_id and c.id = later.change_id and c.kind <> 'tags'
    where later.tenant_id = ${sql.ref(`${of}.tenant_id`)}
      and later.transaction_id = ${sql.ref(`${of}.transaction_id`)}
      and later.change_id > ${sql.ref(`${of}.change_id`)} and later.state in ('changed', 'kept'))`;
}

/** Whether `r` is the row of a change that `chunk` has. */
export function isSameRow(): RawBuilder<unknown> {
  return sql`r.tenant_id = chunk.tenant_id and r.account_id = chunk.account_id
    and r.identity = chunk.identity and r.change_id = chunk.change_id`;
}

interface Ending {
  changeId: RowChangeId;
  /** Rows that were changed, or taken back. */
  rowCount: number;
  next: 'done' | 'undone';
  /** The state of rows that are still to come. */
  from: 'waiting' | 'changed';
}

/** Counts what a chunk did, and ends the change where no row is to come any more. */
export async function endChunk(t: TenantHandle, ending: Ending): Promise<{ isDone: boolean }> {
  const { changeId, rowCount, next, from } = ending;
  const counted = next === 'done' ? rowCount : -rowCount;
  const ended = await sql<{ isDone: boolean }>`
    update ${t.table('row_changes')} c
    set changed_count = case when rest.n = 0 and ${next} = 'undone' then (
        select count(*) from ${t.table('row_change_rows')} r
        where r.change_id = ${changeId} and r.state = 'kept')
      else greatest(0, changed_count + ${counted}) end,
      status = case when rest.n = 0 then ${next} else status end,
      undone_at = case when rest.n = 0 and ${next} = 'undone' then now() end
    from (
      select count(*) as n from (
        select from ${t.table('row_change_rows')} r
        where r.change_id = ${changeId} and r.state = ${from} limit 1) one_more
    ) rest
    where c.id = ${changeId} returning rest.n = 0 as "isDone"`.execute(t.query);
  return { isDone: ended.rows[0]?.isDone ?? true };
}
