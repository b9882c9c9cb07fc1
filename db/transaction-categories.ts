/** What posted money was for: which rows have no category yet, and naming it. */
import { sql } from 'kysely';
import { tellReason } from '../domain/categories/reason-phrases.ts';
import type { CategorySubject } from '../domain/categories/terms.ts';
import type { AccountId, StatementId, TransactionId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';
import { openRow } from './row-secrets.ts';
import { followRows } from './row-tags.ts';
import type { Confidence } from './statement-tables.ts';

/** Rows of a statement by their place in the file; `toOrdinal` is the one after the last. */
export interface StatementPart {
  statementId: StatementId;
  fromOrdinal: number;
  toOrdinal: number;
}

/** Live transactions of a part that have no category, with all that one may be read from. */
export async function listUncategorised(
  t: TenantHandle,
  part: StatementPart,
): Promise<(CategorySubject & { transactionId: TransactionId })[]> {
  const found = await sql<
    Omit<CategorySubject, 'details' | 'counterpartyName' | 'shortcode'> & {
      transactionId: TransactionId;
      sealed: Buffer;
    }
  >`
    select x.id as "transactionId", x.purpose, x.channel, x.direction, x.nature, l.sealed
    from ${t.table('transactions')} x
    join ${t.table('statement_lines')} l
      on l.statement_id = x.statement_id and l.ordinal = x.ordinal
    where ${within(part)} and x.category is null
    order by x.ordinal`.execute(t.query);
  return found.rows.map(({ sealed, ...row }) => {
    const { details, counterparty } = openRow(t, sealed);
    const { name = null, shortcode = null } = counterparty ?? {};
    return { ...row, details, counterpartyName: name, shortcode };
  });
}

function within({ statementId, fromOrdinal, toOrdinal }: StatementPart) {
  return sql`x.statement_id = ${statementId} and x.ordinal >= ${fromOrdinal}
    and x.ordinal < ${toOrdinal} and x.reversed_at is null`;
}

export interface CategoryAssignment {
  transactionId: TransactionId;
  category: string;
  confidence: Confidence;
  /** One sentence: why this category. */
  reason: string;
  /** `catalogue`, `rule` or `user`; what a user chose is only changed by a user. */
  source: string;
}

/** Assigns categories in one statement; answers how many rows have changed. */
export async function setCategories(
  t: TenantHandle,
  assignments: readonly CategoryAssignment[],
): Promise<number> {
  if (assignments.length === 0) return 0;
  const column = (field: keyof CategoryAssignment) => assignments.map((one) => one[field]);
  const changed = await sql<{ id: TransactionId }>`
    update ${t.table('transactions')} x
    set category = n.category, confidence = n.confidence, category_reason = n.reason,
      category_source = n.source
    from unnest(${column('transactionId')}::uuid[], ${column('category')}::text[],
      ${column('confidence')}::text[], ${column('reason')}::text[], ${column('source')}::text[])
      as n (id, category, confidence, reason, source)
    where x.id = n.id and x.reversed_at is null
      and (n.source = 'user' or x.category_source is distinct from 'user')
    returning x.id`.execute(t.query);
  return followed(t, changed.rows);
}

/**
 * Gives rows of a part what people chose for the same rows before, when another statement brought
 * them that was undone since; answers how many rows have changed.
 */
export async function adoptChoices(
  t: TenantHandle,
  accountId: AccountId,
  part: StatementPart,
): Promise<number> {
  const some = await sql`
    select from ${t.table('row_change_rows')} where account_id = ${accountId} limit 1`.execute(
    t.query,
  );
  if (some.rows.length === 0) return 0;
  const adopted = await sql<{ id: TransactionId }>`
    with part as (
      select x.id, x.account_id, x.identity from ${t.table('transactions')} x where ${within(part)}
    ), known as (
      select part.id, r.change_id, r.state, c.kind, c.category
      from part
      join ${t.table('row_change_rows')} r
        on r.account_id = part.account_id and r.identity = part.identity
      join ${t.table('row_changes')} c on c.id = r.change_id
    ), followed as (
      update ${t.table('row_change_rows')} r set transaction_id = part.id
      from part
      where r.account_id = part.account_id and r.identity = part.identity
        and r.transaction_id <> part.id
    ), choice as (
      select distinct on (id) id, category from known
      where kind <> 'tags' and state in ('changed', 'kept') order by id, change_id desc
    )
    update ${t.table('transactions')} x
    set category = choice.category, confidence = 'certain',
      category_reason = ${tellReason('by-hand')}, category_source = 'user'
    from choice
    where x.id = choice.id and x.reversed_at is null
      and x.category_source is distinct from 'user'
    returning x.id`.execute(t.query);
  return followed(t, adopted.rows);
}

/** The index of tags says the new categories too; answers how many rows have them. */
async function followed(t: TenantHandle, rows: readonly { id: TransactionId }[]): Promise<number> {
  await followRows(
    t,
    rows.map(({ id }) => id),
  );
  return rows.length;
}
