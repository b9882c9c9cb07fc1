/** Many pushes from one file: looked at row by row first, then sent as one. */
import { z } from 'zod';
import {
  findBatch,
  insertBatch,
  listBatches,
  listBatchRows,
  type BatchRow,
  type CollectionBatch,
} from '../../db/collection-batches.ts';
import { batchStatuses } from '../../db/collection-tables.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  collectionRows,
  collectionRowsMax,
  type CollectionRow,
} from '../../domain/collections/batch-rows.ts';
import { toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { sum } from '../../domain/money.ts';
import { collectBatchWorkflowId } from '../../temporal/workflow-ids.ts';
import { actorOf } from '../auth/principal.ts';
import { shortcodeProblem } from '../collections/request-collection.ts';
import { wordList } from '../filters.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { listProblems, listUpload, readListFile } from '../list-file.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { download, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { showBatch, showRow } from './present.ts';
import {
  batchRowStates,
  collectionBatch,
  collectionBatchPage,
  collectionBatchRowPage,
} from './schema.ts';
import { batchSheet } from './sheet.ts';
import { idFor } from '../request-id.ts';
import { withIdempotency } from '../idempotency.ts';

const tag = 'Collection batches';
const params = z.strictObject({ id: idSchema('collectionBatch') });

const uploadKey = {
  method: 'post',
  path: '/v1/collection-batches/upload',
  idempotency: 'optional',
} as const;

const upload = route({
  method: 'post',
  path: '/v1/collection-batches/upload',
  tag,
  summary: 'Draft a batch of pushes from a CSV or XLSX file',
  description:
    'The first row names the columns: `phone`, `amount` and `reference`, and if wanted `description`. At most 1,000 rows and 2 MB. Nothing is sent before the batch is submitted.',
  auth: 'collections:write',
  request: {
    query: z.strictObject({
      shortcodeId: idSchema('shortcode'),
      fileName: z.string().trim().min(1).max(200),
    }),
  },
  upload: listUpload,
  idempotency: 'optional',
  responses: { 201: { description: 'The batch, to be looked at', schema: collectionBatch } },
  problems: ['shortcode-not-ready', ...listProblems],
  handler: async ({ query }, call) => {
    const file = await readListFile(call);
    if ('problem' in file) return file;
    const asked = { route: uploadKey, call, body: [query, file.table] };
    return withIdempotency(asked, async () => {
      const read = collectionRows(file.table);
      if (!read.ok) return problem('columns', { detail: read.refusal.message });
      const wish = { ...query, rows: read.value };
      const drafted = await changeOwn(call, async (t) => {
        const refusal = await shortcodeProblem(t, query.shortcodeId);
        if (refusal !== undefined) return problem('shortcode-not-ready');
        return showBatch(t, call, await draft(t, call, wish));
      });
      if ('problem' in drafted) return drafted;
      const headers = { Location: `/v1/collection-batches/${drafted.id}` };
      return { status: 201 as const, body: drafted, headers };
    });
  },
});

async function draft(
  t: TenantHandle,
  call: Call,
  wish: { shortcodeId: ShortcodeId; fileName: string; rows: readonly CollectionRow[] },
): Promise<CollectionBatch> {
  const { shortcodeId, fileName, rows } = wish;
  const id = idFor(call, 'collectionBatch', wish);
  const known = await findBatch(t, id);
  if (known !== undefined) return known;
  const good = rows.filter((row) => row.problem === null);
  const batch = {
    ...{ id, shortcodeId, fileName, rowCount: rows.length, badRowCount: rows.length - good.length },
    amountCents: sum(good.flatMap(({ amountCents }) => amountCents ?? [])),
    workflowId: collectBatchWorkflowId({ tenantId: t.tenantId, batchId: id }),
    createdBy: actorOf(call.principal),
  };
  await insertBatch(t, batch, rows);
  const stored = await findBatch(t, id);
  if (stored === undefined) throw new Error('an insert was lost');
  return stored;
}

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('collectionBatch') });

const list = route({
  method: 'get',
  path: '/v1/collection-batches',
  tag,
  summary: 'Batches of pushes, newest first',
  auth: 'collections:read',
  request: {
    query: z.strictObject({ status: wordList(batchStatuses).optional(), ...pageQuery(100) }),
  },
  responses: { 200: { description: 'One page', schema: collectionBatchPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const request = {
      limit: query.limit + 1,
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, async (t) => {
      const shown = [];
      for (const batch of await listBatches(t, request)) {
        shown.push({ batch, view: await showBatch(t, call, batch) });
      }
      return shown;
    });
    const body = pageFrom(call, query, {
      rows,
      show: ({ view }) => view,
      position: ({ batch }): z.input<typeof position> => ({
        createdAt: batch.createdAt,
        id: toPublicId('collectionBatch', batch.id),
      }),
    });
    return { status: 200, body };
  },
});

const read = route({
  method: 'get',
  path: '/v1/collection-batches/{id}',
  tag,
  summary: 'One batch with its rows by state',
  auth: 'collections:read',
  request: { params },
  responses: { 200: { description: 'The batch', schema: collectionBatch } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const shown = await within(call, async (t) => {
      const found = await findBatch(t, id);
      return found && showBatch(t, call, found);
    });
    return shown === undefined ? problem('not-found') : { status: 200, body: shown };
  },
});

function within<Result>(call: Call, work: (t: TenantHandle) => Promise<Result>): Promise<Result> {
  return changeOwn(call, work);
}

const rowPosition = z.strictObject({ rowNumber: z.int() });

const rows = route({
  method: 'get',
  path: '/v1/collection-batches/{id}/rows',
  tag,
  summary: 'The rows of a batch in the order of its file, each with what became of it',
  auth: 'collections:read',
  request: {
    params,
    query: z.strictObject({ state: wordList(batchRowStates).optional(), ...pageQuery(500) }),
  },
  responses: { 200: { description: 'One page', schema: collectionBatchRowPage } },
  problems: ['not-found', 'invalid-cursor'],
  handler: async ({ params: { id }, query }, call) => {
    const after = positionIn(call, query, rowPosition);
    const states = query.state === undefined ? {} : { states: query.state };
    const page = { afterRow: after?.rowNumber ?? 0, limit: query.limit + 1, ...states };
    const found = await within(call, async (t) =>
      (await findBatch(t, id)) === undefined ? undefined : listBatchRows(t, id, page),
    );
    if (found === undefined) return problem('not-found');
    const body = pageFrom(call, query, {
      rows: found,
      show: showRow,
      position: ({ rowNumber }) => ({ rowNumber }),
    });
    return { status: 200, body };
  },
});

const results = route({
  method: 'get',
  path: '/v1/collection-batches/{id}/results',
  tag,
  summary: 'What became of every row, as a file',
  auth: 'collections:read',
  request: { params, query: z.strictObject({ format: z.enum(sheetFormats).default('csv') }) },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: ['not-found'],
  handler: async ({ params: { id }, query: { format } }, call) => {
    const page = { afterRow: 0, limit: collectionRowsMax };
    const found = await within(call, async (t) =>
      (await findBatch(t, id)) === undefined ? undefined : listBatchRows(t, id, page),
    );
    if (found === undefined) return problem('not-found');
    const name = toPublicId('collectionBatch', id);
    const taking = { list: 'collection-batch-rows', name, format, asked: { batchId: name } };
    return download(call, batchSheet, { ...taking, batches: () => inOnePiece(found) });
  },
});

async function* inOnePiece(rows: readonly BatchRow[]) {
  yield rows;
}

export const collectionBatchRoutes: readonly Route[] = [upload, list, read, rows, results];
