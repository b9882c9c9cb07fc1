/** Receipts people put on rows, in memory. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Attachment, TransactionDetail } from '../../../api/transactions/schema.ts';
import { attachmentKindOf, attachmentMedia } from '../../../domain/statements/attachments.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';
import { fixtureNowMs, publicId } from './fixture-rows.ts';

interface Kept {
  file: Attachment;
  bytes: Buffer;
  row: TransactionDetail;
}
const kept: Kept[] = [];

/** Answers as the API does; false for every other path. */
export async function answerAttachments(
  call: { request: IncomingMessage; response: ServerResponse },
  { path, rows }: { path: string; rows: readonly TransactionDetail[] },
): Promise<boolean> {
  const { request, response } = call;
  const onRow = /^\/transactions\/(txn_\w+)\/attachments$/.exec(path)?.[1];
  const [, id, deed] = /^\/attachments\/(att_\w+)(\/restore)?$/.exec(path) ?? [];
  if (onRow === undefined && id === undefined) return false;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const row = rows.find((one) => one.id === onRow);
  const found = kept.find(({ file }) => file.id === id);
  if (row !== undefined) answer(response, attach(row, request, Buffer.concat(chunks)));
  else if (found === undefined) answer(response, refused(404, 'not-found'));
  else if (deed !== undefined) answer(response, put(found, true));
  else if (request.method === 'DELETE') answer(response, { ...put(found, false), status: 204 });
  else {
    response.writeHead(200, {
      'Content-Type': attachmentMedia[found.file.kind],
      'Content-Disposition': `attachment; filename="${found.file.fileName}"`,
    });
    response.end(found.bytes);
  }
  return true;
}

interface Answer {
  status: number;
  body: unknown;
}

const refused = (status: number, code: string): Answer => ({ status, body: { code, status } });

function attach(row: TransactionDetail, request: IncomingMessage, bytes: Buffer): Answer {
  const kind = attachmentKindOf(bytes);
  if (kind === undefined) return refused(415, 'not-a-receipt');
  if (row.attachments.length >= 5) return refused(409, 'too-many-attachments');
  const file: Attachment = {
    ...{ id: publicId('att', kept.length + 1), kind, sizeBytes: bytes.length },
    fileName: decodeURIComponent(String(request.headers['x-file-name'])),
    createdAt: instantFromEpochMs(fixtureNowMs),
  };
  kept.push({ file, bytes, row });
  return put({ file, row }, true);
}

function put({ file, row }: Pick<Kept, 'file' | 'row'>, isOn: boolean): Answer {
  const others = row.attachments.filter(({ id }) => id !== file.id);
  Object.assign(row, { attachments: isOn ? [...others, file] : others });
  return { status: 200, body: { ...row } };
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
