/** Files made in the background for one person: how far each is, and its bytes as sealed pieces. */
import { sql, type Selectable } from 'kysely';
import type { ClearFilter } from '../domain/downloads/clear-filter.ts';
import {
  subjectReportKind,
  type DownloadFormat,
  type DownloadKind,
  type DownloadStatus,
} from '../domain/downloads/terms.ts';
import type { DownloadId, TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, OperatorHandle, TenantHandle } from './database.ts';
import type { DownloadsTable } from './download-tables.ts';
import type { SubjectPosition } from './subject-sources.ts';

export interface Download {
  id: DownloadId;
  kind: DownloadKind;
  format: DownloadFormat;
  status: DownloadStatus;
  filter: ClearFilter;
  /** Rows the file will have; null until they were counted. */
  rowTotal: number | null;
  rowCount: number;
  byteCount: number;
  /** How far a report is; null of a list and before the first look. */
  position: SubjectPosition | null;
  requestedBy: string;
  workflowId: string;
  createdAt: Instant;
  readyAt: Instant | null;
  expiresAt: Instant | null;
}

const choiceContext = (downloadId: DownloadId) => `downloads|choice|${downloadId}`;
const chunkContext = (downloadId: DownloadId, seq: number) =>
  `download_chunks|${downloadId}|${seq}`;

/** Notes a file that is to be made; `choice` is what chooses its contents. */
export async function insertDownload(
  t: TenantHandle,
  wish: Pick<Download, 'id' | 'kind' | 'format' | 'filter' | 'requestedBy' | 'workflowId'> & {
    choice: object;
  },
): Promise<Download> {
  const { id: downloadId, kind, format, choice } = wish;
  const row = await t.query
    .insertInto('downloads')
    .values({
      ...{ tenant_id: t.tenantId, id: downloadId, kind, format },
      choice_sealed: t.seal.sealText(JSON.stringify(choice), choiceContext(downloadId)),
      ...{ filter: JSON.stringify(wish.filter), requested_by: wish.requestedBy },
      workflow_id: wish.workflowId,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toDownload(row);
}

export async function findDownload(
  t: TenantHandle,
  downloadId: DownloadId,
): Promise<Download | undefined> {
  const row = await t.query
    .selectFrom('downloads')
    .selectAll()
    .where('id', '=', downloadId)
    .executeTakeFirst();
  return row && toDownload(row);
}

const listMax = 50;

/** What somebody asked for, newest first, at most 50. */
export async function listDownloads(t: TenantHandle, requestedBy: string): Promise<Download[]> {
  const rows = await t.query
    .selectFrom('downloads')
    .selectAll()
    .where('requested_by', '=', requestedBy)
    .where('status', '<>', 'deleted')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(listMax)
    .execute();
  return rows.map(toDownload);
}

/** How many files of somebody are being made. */
export async function countRunningDownloads(t: TenantHandle, requestedBy: string): Promise<number> {
  const counted = await t.query
    .selectFrom('downloads')
    .select(sql<number>`count(*)`.as('count'))
    .where('requested_by', '=', requestedBy)
    .where('status', '=', 'running')
    .executeTakeFirstOrThrow();
  return counted.count;
}

function toDownload(row: Selectable<DownloadsTable>): Download {
  const { id: downloadId, kind, format, status, filter } = row;
  return {
    ...{ id: downloadId, kind, format, status, filter },
    ...{ rowTotal: row.row_total, rowCount: row.row_count, byteCount: row.byte_count },
    position: row.position,
    ...{ requestedBy: row.requested_by, workflowId: row.workflow_id },
    ...{ createdAt: row.created_at, readyAt: row.ready_at, expiresAt: row.expires_at },
  };
}

/** One attempt at writing a file; whoever began later is the only one who may. */
export interface DownloadWriting {
  downloadId: DownloadId;
  attempt: number;
}

/** What an attempt has to write. */
export interface BegunDownload
  extends DownloadWriting, Pick<Download, 'kind' | 'format' | 'requestedBy'> {
  choice: string;
}

/**
 * Begins an attempt and answers what to write; undefined when the file is not to be made any more.
 * Whoever wrote before is refused from now on. A list begins with its first byte; a report about a
 * person goes on where it stopped.
 */
export async function beginDownload(
  t: TenantHandle,
  downloadId: DownloadId,
): Promise<BegunDownload | undefined> {
  const begun = await t.query
    .updateTable('downloads')
    .set({ attempt: sql`attempt + 1` })
    .where('id', '=', downloadId)
    .where('status', '=', 'running')
    .returning(['attempt', 'kind', 'format', 'requested_by', 'choice_sealed'])
    .executeTakeFirst();
  if (begun?.choice_sealed === undefined || begun.choice_sealed === null) return undefined;
  const { attempt, kind, format, requested_by: requestedBy, choice_sealed: sealed } = begun;
  if (kind !== subjectReportKind) {
    await eraseChunks(t, downloadId);
    await held(t, { downloadId, attempt }).set({ row_count: 0, byte_count: 0 }).execute();
  }
  const choice = t.seal.openText(sealed, choiceContext(downloadId));
  return { downloadId, attempt, kind, format, requestedBy, choice };
}

/** Notes how many rows there will be. */
export async function expectRows(
  t: TenantHandle,
  writing: DownloadWriting,
  rowTotal: number,
): Promise<void> {
  await held(t, writing).set({ row_total: rowTotal }).execute();
}

/** Seals and stores the next piece; false when this attempt may not write any more. */
export async function appendDownloadChunk(
  t: TenantHandle,
  writing: DownloadWriting,
  piece: { seq: number; bytes: Uint8Array; rowCount: number },
): Promise<boolean> {
  const { seq, bytes, rowCount } = piece;
  const { downloadId } = writing;
  const noted = await held(t, writing)
    .set({ row_count: rowCount, byte_count: sql`byte_count + ${bytes.byteLength}` })
    .executeTakeFirst();
  if (noted.numUpdatedRows !== 1n) return false;
  const sealed = t.seal.sealBytes(bytes, chunkContext(downloadId, seq));
  await t.query
    .insertInto('download_chunks')
    .values({ tenant_id: t.tenantId, download_id: downloadId, seq, sealed })
    .execute();
  return true;
}

/** Makes the file available for some hours; false when this attempt may not write any more. */
export async function finishDownload(
  t: TenantHandle,
  writing: DownloadWriting,
  { rowCount, hours }: { rowCount: number; hours: number },
): Promise<boolean> {
  const done = await held(t, writing)
    .set({
      ...{ status: 'ready', choice_sealed: null, row_count: rowCount },
      ready_at: sql<Instant>`now()`,
      expires_at: sql<Instant>`now() + make_interval(hours => ${hours})`,
    })
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** Ends what cannot be made: there is more than the format can hold. */
export async function refuseDownload(t: TenantHandle, writing: DownloadWriting): Promise<void> {
  await held(t, writing).set({ status: 'refused', choice_sealed: null }).execute();
}

function held(t: TenantHandle, { downloadId, attempt }: DownloadWriting) {
  return t.query
    .updateTable('downloads')
    .where('id', '=', downloadId)
    .where('attempt', '=', attempt)
    .where('status', '=', 'running');
}

/** How far a report is; a look goes on behind its place. */
export interface ReportPlace {
  /** Null before the first look. */
  position: SubjectPosition | null;
  recordCount: number;
  nextSeq: number;
}

/** Where the report stands, held until the end of the transaction; undefined when it is not ours. */
export async function holdReport(
  t: TenantHandle,
  writing: DownloadWriting,
): Promise<ReportPlace | undefined> {
  const row = await t.query
    .selectFrom('downloads')
    .select(['position', 'row_count'])
    .where('id', '=', writing.downloadId)
    .where('attempt', '=', writing.attempt)
    .where('status', '=', 'running')
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const chunks = await t.query
    .selectFrom('download_chunks')
    .select(sql<number>`coalesce(max(seq) + 1, 0)`.as('next'))
    .where('download_id', '=', writing.downloadId)
    .executeTakeFirstOrThrow();
  return { position: row.position, recordCount: row.row_count, nextSeq: chunks.next };
}

/** Notes behind which row the next look goes on. */
export async function placeReport(
  t: TenantHandle,
  writing: DownloadWriting,
  position: SubjectPosition,
): Promise<void> {
  await held(t, writing)
    .set({ position: JSON.stringify(position) })
    .execute();
}

/**
 * Erases every file that is ready and whatever is being made: somebody was forgotten, and files may
 * still speak of them. Answers how many.
 */
export async function eraseAllDownloads(t: TenantHandle): Promise<number> {
  const gone = await t.query
    .updateTable('downloads')
    .set({
      status: sql`case status when 'ready' then 'expired' else 'deleted' end`,
      choice_sealed: null,
    })
    .where('status', 'in', ['running', 'ready'])
    .executeTakeFirst();
  await t.query.deleteFrom('download_chunks').execute();
  return Number(gone.numUpdatedRows);
}

/** Takes a file away, whether it is ready or still being made; false when there is none any more. */
export async function deleteDownload(t: TenantHandle, downloadId: DownloadId): Promise<boolean> {
  const gone = await t.query
    .updateTable('downloads')
    .set({ status: 'deleted', choice_sealed: null })
    .where('id', '=', downloadId)
    .where('status', '<>', 'deleted')
    .executeTakeFirst();
  await eraseChunks(t, downloadId);
  return gone.numUpdatedRows === 1n;
}

/** Erases a file whose time is over; false when somebody did so before. */
export async function expireDownload(t: TenantHandle, downloadId: DownloadId): Promise<boolean> {
  const over = await t.query
    .updateTable('downloads')
    .set({ status: 'expired' })
    .where('id', '=', downloadId)
    .where('status', '=', 'ready')
    .where('expires_at', '<=', sql<Instant>`now()`)
    .executeTakeFirst();
  if (over.numUpdatedRows !== 1n) return false;
  await eraseChunks(t, downloadId);
  return true;
}

/** Files whose time is over and that are still there, of every tenant. */
export function listOverDownloads(
  o: OperatorHandle,
): Promise<{ tenant_id: TenantId; id: DownloadId }[]> {
  return o.query
    .selectFrom('downloads')
    .select(['tenant_id', 'id'])
    .where('status', '=', 'ready')
    .where('expires_at', '<=', sql<Instant>`now()`)
    .limit(1_000)
    .execute();
}

async function eraseChunks(t: TenantHandle, downloadId: DownloadId): Promise<void> {
  await t.query.deleteFrom('download_chunks').where('download_id', '=', downloadId).execute();
}

const chunksPerRead = 8;

/** The bytes of a file, with no transaction open between reads. Throws when pieces are missing. */
export async function* readDownload(
  db: Database,
  tenantId: TenantId,
  { id: downloadId, byteCount }: Pick<Download, 'id' | 'byteCount'>,
): AsyncGenerator<Buffer> {
  let left = byteCount;
  for (let next = 0; left > 0;) {
    const from = next;
    const pieces = await db.withTenant(tenantId, (t) => readPieces(t, downloadId, from), {
      readOnly: true,
    });
    if (pieces.length === 0) throw new Error(`download ${downloadId} has lost pieces`);
    for (const piece of pieces) {
      left -= piece.byteLength;
      yield piece;
    }
    next += pieces.length;
  }
}

async function readPieces(
  t: TenantHandle,
  downloadId: DownloadId,
  from: number,
): Promise<Buffer[]> {
  const rows = await t.query
    .selectFrom('download_chunks')
    .select(['seq', 'sealed'])
    .where('download_id', '=', downloadId)
    .where('seq', '>=', from)
    .orderBy('seq')
    .limit(chunksPerRead)
    .execute();
  return rows.map(({ seq, sealed }) => t.seal.openBytes(sealed, chunkContext(downloadId, seq)));
}
