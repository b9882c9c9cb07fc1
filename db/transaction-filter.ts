/** Turns the filters people choose into conditions the indexes answer. */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { AccountId, StatementId, TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import { split } from '../domain/statements/parts.ts';
import type { Channel, Direction } from '../domain/statements/terms.ts';
import type { BusinessDate } from '../domain/time.ts';
import { addDays, startOfBusinessDate } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { hasTag, rowsUnder } from './row-tags.ts';
import type { Confidence, Nature } from './statement-tables.ts';
import { standingParts } from './standing-parts.ts';
import { papersOf } from './transaction-papers.ts';

export interface TransactionFilter {
  /** First and last business date, both included. */
  from?: BusinessDate;
  to?: BusinessDate;
  direction?: readonly Direction[];
  channel?: readonly Channel[];
  /** Category names, of rows or of their parts; `uncategorised` selects rows that have none yet. */
  category?: readonly string[];
  nature?: readonly Nature[];
  purpose?: readonly string[];
  confidence?: readonly Confidence[];
  /** Rows that have one of these tags. */
  tag?: readonly string[];
  accountId?: AccountId;
  /** Rows this statement shows, whether it brought them or another one did. */
  statementId?: StatementId;
  amountFrom?: Cents;
  amountTo?: Cents;
  /** Exactly these, where something was chosen row by row. */
  ids?: readonly TransactionId[];
  /** Whole words, all of which a row must contain: details, names, references or the receipt. */
  q?: string;
}

export const uncategorised = 'uncategorised';

/** A word in fewer rows than this is looked up; a more frequent one is met soon enough by scanning. */
const rareWordRowsMax = 20_000;

type Condition = RawBuilder<unknown>;

/** The conditions on `transactions x`, joined by `and`; reversed rows never match. */
export async function conditionOf(t: TenantHandle, filter: TransactionFilter): Promise<Condition> {
  return conditionWith(t, filter, await searchOf(t, filter));
}

function conditionWith(t: TenantHandle, filter: TransactionFilter, search?: Search): Condition {
  const conditions = [sql`x.reversed_at is null`, ...plainConditions(t, filter)];
  if (filter.tag !== undefined) conditions.push(hasTag(t, filter.tag));
  if (search !== undefined) conditions.push(search.condition);
  return sql.join(conditions, sql` and `);
}

/** Where the rows `x` of a filter are read from, and what they have to fulfil besides. */
export interface Choice {
  where: Condition;
  /** They stand in the index of tags under one or more of these; undefined for all transactions. */
  under?: readonly string[];
}

/**
 * Reads rows under a tag from the index of tags, in its order; only where a receipt or a rare word is
 * asked for too, the few rows that have it are looked at one by one.
 */
export async function choiceOf(t: TenantHandle, filter: TransactionFilter): Promise<Choice> {
  const { tag, statementId, ...rest } = filter;
  const search = await searchOf(t, filter);
  if (tag === undefined || filter.ids !== undefined || search?.isRare === true) {
    return { where: conditionWith(t, filter, search) };
  }
  const conditions = plainConditions(t, rest);
  if (search !== undefined) conditions.push(search.condition);
  if (statementId !== undefined) conditions.push(isShownBy(t, statementId));
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  return { where, under: [...new Set(tag)] };
}

interface Beginning {
  /** The column they are ordered by, then by their ids, and which way. */
  by: 'occurred_at' | 'amount_cents';
  sort: 'asc' | 'desc';
  /** What comes after the page before; nothing for the first page. */
  keyset: RawBuilder<unknown>;
  limit: number;
}

/** The first rows of a choice; under several tags, those that are first under any of them. */
export function firstRows(
  t: TenantHandle,
  { where, under }: Choice,
  { by, sort, keyset, limit }: Beginning,
): RawBuilder<unknown> {
  const order = sql`${sql.ref(`x.${by}`)} ${sql.raw(sort)}, x.id ${sql.raw(sort)}`;
  const which = sql`where ${where} ${keyset} order by ${order} limit ${limit}`;
  const transactions = t.table('transactions');
  if (under === undefined) return sql`select x.* from ${transactions} x ${which}`;
  // Tag by tag, so that the planner knows how many rows each of them has.
  const each = under.map(
    (tag) => sql`(select ${sql.ref(`x.${by}`)}, x.id from ${rowsUnder(t, sql`${tag}`)} ${which})`,
  );
  const first = sql`
    select ${sql.ref(`x.${by}`)}, x.id from (${sql.join(each, sql` union `)}) x
    order by ${order} limit ${limit}`;
  return sql`
    select x.* from (${first}) f
    join ${transactions} x on x.tenant_id = ${t.tenantId} and x.id = f.id`;
}

/** The direction and the amount asked for of every row of a choice, once each. */
export function amountsOf(
  t: TenantHandle,
  { where, under }: Choice,
  filter: TransactionFilter,
): RawBuilder<unknown> {
  const said = sql`x.direction, ${amountAskedFor(t, filter)} as asked`;
  if (under === undefined) {
    return sql`select ${said} from ${t.table('transactions')} x where ${where}`;
  }
  const from = sql`from ${rowsUnder(t, sql`any(${under}::text[])`)} where ${where}`;
  return under.length === 1
    ? sql`select ${said} ${from}`
    : sql`select distinct x.id, ${said} ${from}`;
}

/** What is asked of a row that is known without looking anything up before. */
function plainConditions(t: TenantHandle, filter: TransactionFilter): Condition[] {
  const { from, to, accountId, amountFrom, amountTo, ids } = filter;
  const conditions = wordConditions(t, filter);
  if (from !== undefined) conditions.push(sql`x.occurred_at >= ${startOfBusinessDate(from)}`);
  if (to !== undefined) {
    conditions.push(sql`x.occurred_at < ${startOfBusinessDate(addDays(to, 1))}`);
  }
  if (accountId !== undefined) conditions.push(sql`x.account_id = ${accountId}`);
  if (amountFrom !== undefined) conditions.push(sql`x.amount_cents >= ${amountFrom}`);
  if (amountTo !== undefined) conditions.push(sql`x.amount_cents <= ${amountTo}`);
  if (ids !== undefined) conditions.push(sql`x.id = any(${ids}::uuid[])`);
  return conditions;
}

function wordConditions(t: TenantHandle, filter: TransactionFilter): Condition[] {
  const { direction, channel, nature, purpose, confidence, category, statementId } = filter;
  const lists = { direction, channel, nature, purpose, confidence };
  const conditions: Condition[] = Object.entries(lists).flatMap(([column, words]) =>
    words === undefined ? [] : [sql`${sql.ref(`x.${column}`)} = any(${words}::text[])`],
  );
  if (category !== undefined) {
    const isOpen = category.includes(uncategorised);
    conditions.push(
      sql`(x.category = any(${[...category, split]}::text[])
        or ${isOpen}::boolean and x.category is null)`,
    );
    if (!category.includes(split)) conditions.push(hasPartOf(t, category));
  }
  if (statementId !== undefined) {
    conditions.push(
      sql`x.id in (select p.transaction_id from ${papersOf(t)} p
        where p.statement_id = ${statementId})`,
    );
  }
  return conditions;
}

/** Whether the statement shows the row, which may stand on another one. */
function isShownBy(t: TenantHandle, statementId: StatementId): Condition {
  return sql`(x.statement_id = ${statementId} or x.id in (
    select s.transaction_id from ${t.table('transaction_sources')} s
    where s.statement_id = ${statementId}))`;
}

/** Rows that are not split, and split ones with a part under one of the categories. */
function hasPartOf(t: TenantHandle, categories: readonly string[]): Condition {
  return sql`(x.category is distinct from ${split} or exists (
    select from (${standingParts(t)}) p where p.category = any(${categories}::text[])))`;
}

/** What of the row `x` a filter asks for: of a split row, the parts under the chosen categories. */
export function amountAskedFor(
  t: TenantHandle,
  { category }: TransactionFilter,
): RawBuilder<unknown> {
  if (category === undefined || category.includes(split)) return sql`x.amount_cents`;
  return sql`case when x.category is distinct from ${split} then x.amount_cents else (
    select sum(p.amount_cents) from (${standingParts(t)}) p
    where p.category = any(${category}::text[])) end`;
}

interface Search {
  condition: Condition;
  /** Whether so few rows can fulfil it that they are looked up and not met by scanning. */
  isRare: boolean;
}

/** A receipt that exists selects its rows; anything else is searched for by its words. */
async function searchOf(t: TenantHandle, { q }: TransactionFilter): Promise<Search | undefined> {
  if (q === undefined) return undefined;
  const receipt = q.trim().toUpperCase();
  const known = await sql`
    select from ${t.table('transactions')} x
    where x.receipt = ${receipt} and x.reversed_at is null limit 1`.execute(t.query);
  if (known.rows.length === 0) return searchForWords(t, q);
  return { condition: sql`x.receipt = ${receipt}`, isRare: true };
}

/** Looks the rarest word up in the inverted index; the row's line answers for the other words. */
async function searchForWords(t: TenantHandle, q: string): Promise<Search> {
  const words = t.seal.tokens(q);
  const found = await sql<{ word: string; rows: number }>`
    select word::text, sum(cardinality(transaction_ids))::bigint as rows
    from ${t.table('transaction_words')} where word = any(${words}::bigint[])
    group by word order by rows limit ${words.length}`.execute(t.query);
  const rarest = found.rows[0];
  if (rarest === undefined || found.rows.length < words.length) {
    return { condition: sql`false`, isRare: true };
  }
  const hasAll = sql`exists (
    select from ${t.table('statement_lines')} l where l.statement_id = x.statement_id
      and l.ordinal = x.ordinal and l.search_tokens @> ${words}::bigint[])`;
  if (rarest.rows > rareWordRowsMax) return { condition: hasAll, isRare: false };
  const condition = sql`${hasAll} and x.id in (
    select unnest(w.transaction_ids) from ${t.table('transaction_words')} w
    where w.word = ${rarest.word}::bigint)`;
  return { condition, isRare: true };
}
