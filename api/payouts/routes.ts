/** Bulk payouts: lists from a file or an API call, looked at first, then submitted as one. */
import { z } from 'zod';
import {
  countRows,
  countRowsOf,
  findBatch,
  listBatches,
  listBatchRows,
  type BatchRow,
} from '../../db/payout-batches.ts';
import { batchStatuses } from '../../db/payout-tables.ts';
import { batchCandidates } from '../../domain/disbursements/batch-rows.ts';
import { toPublicId } from '../../domain/ids.ts';
import { wordList } from '../filters.ts';
import { withIdempotency } from '../idempotency.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { download } from '../sheets/download.ts';
import { batchSheet } from './batch-sheet.ts';
import { showBatch, showRow, type CountedBatch } from './present.ts';
import { recordBatch } from './record.ts';
import { listProblems, listUpload, readListFile } from '../list-file.ts';
import {
  batchQuery,
  batchRequest,
  batchRowPage,
  batchRowStates,
  payoutBatch,
  payoutBatchPage,
} from './schema.ts';

const params = z.strictObject({ id: idSchema('payoutBatch') });
const drafted = { 201: { description: 'The batch, to be looked at', schema: payoutBatch } };

const create = route({
  method: 'post',
  path: '/v1/payout-batches',
  tag: 'Payout batches',
  summary: 'Draft a batch from rows',
  description:
    'At most 1,000 rows. Every row is kept with its problem, if it has one; nothing is paid before the batch is submitted.',
  auth: 'disbursements:write',
  request: { body: batchRequest },
  idempotency: 'required',
  responses: drafted,
  problems: ['shortcode-unusable'],
  handler: async ({ body }, call) => {
    const candidates = body.rows.map((row, index) => ({ ordinal: index + 1, ...row }));
    const { shortcodeId, kind, name } = body;
    return shown(
      call,
      await recordBatch(call, { shortcodeId, kind, name, source: 'api', candidates }),
    );
  },
});

const uploadKey = {
  method: 'post',
  path: '/v1/payout-batches/upload',
  idempotency: 'optional',
} as const;

const upload = route({
  method: 'post',
  path: '/v1/payout-batches/upload',
  tag: 'Payout batches',
  summary: 'Draft a batch from a CSV or XLSX file',
  description:
    'The first row names the columns: `phone` (or `number`) and `amount`, and if wanted `name`, `account`, `reference`, `remarks`. At most 1,000 rows and 2 MB.',
  auth: 'disbursements:write',
  request: { query: batchQuery },
  upload: listUpload,
  idempotency: 'optional',
  responses: drafted,
  problems: ['shortcode-unusable', ...listProblems],
  handler: async ({ query }, call) => {
    const file = await readListFile(call);
    if ('problem' in file) return file;
    const asked = { route: uploadKey, call, body: [query, file.table] };
    return withIdempotency(asked, async () => {
      const candidates = batchCandidates(file.table);
      if (!candidates.ok) return problem('columns', { detail: candidates.refusal.message });
      const wish = { ...query, source: file.source, candidates: candidates.value };
      return shown(call, await recordBatch(call, wish));
    });
  },
});

function shown(call: Call, recorded: CountedBatch | Problem) {
  if ('problem' in recorded) return recorded;
  const body = showBatch(recorded, call.dependencies.temporal.runUrl);
  const status = 201 as const;
  return { status, body, headers: { Location: `/v1/payout-batches/${body.id}` } };
}

const list = route({
  method: 'get',
  path: '/v1/payout-batches',
  tag: 'Payout batches',
  summary: 'Batches, newest first',
  auth: 'disbursements:read',
  request: {
    query: z.strictObject({ status: wordList(batchStatuses).optional(), ...pageQuery(100) }),
  },
  responses: { 200: { description: 'One page', schema: payoutBatchPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { temporal } = call.dependencies;
    const after = positionIn(call, query, listPosition);
    const request = {
      limit: query.limit + 1,
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, async (t) => {
      const batches = await listBatches(t, request);
      const countsOf = await countRowsOf(
        t,
        batches.map(({ id }) => id),
      );
      return batches.map((batch) => ({ batch, counts: countsOf(batch.id) }));
    });
    const show = (row: CountedBatch) => showBatch(row, temporal.runUrl);
    const position = ({ batch }: CountedBatch): z.input<typeof listPosition> => ({
      createdAt: batch.createdAt,
      id: toPublicId('payoutBatch', batch.id),
    });
    return { status: 200, body: pageFrom(call, query, { rows, show, position }) };
  },
});

const listPosition = z.strictObject({ createdAt: instantSchema, id: idSchema('payoutBatch') });

const read = route({
  method: 'get',
  path: '/v1/payout-batches/{id}',
  tag: 'Payout batches',
  summary: 'One batch with how its rows stand',
  auth: 'disbursements:read',
  request: { params },
  responses: { 200: { description: 'The batch', schema: payoutBatch } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { temporal } = call.dependencies;
    const found = await readOwn(call, async (t) => {
      const batch = await findBatch(t, id);
      return batch && { batch, counts: await countRows(t, id) };
    });
    if (found === undefined) return problem('not-found');
    return {
      status: 200,
      body: showBatch(found, temporal.runUrl),
      headers: { ETag: entityTag(found.batch.version) },
    };
  },
});

const rowPosition = z.strictObject({ ordinal: z.int() });

const rows = route({
  method: 'get',
  path: '/v1/payout-batches/{id}/rows',
  tag: 'Payout batches',
  summary: 'Rows of a batch in the order of the file',
  auth: 'disbursements:read',
  request: {
    params,
    query: z.strictObject({ state: wordList(batchRowStates).optional(), ...pageQuery(200) }),
  },
  responses: { 200: { description: 'One page', schema: batchRowPage } },
  problems: ['not-found', 'invalid-cursor'],
  handler: async ({ params: { id }, query }, call) => {
    const after = positionIn(call, query, rowPosition);
    const found = await readOwn(call, async (t) => {
      if ((await findBatch(t, id)) === undefined) return undefined;
      const page = { batchId: id, afterOrdinal: after?.ordinal ?? 0, limit: query.limit + 1 };
      const states = query.state === undefined ? {} : { states: query.state };
      return listBatchRows(t, { ...page, ...states });
    });
    if (found === undefined) return problem('not-found');
    const position = ({ ordinal }: { ordinal: number }) => ({ ordinal });
    return { status: 200, body: pageFrom(call, query, { rows: found, show: showRow, position }) };
  },
});

const results = route({
  method: 'get',
  path: '/v1/payout-batches/{id}/results',
  tag: 'Payout batches',
  summary: 'What became of every row, as CSV',
  auth: 'disbursements:read',
  request: { params },
  responses: { 200: { description: 'The file', media: ['text/csv'] } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, async (t) => {
      if ((await findBatch(t, id)) === undefined) return undefined;
      return listBatchRows(t, { batchId: id, afterOrdinal: 0, limit: 1_000 });
    });
    if (found === undefined) return problem('not-found');
    const name = toPublicId('payoutBatch', id);
    const taking = {
      list: 'payout-batch-rows',
      name,
      format: 'csv',
      asked: { batchId: name },
    } as const;
    return download(call, batchSheet, { ...taking, batches: () => inOnePiece(found) });
  },
});

async function* inOnePiece(rows: readonly BatchRow[]) {
  yield rows;
}

export const payoutBatchRoutes: readonly Route[] = [create, upload, list, read, rows, results];
