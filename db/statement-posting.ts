/**
 * From lines to transactions, set-based and in chunks. A row another statement already brought is
 * linked, not added; everything here may be repeated and leaves the same rows.
 */
import { sql } from 'kysely';
import pg from 'pg';
import type { AccountId, StatementId, TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Direction } from '../domain/statements/terms.ts';
import type { BusinessDate } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { endWaiting } from './row-tags.ts';
import { papersOf } from './transaction-papers.ts';

export interface PostChunk {
  statementId: StatementId;
  accountId: AccountId;
  /** First ordinal of the chunk. */
  fromOrdinal: number;
  /** The ordinal after the last one of the chunk; some thousand rows suit the database. */
  toOrdinal: number;
}

export interface ChunkResult {
  /** Ordinals of the transactions added now, in their order; empty when they were posted before. */
  inserted: number[];
  /** Business dates of the transactions added, in order. */
  days: BusinessDate[];
  /** Rows of the chunk that moved money and were transactions already. */
  known: number;
}

/**
 * Posts one chunk: adds transactions for rows not known in the account, points every other row that
 * moved money to the transaction it turned out to be, and indexes the words of what was added.
 *
 * New rows are added without a lock, so that two chunks are written side by side; the index on
 * identity keeps them apart. Rows found known are linked while the account is locked; what an undo
 * has reversed in between is added then.
 */
export async function postChunk(t: TenantHandle, chunk: PostChunk): Promise<ChunkResult> {
  const added = await insertNew(t, chunk);
  const isAllNew = added.inserted.length === added.moved;
  const { inserted, days, moved } = isAllNew ? added : await withKnown(t, chunk, added);
  const known = moved - inserted.length;
  if (inserted.length > 0) {
    await indexWords(t, chunk, known === 0 ? null : inserted);
    await endWaiting(t, chunk);
  }
  return { inserted, days, known };
}

async function withKnown(t: TenantHandle, chunk: PostChunk, added: Added): Promise<Added> {
  await lockAccount(t, chunk.accountId);
  await linkKnown(t, chunk);
  const isWhole = (await countShown(t, chunk)) >= added.moved;
  return isWhole ? added : together(added, await insertNew(t, chunk));
}

interface Added extends Pick<ChunkResult, 'inserted' | 'days'> {
  /** Rows of the chunk that moved money. */
  moved: number;
}

function together(first: Added, second: Added): Added {
  return {
    inserted: [...first.inserted, ...second.inserted].sort((a, b) => a - b),
    days: [...new Set([...first.days, ...second.days])].sort(),
    moved: second.moved,
  };
}

/** Rows of the chunk that have a live transaction: one of their own, or one they are linked to. */
async function countShown(t: TenantHandle, chunk: PostChunk): Promise<number> {
  const { statementId, fromOrdinal, toOrdinal } = chunk;
  const found = await sql<{ shown: number }>`
    select count(*) as shown from ${papersOf(t)} p
    where p.statement_id = ${statementId}
      and p.ordinal >= ${fromOrdinal} and p.ordinal < ${toOrdinal}`.execute(t.query);
  return found.rows[0]?.shown ?? 0;
}

/** Linking and undoing take turns within an account; accounts do not wait for others. */
export async function lockAccount(t: TenantHandle, accountId: AccountId): Promise<void> {
  await sql`
    select from ${t.table('accounts')} where id = ${accountId} for no key update
  `.execute(t.query);
}

/**
 * Adds what is not known, under the ids the lines have carried since they were stored: payments,
 * then charges, so that a charge is tied to its payment at once when that is new as well; `tieFees`
 * ties the others. Nothing is looked up but by the unique index that finds the conflicts: before the
 * first ANALYZE the planner takes any index that begins with the tenant for as good.
 */
async function insertNew(t: TenantHandle, chunk: PostChunk): Promise<Added> {
  const into = sql`
    insert into ${t.table('transactions')} (tenant_id, id, account_id, identity, receipt,
      occurred_at, business_date, direction, amount_cents, balance_cents, row_status, purpose,
      channel, nature, is_fuliza, confidence, category, category_reason, category_source,
      counterparty_key_index, statement_id, ordinal, parent_id)
    select l.tenant_id, l.transaction_id, ${chunk.accountId}, l.identity, l.receipt,
      l.completed_at, (l.completed_at at time zone 'Africa/Nairobi')::date, l.direction,
      l.in_cents + l.out_cents, l.balance_cents, l.row_status, l.purpose, l.channel, l.nature,
      l.is_fuliza, coalesce(l.category_confidence, l.confidence), l.category, l.category_reason,
      case when l.category is not null then 'catalogue' end, l.counterparty_key_index,
      l.statement_id, l.ordinal`;
  const unlessKnown = sql`
    on conflict (tenant_id, account_id, identity) where reversed_at is null do nothing
    returning id, ordinal, business_date`;
  const added = await joiningByHash(t, () =>
    sql<Added>`
    with payments as (
      ${into}, null::uuid
      from ${t.table('statement_lines')} l
      where ${inChunk(chunk)} and l.direction is not null and l.nature <> 'charge' ${unlessKnown}
    ), charges as (
      ${into}, payments.id
      from ${t.table('statement_lines')} l
      left join payments on payments.ordinal = l.parent_ordinal
      where ${inChunk(chunk)} and l.direction is not null and l.nature = 'charge' ${unlessKnown}
    ), added as (
      select ordinal, business_date from payments
      union all select ordinal, business_date from charges
    )
    select coalesce(array_agg(ordinal order by ordinal), '{}') as inserted,
      coalesce(array_agg(distinct business_date), '{}') as days, (
      select count(l.direction) from ${t.table('statement_lines')} l where ${inChunk(chunk)}
    ) as moved
    from added`.execute(t.query),
  ).catch(asOneMoreTry);
  const result = added.rows[0];
  if (result === undefined) throw new Error('an aggregate answered no row');
  return result;
}

/**
 * The index on identity is the one that conflicts are looked for in; the same chunk posted at the
 * same moment may meet its own ids in the primary key first. The next try finds it committed.
 */
function asOneMoreTry(cause: unknown): never {
  const isMet = cause instanceof pg.DatabaseError && cause.constraint === 'transactions_pkey';
  if (!isMet) throw cause;
  const error = new Error('the same rows are posted at this moment', { cause });
  throw Object.assign(error, { name: 'TryAgain' });
}

/**
 * Points lines to what other statements brought; sees rows committed meanwhile. A row is found as
 * the first one at or after its identity: without sorting only the index on identity answers that,
 * whatever the planner believes about a table it has no statistics of.
 */
async function linkKnown(t: TenantHandle, chunk: PostChunk): Promise<void> {
  await sql`select set_config('enable_sort', 'off', true)`.execute(t.query);
  await sql`
    with known as (
      select l.ordinal, x.id
      from ${t.table('statement_lines')} l
      cross join lateral (
        select x.id, x.account_id, x.identity from ${t.table('transactions')} x
        where x.tenant_id = l.tenant_id and x.reversed_at is null
          and (x.account_id, x.identity) >= (${chunk.accountId}::uuid, l.identity)
        order by x.account_id, x.identity limit 1
      ) x
      where ${inChunk(chunk)} and l.direction is not null and x.id <> l.transaction_id
        and x.account_id = ${chunk.accountId} and x.identity = l.identity
    ), linked as (
      update ${t.table('statement_lines')} l set transaction_id = known.id
      from known where ${inChunk(chunk)} and l.ordinal = known.ordinal
    )
    insert into ${t.table('transaction_sources')} (tenant_id, transaction_id, statement_id, ordinal)
    select ${t.tenantId}, id, ${chunk.statementId}, ordinal from known
    on conflict do nothing`.execute(t.query);
  await sql`select set_config('enable_sort', 'on', true)`.execute(t.query);
}

/**
 * One row per word and chunk: which of the added transactions contain the word; `null` when every
 * row of the chunk that moved money was added.
 */
async function indexWords(
  t: TenantHandle,
  chunk: PostChunk,
  inserted: readonly number[] | null,
): Promise<void> {
  const isAdded = inserted && sql`and l.ordinal = any(${inserted}::integer[])`;
  await sql`
    insert into ${t.table('transaction_words')} (tenant_id, word, chunk_id, transaction_ids)
    select ${t.tenantId}, word, (select platform.uuid_v7()), array_agg(l.transaction_id)
    from ${t.table('statement_lines')} l cross join unnest(l.search_tokens) word
    where ${inChunk(chunk)} and l.direction is not null ${isAdded ?? sql``}
    group by word`.execute(t.query);
}

function inChunk(chunk: PostChunk) {
  return sql`l.statement_id = ${chunk.statementId}
    and l.ordinal >= ${chunk.fromOrdinal} and l.ordinal < ${chunk.toOrdinal}`;
}

export interface AmountConflict {
  ordinal: number;
  page: number;
  line: number;
  receipt: string;
  direction: Direction;
  amountCents: Cents;
  /** The transaction of the same receipt that another statement brought with another amount. */
  transactionId: TransactionId;
  otherAmountCents: Cents;
}

/**
 * Rows whose receipt and direction another live statement of the account shows with another amount:
 * one of the two papers is wrong. Rows the two papers agree on explain nothing and are left out.
 */
export async function findAmountConflicts(
  t: TenantHandle,
  statementId: StatementId,
  accountId: AccountId,
): Promise<AmountConflict[]> {
  if (!(await hasOtherStatements(t, statementId, accountId))) return [];
  const found = await joiningByHash(t, () =>
    sql<AmountConflict>`
    with mine as (
      select ordinal, page, line, receipt, identity, direction, nature, in_cents, out_cents
      from ${t.table('statement_lines')}
      where statement_id = ${statementId} and direction is not null
        and starts_with(identity, receipt || '|')
    ), theirs as (
      select x.id, x.receipt, x.direction, x.nature, x.amount_cents from ${t.table('transactions')} x
      where x.account_id = ${accountId} and x.reversed_at is null
        and x.statement_id <> ${statementId}
        and x.receipt in (select receipt from mine)
        and not exists (select from mine where mine.identity = x.identity)
    )
    select distinct on (l.ordinal) l.ordinal, l.page, l.line, l.receipt, l.direction,
      l.in_cents + l.out_cents as "amountCents", x.id as "transactionId",
      x.amount_cents as "otherAmountCents"
    from mine l
    join theirs x on x.receipt = l.receipt and x.direction = l.direction
      and (x.nature = 'charge') = (l.nature = 'charge')
      and x.amount_cents <> l.in_cents + l.out_cents
    where not exists (
      select from ${t.table('transactions')} same
      where same.account_id = ${accountId} and same.reversed_at is null
        and same.identity = l.identity and (same.statement_id <> ${statementId} or exists (
          select from ${t.table('transaction_sources')} s
          where s.transaction_id = same.id and s.statement_id <> ${statementId})))
    order by l.ordinal, x.id`.execute(t.query),
  );
  return found.rows;
}

/**
 * Whether any other live statement shows rows of the account; most accounts begin without. Looks at
 * the rows themselves, so that two statements posted side by side see each other.
 */
async function hasOtherStatements(
  t: TenantHandle,
  statementId: StatementId,
  accountId: AccountId,
): Promise<boolean> {
  const found = await sql`
    select from ${t.table('statements')} s
    where s.account_id = ${accountId} and s.id <> ${statementId}
      and s.status not in ('refused', 'undone', 'abandoned')
      and exists (select from ${papersOf(t)} p where p.statement_id = s.id)
    limit 1`.execute(t.query);
  return found.rows.length > 0;
}

/**
 * Rows that arrived a moment ago have no statistics yet: the planner takes thousands of them for
 * one and would compare each with each. Joins of whole chunks are therefore made by hashing.
 */
export async function joiningByHash<T>(t: TenantHandle, work: () => Promise<T>): Promise<T> {
  await sql`select set_config('enable_nestloop', 'off', true)`.execute(t.query);
  const result = await work();
  await sql`select set_config('enable_nestloop', 'on', true)`.execute(t.query);
  return result;
}
