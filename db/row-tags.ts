/**
 * The index of tags: `row_tags` has a row for each tag of a row, with what filters and orders look at
 * of the transaction that stands for it. It follows in the transaction that changes either; while no
 * transaction stands for a row, its tags wait for the next one that does.
 */
import { sql, type RawBuilder } from 'kysely';
import type { AccountId, TransactionId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';
import type { PostChunk } from './statement-posting.ts';

/** What a row of the index says of its transaction, by the same names. */
const copied = [
  'statement_id',
  'ordinal',
  'occurred_at',
  'amount_cents',
  'direction',
  'channel',
  'nature',
  'purpose',
  'confidence',
  'category',
] as const;

const copiesOf = (table: 'x' | 'g') => sql.join(copied.map((name) => sql.ref(`${table}.${name}`)));
const columns = sql.join(copied.map((name) => sql.ref(name)));

/** What a row is, whichever transaction stands for it. */
export interface RowPlace {
  accountId: AccountId;
  identity: string;
}

/** The rows `x` that have one of the tags, one by one. */
export function hasTag(t: TenantHandle, tags: readonly string[]): RawBuilder<unknown> {
  return sql`exists (
    select from ${t.table('row_tags')} g
    where g.tenant_id = x.tenant_id and g.account_id = x.account_id and g.identity = x.identity
      and g.tag = any(${tags}::text[]))`;
}

/**
 * The live transactions `x` under a tag, as far as the index knows them: by the names the columns
 * have there, and in the order of an index where that is asked for.
 */
export function rowsUnder(t: TenantHandle, tag: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    select g.tenant_id, g.transaction_id as id, g.account_id, g.identity, ${copiesOf('g')}
    from ${t.table('row_tags')} g where g.tag = ${tag} and g.transaction_id is not null) x`;
}

/** Makes the index say what the marks of these rows say now. */
export async function followMarks(t: TenantHandle, rows: readonly RowPlace[]): Promise<void> {
  if (rows.length === 0) return;
  const these = sql`unnest(${rows.map(({ accountId }) => accountId)}::uuid[],
    ${rows.map(({ identity }) => identity)}::text[]) as p (account_id, identity)
    join ${t.table('row_marks')} m on m.account_id = p.account_id and m.identity = p.identity`;
  await holdStanding(t, rows);
  await sql`
    delete from ${t.table('row_tags')} g using ${these}
    where g.tenant_id = m.tenant_id and g.account_id = m.account_id and g.identity = m.identity
      and g.tag <> all(m.tags)`.execute(t.query);
  await sql`
    insert into ${t.table('row_tags')} (tenant_id, account_id, identity, tag, transaction_id,
      ${columns})
    select m.tenant_id, m.account_id, m.identity, tag, x.id, ${copiesOf('x')}
    from ${these}
    cross join lateral unnest(m.tags) as tag
    left join ${t.table('transactions')} x on x.tenant_id = m.tenant_id
      and x.account_id = m.account_id and x.identity = m.identity and x.reversed_at is null
    on conflict (tenant_id, account_id, identity, tag) do nothing`.execute(t.query);
}

/**
 * Whatever stands for the rows stays until the end of the transaction, and where nothing does, nothing
 * new is posted meanwhile: a tag that begins to wait would not be seen.
 */
async function holdStanding(t: TenantHandle, rows: readonly RowPlace[]): Promise<void> {
  if ((await lockStanding(t, rows)) >= rows.length) return;
  const accounts = [...new Set(rows.map(({ accountId }) => accountId))].toSorted();
  for (const accountId of accounts) {
    await sql`select pg_advisory_xact_lock(${waitingIn(t, accountId)})`.execute(t.query);
  }
  await lockStanding(t, rows);
}

async function lockStanding(t: TenantHandle, rows: readonly RowPlace[]): Promise<number> {
  const locked = await sql`
    select x.id from unnest(${rows.map(({ accountId }) => accountId)}::uuid[],
      ${rows.map(({ identity }) => identity)}::text[]) as p (account_id, identity)
    join ${t.table('transactions')} x on x.account_id = p.account_id
      and x.identity = p.identity and x.reversed_at is null
    order by x.id for no key update of x`.execute(t.query);
  return locked.rows.length;
}

/** Whoever posts to an account, and whoever lets tags wait in it, do not pass each other. */
function waitingIn(t: TenantHandle, accountId: AccountId): RawBuilder<unknown> {
  return sql`hashtextextended(${`row tags|${t.tenantId}|${accountId}`}, 0)`;
}

/**
 * Makes the index say what these transactions say now. Where one was reversed its tags wait from here
 * on, unless another one stands for the row already.
 */
export async function followRows(t: TenantHandle, ids: readonly TransactionId[]): Promise<void> {
  if (ids.length === 0 || !(await hasAny(t))) return;
  await sql`
    update ${t.table('row_tags')} g
    set (transaction_id, ${columns}) = row(
      case when x.reversed_at is null then x.id end, ${copiesOf('x')})
    from ${t.table('transactions')} x
    where x.id = any(${ids}::uuid[]) and g.tenant_id = x.tenant_id
      and g.account_id = x.account_id and g.identity = x.identity
      and (x.reversed_at is null or g.transaction_id = x.id)`.execute(t.query);
}

/** In the order of the key, so that nothing but the key is looked at, also without statistics. */
async function hasAny(t: TenantHandle): Promise<boolean> {
  const found = await sql`
    select from ${t.table('row_tags')}
    order by account_id, identity, tag limit 1`.execute(t.query);
  return found.rows.length > 0;
}

/** Tags that waited for rows of a part find what was posted of it just now. */
export async function endWaiting(t: TenantHandle, part: PostChunk): Promise<void> {
  const { statementId, accountId, fromOrdinal, toOrdinal } = part;
  await sql`select pg_advisory_xact_lock_shared(${waitingIn(t, accountId)})`.execute(t.query);
  const waiting = await sql`
    select from ${t.table('row_tags')}
    where account_id = ${accountId} and transaction_id is null
    order by identity limit 1`.execute(t.query);
  if (waiting.rows.length === 0) return;
  await sql`
    update ${t.table('row_tags')} g
    set (transaction_id, ${columns}) = row(x.id, ${copiesOf('x')})
    from ${t.table('transactions')} x
    where x.statement_id = ${statementId} and x.ordinal >= ${fromOrdinal}
      and x.ordinal < ${toOrdinal} and x.reversed_at is null and g.tenant_id = x.tenant_id
      and g.account_id = x.account_id and g.identity = x.identity
      and g.transaction_id is null`.execute(t.query);
}
