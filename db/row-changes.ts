/**
 * What people change of posted rows, one or thousands at once. A change first notes its rows with
 * nothing done, then makes them follow it in chunks (`row-change-chunks.ts`); each chunk keeps what
 * the rows said before, so that the change can be taken back. Of two changes of a row the later one
 * holds, whichever was carried out first.
 */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Category } from '../domain/categories/terms.ts';
import type { RowChangeId, TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import { split } from '../domain/statements/parts.ts';
import type { Instant } from '../domain/time.ts';
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
