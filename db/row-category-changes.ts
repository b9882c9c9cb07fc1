/**
 * Categories put on many rows at once. The later of two changes of a row holds; parts of a split row
 * have categories of their own, so only another split is a change of it.
 */
import { sql, type RawBuilder } from 'kysely';
import { tellReason } from '../domain/categories/reason-phrases.ts';
import type { RowChangeId } from '../domain/ids.ts';
import { split } from '../domain/statements/parts.ts';
import type { TenantHandle } from './database.ts';
import { inChunk, isSameRow, type ChangedChunk, type TouchedDays } from './row-change-chunks.ts';
import { followRows } from './row-tags.ts';

/**
 * Makes up to `limit` waiting rows follow the change; the last chunk ends it. Rows that are gone, that
 * are split, or that a later change stands on, are left as they are.
 */
export function applyCategoryChunk(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<ChangedChunk> {
  return inChunk(t, { changeId, way: 'apply', limit }, async ({ change, isIn, ids }) => {
    const done = await sql<TouchedDays>`
      with chunk as (
        select r.* from ${t.table('row_change_rows')} r where ${isIn}
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
      ${touchedBy('changed')}`.execute(t.query);
    await followRows(t, ids);
    return counted(done.rows);
  });
}

/** Takes up to `limit` rows back to what they said before; rows with a later change keep it. */
export function takeBackCategoryChunk(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<ChangedChunk> {
  return inChunk(t, { changeId, way: 'takeBack', limit }, async ({ isIn, ids }) => {
    const done = await sql<TouchedDays>`
      with chunk as (
        select r.*, ${hasLaterChange(t, 'r')} as is_kept
        from ${t.table('row_change_rows')} r where ${isIn}
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
      ${touchedBy('restored')}`.execute(t.query);
    await followRows(t, ids);
    return counted(done.rows);
  });
}

/** The days of the rows that a part of the query says it changed. */
function touchedBy(rows: 'changed' | 'restored'): RawBuilder<unknown> {
  return sql`select account_id as "accountId", array_agg(distinct business_date) as days,
    count(*) as "rowCount" from ${sql.ref(rows)} group by 1`;
}

function counted(touched: TouchedDays[]) {
  return { touched, rowCount: touched.reduce((sum, { rowCount }) => sum + rowCount, 0) };
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
