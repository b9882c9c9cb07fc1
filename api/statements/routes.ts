/** Statements: sending files and reading what became of them. */
import { z } from 'zod';
import { findStatement, listStatements, type StatementFilter } from '../../db/statements.ts';
import type { Statement } from '../../db/statement-record.ts';
import { toPublicId } from '../../domain/ids.ts';
import { wordList } from '../filters.ts';
import { withIdempotency } from '../idempotency.ts';
import { newUuid } from '../new-id.ts';
import { showOperation } from '../operations/present.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { acceptUpload, type AcceptedUpload } from './accept-upload.ts';
import { showStatement } from './present.ts';
import { receiveUpload } from './receive-upload.ts';
import {
  acceptedStatement,
  statement,
  statementPage,
  statementStatuses,
  verdicts,
} from './schema.ts';
import { statementIntake } from './statement-intake.ts';
import { openUploadStore } from './upload-store.ts';

const uploadForm = z.strictObject({
  file: z.string().meta({ format: 'binary' }),
  password: z.string().max(256).optional().describe('Opens a locked PDF; it is never stored'),
});
const fileBytes = z.string().meta({ format: 'binary' });

const upload = route({
  method: 'post',
  path: '/v1/statements',
  tag: 'Statements',
  summary: 'Send a statement',
  description:
    'As multipart with a part `file` (and `password` for a locked PDF), or as the bytes themselves with X-File-Name. What the file is, is decided by its content. PDFs and workbooks may have 20 MB, CSV files 64 MB. The same bytes again give the same statement, so a repeat is harmless even without an idempotency key.',
  auth: 'statements:write',
  request: {},
  upload: {
    'multipart/form-data': uploadForm,
    'application/pdf': fileBytes,
    'text/csv': fileBytes,
    'application/octet-stream': fileBytes,
    'application/vnd.ms-excel': fileBytes,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': fileBytes,
  },
  idempotency: 'optional',
  responses: {
    200: { description: 'These bytes are known already', schema: acceptedStatement },
    202: { description: 'It is being read; follow the operation', schema: acceptedStatement },
  },
  problems: [
    'empty-file',
    'unsupported-type',
    'file-too-large',
    'encoding',
    'malformed-multipart',
    'unsupported-media-type',
    'request-timeout',
  ],
  handler: async (_input, call) => storeAndAccept(call),
});

const uploadKey = { method: 'post', path: '/v1/statements', idempotency: 'optional' } as const;

/** What is not accepted is not kept: neither refused bytes nor a second copy of known ones. */
async function storeAndAccept(call: Call) {
  const { db, now } = call.dependencies;
  const { tenantId, userId } = call.principal;
  const store = openUploadStore(db, { id: newUuid(now()), tenantId, createdBy: userId });
  let isKept = false;
  try {
    const received = await receiveUpload(call.request, { sink: store, intake: statementIntake });
    if ('problem' in received) return received;
    const asked = { route: uploadKey, call, body: received.file.sha256 };
    return await withIdempotency(asked, async () => {
      const accepted = await acceptUpload(call, store.uploadId, received);
      isKept = !accepted.isDuplicate;
      return showAccepted(call, accepted);
    });
  } finally {
    if (!isKept) await store.discard();
  }
}

function showAccepted(call: Call, accepted: AcceptedUpload) {
  const { runUrl } = call.dependencies.temporal;
  const operation = showOperation(accepted.operation, runUrl);
  const shown = showStatement(accepted.statement, runUrl);
  const status: 200 | 202 = accepted.isDuplicate ? 200 : 202;
  return {
    status,
    body: { statement: shown, operation, duplicate: accepted.isDuplicate },
    headers: { Location: `/v1/operations/${operation.id}` },
  };
}

const list = route({
  method: 'get',
  path: '/v1/statements',
  tag: 'Statements',
  summary: 'Statements by time of upload',
  auth: 'statements:read',
  request: {
    query: z.strictObject({
      status: wordList(statementStatuses).optional(),
      verdict: wordList(verdicts).optional(),
      accountId: idSchema('account').optional(),
      q: z.string().trim().min(1).max(100).optional().describe('Part of the file name'),
      'createdAt[gte]': instantSchema.optional(),
      'createdAt[lt]': instantSchema.optional(),
      sort: z.enum(['-createdAt', 'createdAt']).default('-createdAt'),
      ...pageQuery(200),
    }),
  },
  responses: { 200: { description: 'One page', schema: statementPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { temporal } = call.dependencies;
    const after = positionIn(call, query, listPosition);
    const request = {
      filter: filterOf(query),
      isDescending: query.sort === '-createdAt',
      limit: query.limit + 1,
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, (t) => listStatements(t, request));
    const show = (row: Statement) => showStatement(row, temporal.runUrl);
    return { status: 200, body: pageFrom(call, query, { rows, show, position: positionOf }) };
  },
});

const listPosition = z.strictObject({ createdAt: instantSchema, id: idSchema('statement') });

function positionOf({ createdAt, id }: Statement): z.input<typeof listPosition> {
  return { createdAt, id: toPublicId('statement', id) };
}

type ListQuery = Partial<{ [Name in keyof StatementFilter]: StatementFilter[Name] | undefined }> & {
  'createdAt[gte]'?: StatementFilter['createdFrom'] | undefined;
  'createdAt[lt]'?: StatementFilter['createdBefore'] | undefined;
};

function filterOf(query: ListQuery): StatementFilter {
  const { status, verdict, accountId, q } = query;
  const { 'createdAt[gte]': createdFrom, 'createdAt[lt]': createdBefore } = query;
  return {
    ...(status === undefined ? {} : { status }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(q === undefined ? {} : { q }),
    ...(createdFrom === undefined ? {} : { createdFrom }),
    ...(createdBefore === undefined ? {} : { createdBefore }),
  };
}

const read = route({
  method: 'get',
  path: '/v1/statements/{id}',
  tag: 'Statements',
  summary: 'One statement with its proof',
  auth: 'statements:read',
  request: { params: z.strictObject({ id: idSchema('statement') }) },
  responses: {
    200: { description: 'The statement', schema: statement },
    304: { description: 'It has not changed since the version in If-None-Match' },
  },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { temporal } = call.dependencies;
    const found = await readOwn(call, (t) => findStatement(t, id));
    if (found === undefined) return problem('not-found');
    return {
      status: 200,
      body: showStatement(found, temporal.runUrl),
      headers: { ETag: entityTag(found.version) },
    };
  },
});

export const statementRoutes: readonly Route[] = [upload, list, read];
