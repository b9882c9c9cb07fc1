/** Named lists of businesses, which flags may be for. */
import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Database, OperatorHandle } from './database.ts';

export interface FlagList {
  name: string;
  /** Ids of businesses. */
  tenants: readonly string[];
  version: number;
  changedBy: string;
  updatedAt: Instant;
}

/** All lists, by name. */
export async function listFlagLists(db: Pick<Database, 'onPlatform'>): Promise<FlagList[]> {
  return db.onPlatform(({ query }) =>
    query
      .selectFrom('platform.flag_lists')
      .select(['name', 'tenants', 'version', 'changed_by as changedBy'])
      .select('updated_at as updatedAt')
      .orderBy('name')
      .execute(),
  );
}

/** The version of a list; undefined when there is none. */
export async function versionOfFlagList(
  { query }: OperatorHandle,
  name: string,
): Promise<number | undefined> {
  const found = await query
    .selectFrom('platform.flag_lists')
    .select('version')
    .where('name', '=', name)
    .executeTakeFirst();
  return found?.version;
}

/** Says who stands on a list from now on; one that is not there is made. For operators. */
export async function writeFlagList(
  o: OperatorHandle,
  { name, tenants, changedBy }: Pick<FlagList, 'name' | 'tenants' | 'changedBy'>,
): Promise<void> {
  await sql`
    insert into platform.flag_lists (name, tenants, changed_by)
    values (${name}, ${[...tenants]}::uuid[], ${changedBy})
    on conflict (name) do update set tenants = excluded.tenants, changed_by = excluded.changed_by,
      version = platform.flag_lists.version + 1, updated_at = now()`.execute(o.query);
}

/** The names of the lists each business stands on. */
export function namesByTenant(lists: readonly FlagList[]): (tenantId: string) => string[] {
  return (tenantId) =>
    lists.filter(({ tenants }) => tenants.includes(tenantId)).map(({ name }) => name);
}
