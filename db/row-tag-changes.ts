/**
 * Tags put on and taken off many rows at once. A row follows a change tag by tag: where a later change
 * says otherwise of one tag, the others follow all the same. Rows that had a tag before keep it when
 * the change is taken back.
 */
import { sql, type RawBuilder } from 'kysely';
import type { RowChangeId } from '../domain/ids.ts';
import { tagsMax } from '../domain/statements/row-marks.ts';
import type { TenantHandle } from './database.ts';
import { inChunk, isSameRow, type ChangedChunk } from './row-change-chunks.ts';
import { followMarks, type RowPlace } from './row-tags.ts';

type Condition = RawBuilder<boolean>;

/**
 * Makes up to `limit` waiting rows follow a change of tags. Rows that are gone, that would have more
 * than 20 tags, or of which later changes say all of it, are left as they are.
 */
export function applyTagsChunk(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<ChangedChunk> {
  return inChunk(t, { changeId, way: 'apply', limit }, async ({ isIn }) => {
    const done = await sql<Done>`
      with wanted as (${wantedTags(t, changeId)}), chunk as (${tagsOfRows(t, isIn)}
      ), planned as (
        select chunk.*, p.*, ${tagsAfter(sql`p.put_on`, sql`p.taken_off`)} as after
        from chunk cross join lateral (
          select coalesce(array_agg(w.place), '{}') as standing,
            coalesce(array_agg(w.place) filter (where w.is_on <> (w.tag = any(chunk.tags))), '{}')
              as altered,
            array_agg(w.tag) filter (where w.is_on) as put_on,
            array_agg(w.tag) filter (where not w.is_on) as taken_off
          from wanted w where not ${isSaidLater(t)}
        ) p
      ), decided as (
        select planned.*, is_live and cardinality(standing) > 0
          and (cardinality(altered) = 0 or cardinality(after) <= ${tagsMax}) as is_followed
        from planned
      ), marked as (${putTags(t, sql`is_followed and cardinality(altered) > 0`)}
      )
      update ${t.table('row_change_rows')} r
      set state = case when is_followed then 'changed' else 'left' end,
        tags_standing = case when is_followed then standing end,
        tags_altered = case when is_followed then altered end
      from decided chunk where ${isSameRow()} ${returningDone}`.execute(t.query);
    return indexed(t, done.rows, 'changed');
  });
}

/**
 * Takes the tags of up to `limit` rows back; tags a later change speaks of stay, and so do all where
 * the row would have more than 20.
 */
export function takeBackTagsChunk(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<ChangedChunk> {
  return inChunk(t, { changeId, way: 'takeBack', limit }, async ({ isIn }) => {
    const done = await sql<Done>`
      with wanted as (${wantedTags(t, changeId)}), chunk as (${tagsOfRows(t, isIn)}
      ), planned as (
        select chunk.*, p.*, ${tagsAfter(sql`p.put_on`, sql`p.taken_off`)} as after
        from chunk cross join lateral (
          select coalesce(array_agg(w.place) filter (where w.is_kept), '{}') as kept,
            array_agg(w.tag) filter (where w.is_altered and not w.is_kept and not w.is_on) as put_on,
            array_agg(w.tag) filter (where w.is_altered and not w.is_kept and w.is_on) as taken_off
          from (
            select w.*, w.place = any(chunk.tags_altered) as is_altered,
              ${isSaidLater(t)} as is_kept
            from wanted w where w.place = any(chunk.tags_standing)
          ) w
        ) p
      ), decided as (
        select planned.*, cardinality(after) <= ${tagsMax} as has_room from planned
      ), marked as (${putTags(t, sql`has_room and (put_on is not null or taken_off is not null)`)}
      )
      update ${t.table('row_change_rows')} r
      set state = case when has_room and cardinality(kept) = 0 then 'undone' else 'kept' end,
        tags_standing = case when has_room then kept else r.tags_standing end
      from decided chunk where ${isSameRow()} ${returningDone}`.execute(t.query);
    return indexed(t, done.rows, 'undone');
  });
}

interface Done extends RowPlace {
  state: string;
}

const returningDone = sql`returning r.state, r.account_id as "accountId", r.identity`;

/** Carries what a chunk did into the index of tags, and counts the rows that came to a state. */
async function indexed(t: TenantHandle, rows: readonly Done[], state: 'changed' | 'undone') {
  await followMarks(t, rows);
  return { touched: [], rowCount: rows.filter((row) => row.state === state).length };
}

/** The tags of a change with their places, those put on first. */
function wantedTags(t: TenantHandle, changeId: RowChangeId): RawBuilder<unknown> {
  return sql`
    select w.tag, w.place::integer as place, w.place <= cardinality(c.tags_added) as is_on
    from ${t.table('row_changes')} c
    cross join unnest(c.tags_added || c.tags_removed) with ordinality as w (tag, place)
    where c.id = ${changeId}`;
}

function tagsOfRows(t: TenantHandle, which: Condition): RawBuilder<unknown> {
  return sql`
    select r.tenant_id, r.account_id, r.identity, r.change_id, r.tags_standing, r.tags_altered,
      x.id is not null as is_live, coalesce(m.tags, '{}') as tags
    from ${t.table('row_change_rows')} r
    left join ${t.table('transactions')} x
      on x.tenant_id = r.tenant_id and x.id = r.transaction_id and x.reversed_at is null
    left join ${t.table('row_marks')} m
      on m.tenant_id = r.tenant_id and m.account_id = r.account_id and m.identity = r.identity
    where ${which}`;
}

/** Whether a later change speaks of the tag `w` on the row `chunk`, whichever way. */
function isSaidLater(t: TenantHandle): Condition {
  return sql<boolean>`exists (
    select from ${t.table('row_change_rows')} later
    join ${t.table('row_changes')} c
      on c.tenant_id = later.tenant_id and c.id = later.change_id and c.kind = 'tags'
    where later.tenant_id = chunk.tenant_id and later.account_id = chunk.account_id
      and later.identity = chunk.identity and later.change_id > chunk.change_id
      and later.state in ('changed', 'kept')
      and array_position(c.tags_added || c.tags_removed, w.tag) = any(later.tags_standing))`;
}

/** The tags of the row `chunk` without some and with others, in the order of the alphabet. */
function tagsAfter(putOn: RawBuilder<unknown>, takenOff: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`array(
    select tag from (
      select tag from unnest(chunk.tags) as had (tag)
      where tag <> all(coalesce(${takenOff}, '{}'))
      union select unnest(${putOn})
    ) tags order by tag collate "C")`;
}

/** Writes what the rows `decided` say after it. */
function putTags(t: TenantHandle, which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    insert into ${t.table('row_marks')} (tenant_id, account_id, identity, tags)
    select tenant_id, account_id, identity, after from decided where ${which}
    on conflict (tenant_id, account_id, identity) do update set tags = excluded.tags`;
}
