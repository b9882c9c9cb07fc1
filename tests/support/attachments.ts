/** Receipts on rows, as small files of each kind. */
import { createHash, randomUUID } from 'node:crypto';
import type { TenantHandle } from '../../db/database.ts';
import { attachFile, type AttachWish } from '../../db/row-attachments.ts';
import { appendChunk, startUpload } from '../../db/uploads.ts';
import { id, type AttachmentId, type TransactionId, type UserId } from '../../domain/ids.ts';
import type { AttachmentKind } from '../../domain/statements/attachments.ts';

const beginnings: Readonly<Record<AttachmentKind, string>> = {
  jpeg: '\xff\xd8\xff\xe0',
  png: '\x89PNG\r\n\x1a\n',
  webp: 'RIFF\x00\x00\x00\x00WEBPVP8 ',
  pdf: '%PDF-1.7\n',
};

/** Bytes that begin as files of the kind do, unlike any other. */
export function receiptBytes(kind: AttachmentKind, text: string = randomUUID()): Buffer {
  return Buffer.from(beginnings[kind] + text, 'latin1');
}

/** Stores bytes and asks to put them on a row; what came of it is for the test to look at. */
export async function putOn(
  t: TenantHandle,
  on: { transactionId: TransactionId; userId: UserId; fileName: string; bytes: Buffer },
): Promise<{ attachmentId: AttachmentId; outcome: Awaited<ReturnType<typeof attachFile>> }> {
  const { transactionId, userId, fileName, bytes } = on;
  const attachmentId = id('attachment', randomUUID());
  await startUpload(t, { id: attachmentId, fileName, createdBy: userId });
  await appendChunk(t, { uploadId: attachmentId, seq: 0, bytes });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file: AttachWish['file'] = {
    ...{ fileName, sizeBytes: bytes.length, sha256, mediaKind: 'png' },
  };
  const who = { actor: `user:${userId}`, requestId: randomUUID() };
  const outcome = await attachFile(t, { transactionId, attachmentId, file, ...who });
  return { attachmentId, outcome };
}

/** A picture that is on the row. */
export async function anAttachment(
  t: TenantHandle,
  on: { transactionId: TransactionId; userId: UserId; fileName: string },
): Promise<AttachmentId> {
  const { attachmentId, outcome } = await putOn(t, { ...on, bytes: receiptBytes('png') });
  if (outcome !== 'attached') throw new Error(`the picture was ${outcome}`);
  return attachmentId;
}
