/**
 * Photos and PDFs of receipts on a row, kept by what the row is. Their bytes are an upload of the
 * same id; one that was taken off can be put back for a day, then the sweep erases it.
 */
import { sql } from 'kysely';
import type { AuditAction } from '../domain/audit/actions.ts';
import type { AttachmentId, TransactionId } from '../domain/ids.ts';
import {
  attachedBytesMax,
  attachmentName,
  attachmentsMax,
  type AttachmentKind,
} from '../domain/statements/attachments.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import { lockRow } from './row-marks.ts';
import type { RowPlace } from './row-tags.ts';
import { completeUpload } from './uploads.ts';

export interface Attachment {
  id: AttachmentId;
  fileName: string;
  kind: AttachmentKind;
  sizeBytes: number;
  createdAt: Instant;
}

interface Deed {
  actor: string;
  requestId: string;
}

export interface AttachWish extends Deed {
  transactionId: TransactionId;
  /** Names its upload as well, whose bytes are stored already. */
  attachmentId: AttachmentId;
  file: { fileName: string; sizeBytes: number; sha256: string; mediaKind: AttachmentKind };
}

export type NoRoom = 'not-found' | 'too-many-attachments' | 'attachments-full';

/**
 * Puts a stored upload on a live row. Bytes the row has already are not put on it again (`known`),
 * and the upload is then nobody's.
 */
export async function attachFile(
  t: TenantHandle,
  wish: AttachWish,
): Promise<'attached' | 'known' | NoRoom> {
  const { transactionId, attachmentId, file, actor, requestId } = wish;
  await oneAtATime(t);
  const row = await lockRow(t, transactionId);
  if (row === undefined) return 'not-found';
  if (await hasBytes(t, row, file.sha256)) return 'known';
  const refusal = await refusalOf(t, row, file.sizeBytes);
  if (refusal !== undefined) return refusal;
  const { mediaKind: kind, sizeBytes, sha256 } = file;
  await completeUpload(t, { id: attachmentId, sizeBytes, sha256, mediaKind: kind });
  await sql`
    insert into ${t.table('row_attachments')} (tenant_id, id, account_id, identity, file_name)
    values (${t.tenantId}, ${attachmentId}, ${row.accountId}, ${row.identity},
      ${attachmentName(file.fileName, kind)})`.execute(t.query);
  const detail = { attachmentId, kind, sizeBytes, sha256 };
  await note(t, { transactionId, action: attachActions.added, detail, actor, requestId });
  return 'attached';
}

/** Why a file of so many bytes has no place at a row; undefined when it has one now. */
export async function findNoRoom(
  t: TenantHandle,
  transactionId: TransactionId,
  sizeBytes: number,
): Promise<NoRoom | undefined> {
  const row = await findRow(t, transactionId);
  return row === undefined ? 'not-found' : refusalOf(t, row, sizeBytes);
}

async function findRow(t: TenantHandle, id: TransactionId): Promise<RowPlace | undefined> {
  const found = await sql<RowPlace>`
    select account_id as "accountId", identity from ${t.table('transactions')}
    where id = ${id} and reversed_at is null`.execute(t.query);
  return found.rows[0];
}

/** Two files that both fit alone may not fit together, on whichever rows. */
async function oneAtATime(t: TenantHandle): Promise<void> {
  await sql`select pg_advisory_xact_lock(
    hashtextextended('attachments ' || ${t.tenantId}, 0))`.execute(t.query);
}

async function hasBytes(t: TenantHandle, row: RowPlace, sha256: string): Promise<boolean> {
  const found = await sql`
    select from ${t.table('row_attachments')} a
    join ${t.table('uploads')} u on u.id = a.id
    where a.account_id = ${row.accountId} and a.identity = ${row.identity}
      and a.removed_at is null and u.sha256 = ${sha256} limit 1`.execute(t.query);
  return found.rows.length > 0;
}

async function refusalOf(
  t: TenantHandle,
  row: RowPlace,
  sizeBytes: number,
): Promise<NoRoom | undefined> {
  if ((await countAt(t, row)) >= attachmentsMax) return 'too-many-attachments';
  const taken = await sql<{ bytes: number }>`
    select coalesce(sum(u.size_bytes), 0)::bigint as bytes
    from ${t.table('row_attachments')} a
    join ${t.table('uploads')} u on u.id = a.id`.execute(t.query);
  const bytes = taken.rows[0]?.bytes ?? 0;
  return bytes + sizeBytes > attachedBytesMax ? 'attachments-full' : undefined;
}

async function countAt(t: TenantHandle, row: RowPlace): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from ${t.table('row_attachments')} a
    where a.account_id = ${row.accountId} and a.identity = ${row.identity}
      and a.removed_at is null`.execute(t.query);
  return found.rows[0]?.count ?? 0;
}

/** What stands on a live row, the first one first. */
export async function attachmentsOf(
  t: TenantHandle,
  transactionId: TransactionId,
): Promise<Attachment[]> {
  const found = await sql<Attachment>`
    select a.id, a.file_name as "fileName", u.media_kind as kind, u.size_bytes as "sizeBytes",
      a.created_at as "createdAt"
    from ${t.table('transactions')} x
    join ${t.table('row_attachments')} a
      on a.account_id = x.account_id and a.identity = x.identity and a.removed_at is null
    join ${t.table('uploads')} u on u.id = a.id
    where x.id = ${transactionId} and x.reversed_at is null
    order by a.created_at, a.id`.execute(t.query);
  return found.rows;
}

export interface PlacedAttachment extends Pick<Attachment, 'fileName' | 'kind' | 'sizeBytes'> {
  transactionId: TransactionId;
  isRemoved: boolean;
}

/** A file of a live row, also one that was taken off and can be put back. */
export async function findAttachment(
  t: TenantHandle,
  attachmentId: AttachmentId,
): Promise<PlacedAttachment | undefined> {
  const found = await sql<PlacedAttachment>`
    select x.id as "transactionId", a.file_name as "fileName", u.media_kind as kind,
      u.size_bytes as "sizeBytes", a.removed_at is not null as "isRemoved"
    from ${t.table('row_attachments')} a
    join ${t.table('uploads')} u on u.id = a.id
    join ${t.table('transactions')} x on x.account_id = a.account_id
      and x.identity = a.identity and x.reversed_at is null
    where a.id = ${attachmentId}`.execute(t.query);
  return found.rows[0];
}

/** Takes a file off its row; answers which one, undefined when there is no such file. */
export async function removeAttachment(
  t: TenantHandle,
  attachmentId: AttachmentId,
  deed: Deed,
): Promise<TransactionId | undefined> {
  const placed = await findAttachment(t, attachmentId);
  if (placed === undefined) return undefined;
  const { transactionId } = placed;
  if (await setRemoved(t, attachmentId, true)) {
    await note(t, {
      transactionId,
      action: attachActions.removed,
      detail: { attachmentId },
      ...deed,
    });
  }
  return transactionId;
}

/** Puts a file back that was taken off; it needs a free place on its row. */
export async function restoreAttachment(
  t: TenantHandle,
  attachmentId: AttachmentId,
  deed: Deed,
): Promise<{ transactionId: TransactionId } | 'not-found' | 'too-many-attachments'> {
  const placed = await findAttachment(t, attachmentId);
  const row = placed && (await lockRow(t, placed.transactionId));
  if (placed === undefined || row === undefined) return 'not-found';
  const { transactionId } = placed;
  if (placed.isRemoved && (await countAt(t, row)) >= attachmentsMax) return 'too-many-attachments';
  if (await setRemoved(t, attachmentId, false)) {
    const action = attachActions.restored;
    await note(t, { transactionId, action, detail: { attachmentId }, ...deed });
  }
  return { transactionId };
}

/** False when it was so already. */
async function setRemoved(
  t: TenantHandle,
  attachmentId: AttachmentId,
  isRemoved: boolean,
): Promise<boolean> {
  const done = await sql`
    update ${t.table('row_attachments')} a
    set removed_at = case when ${isRemoved} then now() end
    where a.id = ${attachmentId} and (a.removed_at is null) = ${isRemoved}`.execute(t.query);
  return done.numAffectedRows === 1n;
}

/** The audit log says what kind of file, never what it is called. */
export const attachActions = {
  added: 'transaction.attach',
  removed: 'transaction.detach',
  restored: 'transaction.reattach',
} as const;

async function note(
  t: TenantHandle,
  entry: Deed & {
    transactionId: TransactionId;
    action: AuditAction;
    detail: Record<string, unknown>;
  },
): Promise<void> {
  const { transactionId, ...rest } = entry;
  await appendAudit(t, { ...rest, objectKind: 'transaction', objectId: transactionId });
}
