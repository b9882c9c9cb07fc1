/** Archives somebody brings into a tenant: what is known about each, and their bytes as sealed chunks. */
import { sql } from 'kysely';
import type { Id, TenantId } from '../domain/ids.ts';
import type { ImportRefusal } from '../domain/tenants/export-manifest.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, TenantHandle } from './database.ts';
import { exportTables } from './export-plan.ts';
import type { ImportStatus } from './tenant-tables.ts';

export type ImportId = Id<'tenantImport'>;

export interface TenantImport {
  id: ImportId;
  number: number;
  status: ImportStatus;
  refusal: string | null;
  byteCount: number;
  rowCount: number;
  manifestSha256: string | null;
  workflowId: string;
  requestedBy: string;
  createdAt: Instant;
  endedAt: Instant | null;
}

/** Every chunk but the last has this many bytes, so a place in the archive names its chunk. */
export const importChunkBytes = 1024 * 1024;

/**
 * Tables that are not brought back: access is given by people and never by a file, and the audit log
 * of the new business has begun already.
 */
export const notBroughtBack: ReadonlySet<string> = new Set(['members', 'audit_log']);

/** The first table in which the tenant has rows that an archive would bring; undefined for none. */
export async function firstOccupied(t: TenantHandle): Promise<string | undefined> {
  for (const { relation } of await exportTables(t)) {
    if (notBroughtBack.has(relation)) continue;
    const found = await sql`
      select from ${sql.table(`${t.schema}.${relation}`)}
      where tenant_id = ${t.tenantId} limit 1`.execute(t.query);
    if (found.rows.length > 0) return relation;
  }
  return undefined;
}

/**
 * Records an archive about to be received; one whose sending stopped half-way makes room. Undefined
 * while another one is being read.
 */
export async function insertImport(
  t: TenantHandle,
  one: { id: ImportId; requestedBy: string; workflowIdOf: (number: number) => string },
): Promise<TenantImport | undefined> {
  await t.query.deleteFrom('tenant_imports').where('status', '=', 'receiving').execute();
  const counted = await t.query
    .selectFrom('tenant_imports')
    .select(sql<number>`coalesce(max(number), 0)`.as('last'))
    .executeTakeFirstOrThrow();
  const number = counted.last + 1;
  const inserted = await t.query
    .insertInto('tenant_imports')
    .values({
      ...{ tenant_id: t.tenantId, id: one.id, number, requested_by: one.requestedBy },
      workflow_id: one.workflowIdOf(number),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n ? findImport(t, one.id) : undefined;
}

const listMax = 20;

/** The newest first, at most 20. */
export async function listImports(t: TenantHandle): Promise<TenantImport[]> {
  return importsOf(t).orderBy('number', 'desc').limit(listMax).execute();
}

export function findImport(t: TenantHandle, importId: ImportId): Promise<TenantImport | undefined> {
  return importsOf(t).where('id', '=', importId).executeTakeFirst();
}

function importsOf(t: TenantHandle) {
  return t.query
    .selectFrom('tenant_imports')
    .select(['id', 'number', 'status', 'refusal', 'byte_count as byteCount'])
    .select(['row_count as rowCount', 'manifest_sha256 as manifestSha256'])
    .select(['workflow_id as workflowId', 'requested_by as requestedBy'])
    .select(['created_at as createdAt', 'ended_at as endedAt']);
}

/** Seals and stores a piece of an archive that is being received. */
export async function appendImportChunk(
  t: TenantHandle,
  chunk: { importId: ImportId; seq: number; bytes: Uint8Array },
): Promise<void> {
  const { importId, seq, bytes } = chunk;
  const sealed = t.seal.sealBytes(bytes, chunkContext(importId, seq));
  await t.query
    .insertInto('tenant_import_chunks')
    .values({ tenant_id: t.tenantId, import_id: importId, seq, sealed })
    .execute();
}

function chunkContext(importId: ImportId, seq: number): string {
  return `tenant_import_chunks|${importId}|${seq}`;
}

/** Every byte is stored: it can be read. False when a later sending took its place. */
export async function receivedImport(
  t: TenantHandle,
  { importId, byteCount }: { importId: ImportId; byteCount: number },
): Promise<boolean> {
  const done = await t.query
    .updateTable('tenant_imports')
    .set({ status: 'running', byte_count: byteCount })
    .where('id', '=', importId)
    .where('status', '=', 'receiving')
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** Removes an archive that was not received to its end. */
export async function discardImport(t: TenantHandle, importId: ImportId): Promise<void> {
  await t.query
    .deleteFrom('tenant_imports')
    .where('id', '=', importId)
    .where('status', '=', 'receiving')
    .execute();
}

/** Notes why nothing was brought back, and removes the bytes. Repeated, it answers false. */
export async function refuseImport(
  t: TenantHandle,
  { importId, refusal }: { importId: ImportId; refusal: ImportRefusal },
): Promise<boolean> {
  const refused = await t.query
    .updateTable('tenant_imports')
    .set({ status: 'refused', refusal, ended_at: sql<Instant>`now()` })
    .where('id', '=', importId)
    .where('status', '=', 'running')
    .executeTakeFirst();
  await removeImportChunks(t, importId);
  return refused.numUpdatedRows === 1n;
}

export async function removeImportChunks(t: TenantHandle, importId: ImportId): Promise<void> {
  await t.query.deleteFrom('tenant_import_chunks').where('import_id', '=', importId).execute();
}

/** Bytes of an archive from one place to before another, no transaction open between reads. */
export async function readImport(
  db: Database,
  at: { tenantId: TenantId; importId: ImportId },
  { from, to }: { from: number; to: number },
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const first = Math.floor(from / importChunkBytes);
  for (let seq = first; seq * importChunkBytes < to; seq += 1) {
    pieces.push(await readChunk(db, at, seq));
  }
  const start = from - first * importChunkBytes;
  return Buffer.concat(pieces).subarray(start, start + (to - from));
}

async function readChunk(
  db: Database,
  { tenantId, importId }: { tenantId: TenantId; importId: ImportId },
  seq: number,
): Promise<Buffer> {
  return db.withTenant(
    tenantId,
    async (t) => {
      const row = await t.query
        .selectFrom('tenant_import_chunks')
        .select('sealed')
        .where('import_id', '=', importId)
        .where('seq', '=', seq)
        .executeTakeFirst();
      if (row === undefined) throw new Error(`import ${importId} has lost chunk ${seq}`);
      return t.seal.openBytes(row.sealed, chunkContext(importId, seq));
    },
    { readOnly: true },
  );
}
