/** What is done with a batch of pushes once it was looked at: sent, stopped, or its failed rows sent again. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import {
  findBatch,
  moveBatch,
  retryBatch,
  type CollectionBatch,
} from '../../db/collection-batches.ts';
import type { CollectionBatchId } from '../../db/collection-tables.ts';
import type { TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { toPublicId } from '../../domain/ids.ts';
import { collectBatchWorkflowId } from '../../temporal/workflow-ids.ts';
import type { CollectionStart } from '../../workflows/collection-types.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { showBatch } from './present.ts';
import { collectionBatch } from './schema.ts';

const tag = 'Collection batches';
const params = z.strictObject({ id: idSchema('collectionBatch') });

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

const retry = route({
  method: 'post',
  path: '/v1/collection-batches/{id}/retry',
  tag,
  summary: 'Ask for the failed rows of a batch once more',
  description:
    'Only rows that ended without money; whatever is paid, waiting or unknown stays alone. The batch has started all its rows before.',
  auth: 'collections:write',
  request: { params },
  idempotency: 'required',
  responses: { 202: { description: 'The failed rows are being sent', schema: collectionBatch } },
  problems: ['not-found', 'batch-not-waiting'],
  handler: ({ params: { id } }, call) =>
    act(call, id, async (t) => {
      const workflowIdOf = (round: number) =>
        collectBatchWorkflowId({ tenantId: t.tenantId, batchId: id, round });
      const retried = await retryBatch(t, { batchId: id, workflowIdOf });
      return retried ?? problem('batch-not-waiting');
    }),
});

function move(call: Call, id: CollectionBatchId, to: 'running' | 'cancelled') {
  return act(call, id, async (t, found) => {
    const hasRows = found.rowCount > found.badRowCount;
    const whenStatus = to === 'running' ? (['draft'] as const) : (['draft', 'running'] as const);
    const moved = hasRows ? await moveBatch(t, id, { to, whenStatus }) : undefined;
    return moved ?? problem('batch-not-draft');
  });
}

/** One deed on a batch that exists; a batch that is running afterwards gets its run. */
async function act(
  call: Call,
  id: CollectionBatchId,
  deed: (t: TenantHandle, found: CollectionBatch) => Promise<CollectionBatch | Problem>,
) {
  const shown = await changeOwn(call, async (t) => {
    const found = await findBatch(t, id);
    if (found === undefined) return problem('not-found');
    const moved = await deed(t, found);
    if ('problem' in moved) return moved;
    if (moved.status === 'running') await startBatch(t, call, moved);
    await appendAudit(t, {
      ...{ actor: actorOf(call.principal), action: `collection-batch.${moved.status}` },
      ...{ objectKind: 'collection-batch', objectId: id, requestId: call.requestId },
      detail: { round: moved.round },
    });
    return showBatch(t, call, moved);
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
  await appendWorkflowStart(t, start, call.traceparent);
}

export const collectionBatchDeedRoutes: readonly Route[] = [submit, cancel, retry];
