/** How the finders of the search go about it: one way after the other until there is enough. */
import { sql, type RawBuilder } from 'kysely';
import { parsePublicId, type Id, type IdKind } from '../domain/ids.ts';
import type { Asked } from '../domain/search/asked.ts';
import type { TenantHandle } from './database.ts';
import type { TenantTable } from './schema.ts';
import type { MatchedBy } from './search.ts';

export type Condition = RawBuilder<boolean>;

/** Among how many of the latest rows is looked for what no index answers. */
const latestMax = 5_000;

/** Greater than every receipt that begins as the text before it does, in any collation. */
export const afterReceipts = 'ZZZZZZZZZZZZ';

export type Way<Row> = readonly [by: MatchedBy, find: () => Promise<readonly Row[]>];

/** Rows of the first ways that find some, each once, with the way that found it. */
export async function alongWays<Row extends { id: string }>(
  ways: readonly (Way<Row> | undefined)[],
  limit: number,
): Promise<{ row: Row; by: MatchedBy }[]> {
  const found = new Map<string, { row: Row; by: MatchedBy }>();
  for (const way of ways) {
    if (way === undefined || found.size >= limit) continue;
    const [by, find] = way;
    for (const row of await find()) {
      if (found.size < limit && !found.has(row.id)) found.set(row.id, { row, by });
    }
  }
  return [...found.values()];
}

/** The way only when there is something to go by. */
export function wayBy<Value, Row>(
  by: MatchedBy,
  value: Value | undefined,
  find: (value: Value) => Promise<readonly Row[]>,
): Way<Row> | undefined {
  return value === undefined ? undefined : [by, () => find(value)];
}

/** For `ilike`: what was typed, anywhere in the text. */
export function anywhere(typed: string): string {
  return `%${typed.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** The way by id, when it is an id of this kind that was typed. */
export function wayById<Kind extends IdKind, Row>(
  kind: Kind,
  { publicId }: Asked,
  find: (id: Id<Kind>) => Promise<readonly Row[]>,
): Way<Row> | undefined {
  return wayBy('id', publicId === undefined ? undefined : parsePublicId(kind, publicId), find);
}

/** The text where it is no id: what names and words are looked for by. */
export function typedIn({ publicId, text }: Asked): string | undefined {
  return publicId === undefined ? text : undefined;
}

/**
 * The condition for those of the latest rows of a table: they are read in the order of its index
 * and no further, then each match is looked up by its id.
 */
export function amongLatest(
  t: TenantHandle,
  from: { table: TenantTable; time?: 'created_at' | 'received_at'; max?: number },
  condition: Condition,
): Condition {
  const { table, time = 'created_at', max = latestMax } = from;
  return sql`id = any(array(
    select l.id from (
      select r.* from ${t.table(table)} r
      order by ${sql.ref(`r.${time}`)} desc, r.id desc limit ${max}
    ) l where ${condition}))`;
}
