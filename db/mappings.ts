/** How foreign CSV files are read, remembered by the fingerprint of their header. */
import { sql } from 'kysely';
import type { MappingId, UserId } from '../domain/ids.ts';
import type { ColumnMapping } from '../domain/statements/terms.ts';
import type { TenantHandle } from './database.ts';

export interface RememberedMapping {
  id: MappingId;
  fingerprint: string;
  name: string;
  mapping: ColumnMapping;
}

export async function findMappingByFingerprint(
  t: TenantHandle,
  fingerprint: string,
): Promise<RememberedMapping | undefined> {
  return selectMapping(t).where('fingerprint', '=', fingerprint).executeTakeFirst();
}

export async function findMapping(
  t: TenantHandle,
  mappingId: MappingId,
): Promise<RememberedMapping | undefined> {
  return selectMapping(t).where('id', '=', mappingId).executeTakeFirst();
}

/** Remembers a mapping; the newest one for a header replaces the one before. */
export async function saveMapping(
  t: TenantHandle,
  mapping: { fingerprint: string; name: string; mapping: ColumnMapping; createdBy: UserId },
): Promise<RememberedMapping> {
  const { fingerprint, name } = mapping;
  const text = JSON.stringify(mapping.mapping);
  return t.query
    .insertInto('column_mappings')
    .values({
      tenant_id: t.tenantId,
      fingerprint,
      name,
      mapping: text,
      created_by: mapping.createdBy,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'fingerprint']).doUpdateSet({ name, mapping: text }),
    )
    .returning(['id', 'fingerprint', 'name', 'mapping'])
    .executeTakeFirstOrThrow();
}

/** Notes that a remembered mapping was used now. */
export async function touchMapping(t: TenantHandle, mappingId: MappingId): Promise<void> {
  await t.query
    .updateTable('column_mappings')
    .set({ used_at: sql`now()` })
    .where('id', '=', mappingId)
    .execute();
}

function selectMapping(t: TenantHandle) {
  return t.query.selectFrom('column_mappings').select(['id', 'fingerprint', 'name', 'mapping']);
}
