/** Many pushes from one file: looked at row by row first, then sent as one. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import {
  countBatchRows,
  findBatch,
  insertBatch,
  listBatches,
  listBatchRows,
  moveBatch,
  type BatchRow,
  type CollectionBatch,
} from '../../db/collection-batches.ts';
import type { CollectionBatchId } from '../../db/collection-tables.ts';
import type { TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { collectionRows, type CollectionRow } from '../../domain/collections/batch-rows.ts';
import { toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { sum } from '../../domain/money.ts';
import { collectBatchWorkflowId } from '../../temporal/workflow-ids.ts';
import type { CollectionStart } from '../../workflows/collection-types.ts';
import { actorOf } from '../auth/principal.ts';
import { shortcodeProblem } from '../collections/request-collection.ts';
import { newId } from '../new-id.ts';
import { pageFrom, positionIn } from '../page.ts';
import { readPayoutFile } from '../payouts/read-file.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import {
  batchRowStates,
  collectionBatch,
  collectionBatchPage,
  type collectionBatchRow,
  collectionBatchRowPage,
} from './schema.ts';

const tag = 'Collection batches';
const params = z.strictObject({ id: idSchema('collectionBatch') });
const fileBytes = z.string().meta({ format: 'binary' });

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
  upload: {
    'text/csv': fileBytes,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': fileBytes,
    'application/octet-stream': fileBytes,
  },
  responses: { 201: { description: 'The batch, to be looked at', schema: collectionBatch } },
  problems: [
    'shortcode-not-ready',
    'empty-file',
    'encoding',
    'malformed-csv',
    'malformed-workbook',
    'file-too-large',
    'unsupported-type',
    'request-timeout',
    'columns',
  ],
  handler: async ({ query }, call) => {
    const file = await readPayoutFile(call.request);
    if ('problem' in file) return file;
    const read = collectionRows(file.table);
    if (!read.ok) return problem('columns', { detail: read.refusal.message });
    const drafted = await call.dependencies.db.withTenant(call.principal.tenantId, async (t) => {
      const refusal = await shortcodeProblem(t, query.shortcodeId);
      if (refusal !== undefined) return problem('shortcode-not-ready');
      return show(t, call, await draft(t, call, { ...query, rows: read.value }));
    });
    if ('problem' in drafted) return drafted;
    const headers = { Location: `/v1/collection-batches/${drafted.id}` };
    return { status: 201, body: drafted, headers };
  },
});

async function draft(
  t: TenantHandle,
  call: Call,
  wish: { shortcodeId: ShortcodeId; fileName: string; rows: readonly CollectionRow[] },
): Promise<CollectionBatch> {
  const { shortcodeId, fileName, rows } = wish;
  const id = newId('collectionBatch', call.dependencies.now());
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

async function show(
  t: TenantHandle,
  call: Call,
  stored: CollectionBatch,
): Promise<z.input<typeof collectionBatch>> {
  const { createdBy: _createdBy, workflowId, ...shared } = stored;
  const counts = await countBatchRows(t, stored.id);
  return {
    ...shared,
    id: toPublicId('collectionBatch', stored.id),
    currency: 'KES',
    shortcodeId: toPublicId('shortcode', stored.shortcodeId),
    counts: batchRowStates.flatMap((state) => {
      const found = counts[state];
      return found === undefined ? [] : { state, ...found };
    }),
    runUrl: call.dependencies.temporal.runUrl(workflowId),
  };
}

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('collectionBatch') });

const list = route({
  method: 'get',
  path: '/v1/collection-batches',
  tag,
  summary: 'Batches of pushes, newest first',
  auth: 'collections:read',
  request: { query: z.strictObject(pageQuery(100)) },
  responses: { 200: { description: 'One page', schema: collectionBatchPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const request = { limit: query.limit + 1, ...(after === undefined ? {} : { after }) };
    const rows = await call.dependencies.db.withTenant(
      call.principal.tenantId,
      async (t) => {
        const shown = [];
        for (const batch of await listBatches(t, request)) {
          shown.push({ batch, view: await show(t, call, batch) });
        }
        return shown;
      },
      { readOnly: true },
    );
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
      return found && show(t, call, found);
    });
    return shown === undefined ? problem('not-found') : { status: 200, body: shown };
  },
});

function within<Result>(call: Call, work: (t: TenantHandle) => Promise<Result>): Promise<Result> {
  return call.dependencies.db.withTenant(call.principal.tenantId, work);
}

const rowPosition = z.strictObject({ rowNumber: z.int() });

const rows = route({
  method: 'get',
  path: '/v1/collection-batches/{id}/rows',
  tag,
  summary: 'The rows of a batch in the order of its file, each with what became of it',
  auth: 'collections:read',
  request: { params, query: z.strictObject(pageQuery(500)) },
  responses: { 200: { description: 'One page', schema: collectionBatchRowPage } },
  problems: ['not-found', 'invalid-cursor'],
  handler: async ({ params: { id }, query }, call) => {
    const after = positionIn(call, query, rowPosition);
    const page = { afterRow: after?.rowNumber ?? 0, limit: query.limit + 1 };
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

function showRow(row: BatchRow): z.input<typeof collectionBatchRow> {
  const { msisdnMasked, collectionId, problem: why, ...shared } = row;
  const problems = ['number', 'amount', 'reference', 'description', 'repeated'] as const;
  return {
    ...shared,
    problem: problems.find((known) => known === why) ?? null,
    msisdn: msisdnMasked,
    collectionId: collectionId && toPublicId('collection', collectionId),
  };
}

const submit = route({
  method: 'post',
  path: '/v1/collection-batches/{id}/submit',
  tag,
  summary: 'Send the good rows of a batch, a few a second',
  auth: 'collections:write',
  request: { params },
  idempotency: 'required',
  responses: { 202: { description: 'It is being sent', schema: collectionBatch } },
  problems: ['not-found', 'batch-not-draft'],
  handler: ({ params: { id } }, call) => move(call, id, 'running'),
});

const cancel = route({
  method: 'post',
  path: '/v1/collection-batches/{id}/cancel',
  tag,
  summary: 'Send no more rows of a batch',
  description: 'Pushes that have been sent go on.',
  auth: 'collections:write',
  request: { params },
  idempotency: 'optional',
  responses: { 202: { description: 'The batch', schema: collectionBatch } },
  problems: ['not-found', 'batch-not-draft'],
  handler: ({ params: { id } }, call) => move(call, id, 'cancelled'),
});

async function move(call: Call, id: CollectionBatchId, to: 'running' | 'cancelled') {
  const shown = await within(call, async (t) => {
    const found = await findBatch(t, id);
    if (found === undefined) return problem('not-found');
    const hasRows = found.rowCount > found.badRowCount;
    const whenStatus = to === 'running' ? (['draft'] as const) : (['draft', 'running'] as const);
    const moved = hasRows ? await moveBatch(t, id, { to, whenStatus }) : undefined;
    if (moved === undefined) return problem('batch-not-draft');
    if (to === 'running') await startBatch(t, call, moved);
    await appendAudit(t, {
      ...{ actor: actorOf(call.principal), action: `collection-batch.${to}` },
      ...{ objectKind: 'collection-batch', objectId: id, requestId: call.requestId },
    });
    return show(t, call, moved);
  });
  return 'problem' in shown ? shown : { status: 202 as const, body: shown };
}

async function startBatch(t: TenantHandle, call: Call, batch: CollectionBatch): Promise<void> {
  const { timeScale } = call.dependencies.config.daraja;
  const start: CollectionStart = {
    ...{ workflow: 'collectBatch', workflowId: batch.workflowId, tier: await tierOf(t) },
    summary: `Collect batch ${toPublicId('collectionBatch', batch.id)} (${batch.rowCount} rows)`,
    input: { tenantId: t.tenantId, batchId: batch.id, timeScale },
  };
  const trace = call.traceparent ? { traceparent: call.traceparent } : {};
  const { workflowId } = batch;
  await appendWorkflowStart(t, { type: start.workflow, workflowId, data: { ...start }, ...trace });
}

export const collectionBatchRoutes: readonly Route[] = [upload, list, read, rows, submit, cancel];
