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
import { hasTag } from './row-marks.ts';
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
  const { from, to, accountId, amountFrom, amountTo, ids, q } = filter;
  const conditions = [sql`x.reversed_at is null`, ...wordConditions(t, filter)];
  if (from !== undefined) conditions.push(sql`x.occurred_at >= ${startOfBusinessDate(from)}`);
  if (to !== undefined) {
    conditions.push(sql`x.occurred_at < ${startOfBusinessDate(addDays(to, 1))}`);
  }
  if (accountId !== undefined) conditions.push(sql`x.account_id = ${accountId}`);
  if (amountFrom !== undefined) conditions.push(sql`x.amount_cents >= ${amountFrom}`);
  if (amountTo !== undefined) conditions.push(sql`x.amount_cents <= ${amountTo}`);
  if (ids !== undefined) conditions.push(sql`x.id = any(${ids}::uuid[])`);
  if (q !== undefined) conditions.push(await searchCondition(t, q));
  return sql.join(conditions, sql` and `);
}

function wordConditions(t: TenantHandle, filter: TransactionFilter): Condition[] {
  const { direction, channel, nature, purpose, confidence, category, statementId, tag } = filter;
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
  if (tag !== undefined) conditions.push(hasTag(t, tag));
  if (statementId !== undefined) {
    conditions.push(
      sql`x.id in (select p.transaction_id from ${papersOf(t)} p
        where p.statement_id = ${statementId})`,
    );
  }
  return conditions;
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

/** A receipt that exists selects its rows; anything else is searched for by its words. */
async function searchCondition(t: TenantHandle, q: string): Promise<Condition> {
  const receipt = q.trim().toUpperCase();
  const known = await sql`
    select from ${t.table('transactions')} x
    where x.receipt = ${receipt} and x.reversed_at is null limit 1`.execute(t.query);
  return known.rows.length > 0 ? sql`x.receipt = ${receipt}` : wordsCondition(t, q);
}

/** Looks the rarest word up in the inverted index; the row's line answers for the other words. */
async function wordsCondition(t: TenantHandle, q: string): Promise<Condition> {
  const words = t.seal.tokens(q);
  const found = await sql<{ word: string; rows: number }>`
    select word::text, sum(cardinality(transaction_ids))::bigint as rows
    from ${t.table('transaction_words')} where word = any(${words}::bigint[])
    group by word order by rows limit ${words.length}`.execute(t.query);
  const rarest = found.rows[0];
  if (rarest === undefined || found.rows.length < words.length) return sql`false`;
  const hasAll = sql`exists (
    select from ${t.table('statement_lines')} l where l.statement_id = x.statement_id
      and l.ordinal = x.ordinal and l.search_tokens @> ${words}::bigint[])`;
  if (rarest.rows > rareWordRowsMax) return hasAll;
  return sql`${hasAll} and x.id in (
    select unnest(w.transaction_ids) from ${t.table('transaction_words')} w
    where w.word = ${rarest.word}::bigint)`;
}
