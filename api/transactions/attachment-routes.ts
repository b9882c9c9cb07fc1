/** Photos and PDFs of receipts on a transaction. */
import { create as contentDisposition } from 'content-disposition';
import { z } from 'zod';
import {
  attachFile,
  findAttachment,
  findNoRoom,
  removeAttachment,
  restoreAttachment,
} from '../../db/row-attachments.ts';
import { findTransaction } from '../../db/transactions.ts';
import { readUpload } from '../../db/uploads.ts';
import { id, type TransactionId } from '../../domain/ids.ts';
import {
  attachmentBytesMax,
  attachmentHeadBytes,
  attachmentKindOf,
  attachmentMedia,
  type AttachmentKind,
} from '../../domain/statements/attachments.ts';
import { actorOf } from '../auth/principal.ts';
import { withIdempotency } from '../idempotency.ts';
import { newUuid } from '../new-id.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call } from '../route.ts';
import type { Intake, ReceivedFile } from '../statements/byte-intake.ts';
import { receiveUpload } from '../statements/receive-upload.ts';
import { openUploadStore } from '../statements/upload-store.ts';
import { streamed } from '../stream-body.ts';
import { showTransactionDetail } from './present.ts';
import { transactionDetail } from './schema.ts';

const params = z.strictObject({ id: idSchema('attachment') });
const fileBytes = z.string().meta({ format: 'binary' });
const media = Object.values(attachmentMedia);

const intake: Intake<AttachmentKind> = {
  bytesMax: attachmentBytesMax,
  types: new Set([...media, 'application/octet-stream']),
  fields: new Set(),
  unnamed: 'receipt',
  headBytes: attachmentHeadBytes,
  look(head, sizeBytes) {
    if (sizeBytes === 0) return problem('empty-file');
    const mediaKind = attachmentKindOf(head);
    if (mediaKind === undefined) return problem('not-a-receipt');
    return sizeBytes > attachmentBytesMax ? problem('file-too-large') : { mediaKind };
  },
};

const attachKey = {
  method: 'post',
  path: '/v1/transactions/{id}/attachments',
  idempotency: 'optional',
} as const;

export const attach = route({
  ...attachKey,
  tag: 'Transactions',
  summary: 'Put the photo or the PDF of a receipt on a transaction',
  description:
    'As multipart with a part `file`, or as the bytes themselves with X-File-Name: JPEG, PNG, WebP or PDF, decided by the content, at most 5 MB, at most 5 on one transaction. Pictures are kept as they are, so leave out what their camera noted beside the picture. The file belongs to the row, also after the statement is undone and sent again. The same bytes again change nothing.',
  auth: 'transactions:write',
  request: { params: z.strictObject({ id: idSchema('transaction') }) },
  upload: {
    'multipart/form-data': z.strictObject({ file: fileBytes }),
    ...Object.fromEntries([...intake.types].map((type) => [type, fileBytes])),
  },
  responses: { 200: { description: 'As it is now', schema: transactionDetail } },
  problems: [
    ...(['not-found', 'too-many-attachments', 'attachments-full'] as const),
    ...(['empty-file', 'not-a-receipt', 'file-too-large'] as const),
    ...(['malformed-multipart', 'unsupported-media-type', 'request-timeout'] as const),
  ],
  handler: async ({ params: { id: transactionId } }, call) => storeAndAttach(call, transactionId),
});

/** Nothing is stored for a row that is not there or full; what is not attached is not kept. */
async function storeAndAttach(call: Call, transactionId: TransactionId) {
  const { db, now } = call.dependencies;
  const { tenantId, userId } = call.principal;
  const refusal = await readOwn(call, (t) => findNoRoom(t, transactionId, 0));
  if (refusal !== undefined) return problem(refusal);
  const store = openUploadStore(db, { id: newUuid(now()), tenantId, createdBy: userId });
  let isKept = false;
  try {
    const received = await receiveUpload(call.request, { sink: store, intake });
    if ('problem' in received) return received;
    const { file } = received;
    return await withIdempotency({ route: attachKey, call, body: file.sha256 }, async () => {
      const done = await attachReceived(call, transactionId, { file, uploadId: store.uploadId });
      if (typeof done === 'string') return problem(done);
      isKept = done.isKept;
      return { status: 200 as const, body: showTransactionDetail(done.transaction) };
    });
  } finally {
    if (!isKept) await store.discard();
  }
}

function attachReceived(
  call: Call,
  transactionId: TransactionId,
  { file, uploadId }: { file: ReceivedFile<AttachmentKind>; uploadId: string },
) {
  const { principal, requestId } = call;
  const wish = { transactionId, attachmentId: id('attachment', uploadId), file };
  return changeOwn(call, async (t) => {
    const done = await attachFile(t, { ...wish, actor: actorOf(principal), requestId });
    if (done !== 'attached' && done !== 'known') return done;
    const transaction = await findTransaction(t, transactionId);
    return transaction === undefined
      ? ('not-found' as const)
      : { isKept: done === 'attached', transaction };
  });
}

export const fetchAttachment = route({
  method: 'get',
  path: '/v1/attachments/{id}',
  tag: 'Transactions',
  summary: 'Fetch a file that is on a transaction',
  description: 'Always as an attachment, with the type its content has.',
  auth: 'transactions:read',
  request: { params },
  responses: { 200: { description: 'The file', media } },
  problems: ['not-found'],
  handler: async ({ params: { id: attachmentId } }, call) => {
    const { principal } = call;
    const { db } = call.dependencies;
    const { tenantId } = principal;
    const found = await readOwn(call, (t) => findAttachment(t, attachmentId));
    if (found === undefined || found.isRemoved) return problem('not-found');
    return {
      status: 200,
      body: streamed(attachmentMedia[found.kind], () => readUpload(db, tenantId, attachmentId)),
      headers: {
        'Content-Disposition': contentDisposition(found.fileName, {
          fallback: inAscii(found.fileName),
        }),
        'X-Content-Type-Options': 'nosniff',
      },
    };
  },
});

/** For programs that read no other letters; `?`, the usual stand-in, is no letter of a file on Windows. */
function inAscii(fileName: string): string {
  return fileName.replaceAll(/[^\x20-\x7e]/g, '_');
}

export const detach = route({
  method: 'delete',
  path: '/v1/attachments/{id}',
  tag: 'Transactions',
  summary: 'Take a file off its transaction',
  description: 'It can be put back for a day, then it is erased. A repeat changes nothing.',
  auth: 'transactions:write',
  request: { params },
  responses: { 204: { description: 'It is off' } },
  problems: ['not-found'],
  handler: async ({ params: { id: attachmentId } }, call) => {
    const { principal, requestId } = call;
    const deed = { actor: actorOf(principal), requestId };
    const removed = await changeOwn(call, (t) => removeAttachment(t, attachmentId, deed));
    return removed === undefined ? problem('not-found') : { status: 204, body: undefined };
  },
});

export const reattach = route({
  method: 'post',
  path: '/v1/attachments/{id}/restore',
  tag: 'Transactions',
  summary: 'Put a file back that was taken off within the last day',
  auth: 'transactions:write',
  idempotency: 'optional',
  request: { params, body: z.strictObject({}) },
  responses: { 200: { description: 'The transaction as it is now', schema: transactionDetail } },
  problems: ['not-found', 'too-many-attachments'],
  handler: async ({ params: { id: attachmentId } }, call) => {
    const { principal, requestId } = call;
    const deed = { actor: actorOf(principal), requestId };
    const done = await changeOwn(call, async (t) => {
      const restored = await restoreAttachment(t, attachmentId, deed);
      if (typeof restored === 'string') return restored;
      return (await findTransaction(t, restored.transactionId)) ?? ('not-found' as const);
    });
    if (typeof done === 'string') return problem(done);
    return { status: 200, body: showTransactionDetail(done) };
  },
});
