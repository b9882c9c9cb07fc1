/** Archives of a tenant: what is known about each, and their bytes as sealed chunks. */
import { sql } from 'kysely';
import type { Id, TenantId } from '../domain/ids.ts';
import type { ArchivedFile } from '../domain/tenants/export-manifest.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, TenantHandle } from './database.ts';
import type { ExportStatus } from './tenant-tables.ts';

export type ExportId = Id<'tenantExport'>;

export interface TenantExport {
  id: ExportId;
  number: number;
  status: ExportStatus;
  filesDone: number;
  filesTotal: number | null;
  rowCount: number;
  byteCount: number;
  manifestSha256: string | null;
  workflowId: string;
  requestedBy: string;
  createdAt: Instant;
  readyAt: Instant | null;
  expiresAt: Instant | null;
}

/** Records an archive about to be made; undefined while another one is being made. */
export async function insertExport(
  t: TenantHandle,
  one: { id: ExportId; requestedBy: string; workflowIdOf: (number: number) => string },
): Promise<TenantExport | undefined> {
  const counted = await t.query
    .selectFrom('tenant_exports')
    .select(sql<number>`coalesce(max(number), 0)`.as('last'))
    .executeTakeFirstOrThrow();
  const number = counted.last + 1;
  const workflowId = one.workflowIdOf(number);
  const inserted = await t.query
    .insertInto('tenant_exports')
    .values({
      ...{ tenant_id: t.tenantId, id: one.id, number },
      ...{ workflow_id: workflowId, requested_by: one.requestedBy },
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n ? findExport(t, one.id) : undefined;
}

/** How many archives were begun in the last 24 hours. */
export async function countRecentExports(t: TenantHandle): Promise<number> {
  const row = await t.query
    .selectFrom('tenant_exports')
    .select(sql<number>`count(*)::int`.as('n'))
    .where('created_at', '>', sql<Instant>`now() - interval '24 hours'`)
    .executeTakeFirstOrThrow();
  return row.n;
}

const listMax = 50;

/** The newest first, at most 50. */
export async function listExports(t: TenantHandle): Promise<TenantExport[]> {
  return (await exportsOf(t).orderBy('number', 'desc').limit(listMax).execute()).map(
    (row): TenantExport => row,
  );
}

export function findExport(t: TenantHandle, exportId: ExportId): Promise<TenantExport | undefined> {
  return exportsOf(t).where('id', '=', exportId).executeTakeFirst();
}

function exportsOf(t: TenantHandle) {
  return t.query
    .selectFrom('tenant_exports')
    .select(['id', 'number', 'status', 'files_done as filesDone', 'files_total as filesTotal'])
    .select(['row_count as rowCount', 'byte_count as byteCount'])
    .select(['manifest_sha256 as manifestSha256', 'workflow_id as workflowId'])
    .select(['requested_by as requestedBy', 'created_at as createdAt', 'ready_at as readyAt'])
    .select('expires_at as expiresAt');
}

/**
 * Begins writing and answers the attempt's number: whoever wrote before is refused from now on. With
 * `anew`, what was written goes.
 */
export async function beginWriting(
  t: TenantHandle,
  exportId: ExportId,
  { anew, filesTotal }: { anew: boolean; filesTotal?: number },
): Promise<number> {
  const begun = await t.query
    .updateTable('tenant_exports')
    .set({
      attempt: sql`attempt + 1`,
      ...(filesTotal === undefined ? {} : { files_total: filesTotal }),
      ...(anew ? { files_done: 0, row_count: 0, byte_count: 0 } : {}),
    })
    .where('id', '=', exportId)
    .where('status', '=', 'running')
    .returning('attempt')
    .executeTakeFirst();
  if (begun === undefined) throw new Error(`export ${exportId} is not being made`);
  if (anew) {
    await t.query.deleteFrom('tenant_export_files').where('export_id', '=', exportId).execute();
    await t.query.deleteFrom('tenant_export_chunks').where('export_id', '=', exportId).execute();
  }
  return begun.attempt;
}

export interface Writing {
  exportId: ExportId;
  attempt: number;
}

/** Throws when another attempt has begun since; else nobody can begin one before the commit. */
async function holdAttempt(t: TenantHandle, { exportId, attempt }: Writing): Promise<void> {
  const row = await t.query
    .selectFrom('tenant_exports')
    .select('attempt')
    .where('id', '=', exportId)
    .where('status', '=', 'running')
    .forUpdate()
    .executeTakeFirst();
  if (row?.attempt !== attempt) throw new Error(`export ${exportId} is written by somebody else`);
}

/** Seals and stores a piece of a file; a repeat of piece 0 takes away what was there. */
export async function appendExportChunk(
  t: TenantHandle,
  writing: Writing,
  chunk: { ordinal: number; seq: number; bytes: Uint8Array },
): Promise<void> {
  const { ordinal, seq, bytes } = chunk;
  const { exportId } = writing;
  await holdAttempt(t, writing);
  if (seq === 0) {
    await t.query
      .deleteFrom('tenant_export_chunks')
      .where('export_id', '=', exportId)
      .where('ordinal', '=', ordinal)
      .execute();
  }
  const sealed = t.seal.sealBytes(bytes, chunkContext(exportId, ordinal, seq));
  await t.query
    .insertInto('tenant_export_chunks')
    .values({ tenant_id: t.tenantId, export_id: exportId, ordinal, seq, sealed })
    .execute();
}

function chunkContext(exportId: ExportId, ordinal: number, seq: number): string {
  return `tenant_export_chunks|${exportId}|${ordinal}|${seq}`;
}

/** Notes that every piece of a file is stored. */
export async function finishExportFile(
  t: TenantHandle,
  writing: Writing,
  file: ArchivedFile & { ordinal: number },
): Promise<void> {
  const { exportId } = writing;
  await holdAttempt(t, writing);
  await t.query
    .insertInto('tenant_export_files')
    .values({
      ...{ tenant_id: t.tenantId, export_id: exportId, ordinal: file.ordinal, name: file.name },
      ...{ byte_count: file.byteCount, row_count: file.rowCount, sha256: file.sha256 },
    })
    .execute();
  await t.query
    .updateTable('tenant_exports')
    .set({
      files_done: sql`files_done + 1`,
      // Sheets repeat the rows of the JSON files.
      row_count: sql`row_count + ${file.name.startsWith('rows/') ? (file.rowCount ?? 0) : 0}`,
      byte_count: sql`byte_count + ${file.byteCount}`,
    })
    .where('id', '=', exportId)
    .execute();
}

/** The finished files in the order they were written. */
export async function listExportFiles(
  t: TenantHandle,
  exportId: ExportId,
): Promise<(ArchivedFile & { ordinal: number })[]> {
  return t.query
    .selectFrom('tenant_export_files')
    .select(['ordinal', 'name', 'byte_count as byteCount', 'row_count as rowCount', 'sha256'])
    .where('export_id', '=', exportId)
    .orderBy('ordinal')
    .execute();
}

/** Makes the archive available for some days. Repeated, it answers false. */
export async function finishExport(
  t: TenantHandle,
  done: { exportId: ExportId; manifestSha256: string; days: number },
): Promise<boolean> {
  const { exportId, manifestSha256, days } = done;
  const finished = await t.query
    .updateTable('tenant_exports')
    .set({
      status: 'ready',
      manifest_sha256: manifestSha256,
      ready_at: sql<Instant>`now()`,
      expires_at: sql<Instant>`now() + make_interval(days => ${days})`,
    })
    .where('id', '=', exportId)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return finished.numUpdatedRows === 1n;
}

/** Removes the bytes of an archive; what it held stays known. Repeated, it answers false. */
export async function expireExport(t: TenantHandle, exportId: ExportId): Promise<boolean> {
  const expired = await t.query
    .updateTable('tenant_exports')
    .set({ status: 'expired' })
    .where('id', '=', exportId)
    .where('status', '=', 'ready')
    .executeTakeFirst();
  await t.query.deleteFrom('tenant_export_chunks').where('export_id', '=', exportId).execute();
  return expired.numUpdatedRows === 1n;
}

const chunksPerRead = 8;

/** The bytes of one file of an archive, with no transaction open between reads. */
export async function* readExportFile(
  db: Database,
  at: { tenantId: TenantId; exportId: ExportId; ordinal: number; byteCount: number },
): AsyncGenerator<Buffer> {
  const { tenantId, exportId, ordinal } = at;
  let left = at.byteCount;
  for (let next = 0; left > 0;) {
    const from = next;
    const pieces = await db.withTenant(
      tenantId,
      async (t) => {
        const rows = await t.query
          .selectFrom('tenant_export_chunks')
          .select(['seq', 'sealed'])
          .where('export_id', '=', exportId)
          .where('ordinal', '=', ordinal)
          .where('seq', '>=', from)
          .orderBy('seq')
          .limit(chunksPerRead)
          .execute();
        return rows.map(({ seq, sealed }) =>
          t.seal.openBytes(sealed, chunkContext(exportId, ordinal, seq)),
        );
      },
      { readOnly: true },
    );
    if (pieces.length === 0) throw new Error(`export ${exportId} has lost chunks`);
    for (const piece of pieces) {
      left -= piece.byteLength;
      yield piece;
    }
    next += pieces.length;
  }
}
