/**
 * Uploaded files, kept as sealed chunks. Each chunk is bound to its upload and its place, so chunks
 * cannot be swapped, dropped or copied from another upload without the reader noticing.
 */
import { sql } from 'kysely';
import type { TenantId, UserId } from '../domain/ids.ts';
import { attachmentHoursKept, type AttachmentKind } from '../domain/statements/attachments.ts';
import type { MediaKind } from '../domain/statements/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, OperatorHandle, TenantHandle } from './database.ts';

export interface Upload {
  id: string;
  fileName: string;
  sizeBytes: number | null;
  sha256: string | null;
  mediaKind: MediaKind | AttachmentKind | null;
  createdBy: UserId;
  createdAt: Instant;
  completedAt: Instant | null;
}

export async function startUpload(
  t: TenantHandle,
  upload: { id: string; fileName: string; createdBy: UserId },
): Promise<void> {
  await t.query
    .insertInto('uploads')
    .values({
      tenant_id: t.tenantId,
      id: upload.id,
      file_name: upload.fileName,
      created_by: upload.createdBy,
    })
    .execute();
}

/** Seals and stores one chunk; `seq` counts from 0 without gaps. */
export async function appendChunk(
  t: TenantHandle,
  chunk: { uploadId: string; seq: number; bytes: Uint8Array },
): Promise<void> {
  const { uploadId, seq, bytes } = chunk;
  const sealed = t.seal.sealBytes(bytes, chunkContext(uploadId, seq));
  await t.query
    .insertInto('upload_chunks')
    .values({ tenant_id: t.tenantId, upload_id: uploadId, seq, sealed })
    .execute();
}

/** Notes that every chunk is stored, and what the whole file is. */
export async function completeUpload(
  t: TenantHandle,
  upload: {
    id: string;
    sizeBytes: number;
    sha256: string;
    mediaKind: MediaKind | AttachmentKind;
  },
): Promise<void> {
  await t.query
    .updateTable('uploads')
    .set({
      size_bytes: upload.sizeBytes,
      sha256: upload.sha256,
      media_kind: upload.mediaKind,
      completed_at: sql`now()`,
    })
    .where('id', '=', upload.id)
    .execute();
}

export async function findUpload(t: TenantHandle, uploadId: string): Promise<Upload | undefined> {
  const row = await t.query
    .selectFrom('uploads')
    .selectAll()
    .where('id', '=', uploadId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    mediaKind: row.media_kind,
    createdBy: row.created_by,
    createdAt: row.created_at,
    completedAt: row.completed_at,
  };
}

/** Every complete upload, the first one first. */
export async function listUploads(t: TenantHandle): Promise<{ id: string; fileName: string }[]> {
  return t.query
    .selectFrom('uploads')
    .select(['id', 'file_name as fileName'])
    .where('completed_at', 'is not', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/**
 * The bytes of a complete upload in order, in chunks as they were stored, with no transaction open
 * between reads. Throws when the upload is unknown or incomplete, or a chunk does not open.
 */
export async function* readUpload(
  db: Database,
  tenantId: TenantId,
  uploadId: string,
): AsyncGenerator<Uint8Array> {
  const inTenant = <Result>(work: (t: TenantHandle) => Promise<Result>) =>
    db.withTenant(tenantId, work, { readOnly: true });
  let left = await inTenant((t) => sizeOf(t, uploadId));
  for (let seq = 0; left > 0; seq += 1) {
    const chunk = await inTenant((t) => readChunk(t, uploadId, seq));
    left -= chunk.byteLength;
    if (left < 0) throw new Error(`upload ${uploadId} is longer than it was`);
    yield chunk;
  }
}

/** Removes an upload and its chunks; a statement that was made from it stays. */
export async function deleteUpload(t: TenantHandle, uploadId: string): Promise<void> {
  await t.query.deleteFrom('uploads').where('id', '=', uploadId).execute();
}

/**
 * Removes uploads, of all tenants, that became no statement and no file on a row within an hour;
 * returns how many. No upload can still be under way then: the gateway ends a request after five
 * minutes. Files that were taken off their row a day ago go as well.
 */
export async function sweepOrphanUploads(o: OperatorHandle): Promise<number> {
  await sql`delete from ${o.table('row_attachments')} a
    where a.removed_at < now() - make_interval(hours => ${attachmentHoursKept})`.execute(o.query);
  const done = await sql`
    delete from ${o.table('uploads')} u
    where u.created_at < now() - interval '1 hour' and not exists (
      select from ${o.table('statements')} s
      where s.tenant_id = u.tenant_id and s.upload_id = u.id)
    and not exists (
      select from ${o.table('row_attachments')} a
      where a.tenant_id = u.tenant_id and a.id = u.id)`.execute(o.query);
  return Number(done.numAffectedRows ?? 0);
}

async function sizeOf(t: TenantHandle, uploadId: string): Promise<number> {
  const upload = await findUpload(t, uploadId);
  if (upload === undefined || upload.completedAt === null) {
    throw new Error(`upload ${uploadId} is unknown or incomplete`);
  }
  return upload.sizeBytes ?? 0;
}

/** One at a time: a chunk is a megabyte, which the driver holds as text, sealed and opened. */
async function readChunk(t: TenantHandle, uploadId: string, seq: number): Promise<Buffer> {
  const row = await t.query
    .selectFrom('upload_chunks')
    .select('sealed')
    .where('upload_id', '=', uploadId)
    .where('seq', '=', seq)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`upload ${uploadId} has lost chunks`);
  return t.seal.openBytes(row.sealed, chunkContext(uploadId, seq));
}

export function chunkContext(uploadId: string, seq: number): string {
  return `upload_chunks|${uploadId}|${seq}`;
}
