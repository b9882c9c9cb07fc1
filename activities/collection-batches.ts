/** Turns the rows of a batch into collections, a handful at a time. */
import {
  findBatch,
  moveBatch,
  nextBatchRows,
  tieBatchRow,
  type CollectionBatch,
  type WaitingRow,
} from '../db/collection-batches.ts';
import type { CollectionBatchId } from '../db/collection-tables.ts';
import { insertCollection } from '../db/collections.ts';
import type { TenantHandle } from '../db/database.ts';
import { newUuid } from '../db/new-id.ts';
import { appendWorkflowStart } from '../db/outbox.ts';
import { tierOf } from '../db/tenant-tier.ts';
import { id, toPublicId } from '../domain/ids.ts';
import { formatMoney } from '../domain/money.ts';
import { collectionWorkflowId } from '../temporal/workflow-ids.ts';
import type { CollectionStart } from '../workflows/collection-types.ts';

interface BatchStep {
  batchId: CollectionBatchId;
  limit: number;
  timeScale: number;
  nowMs: number;
}

/** Records the next collections and asks for their runs; a cancelled batch starts no more. */
export async function startBatchRows(
  t: TenantHandle,
  step: BatchStep,
): Promise<{ startedCount: number; isDone: boolean }> {
  const batch = await findBatch(t, step.batchId);
  if (batch === undefined || batch.status !== 'running') return { startedCount: 0, isDone: true };
  const rows = await nextBatchRows(t, step.batchId, step.limit);
  for (const row of rows) await startRow(t, { batch, row, step });
  const isDone = rows.length < step.limit;
  if (isDone) await moveBatch(t, step.batchId, { to: 'done', whenStatus: ['running'] });
  return { startedCount: rows.length, isDone };
}

async function startRow(
  t: TenantHandle,
  { batch, row, step }: { batch: CollectionBatch; row: WaitingRow; step: BatchStep },
): Promise<void> {
  const { tenantId } = t;
  const collectionId = id('collection', newUuid(step.nowMs));
  const workflowId = collectionWorkflowId({ tenantId, collectionId });
  const { amountCents, msisdnMasked, words } = row;
  await insertCollection(t, {
    ...{ id: collectionId, shortcodeId: batch.shortcodeId, source: 'batch', batchId: batch.id },
    ...{ amountCents, msisdnMasked, msisdn: words.msisdn, workflowId },
    ...{ accountReference: words.reference, description: words.description },
    createdBy: batch.createdBy,
  });
  await tieBatchRow(t, { batchId: batch.id, rowNumber: row.rowNumber, collectionId });
  const start: CollectionStart = {
    ...{ workflow: 'collectByStk', workflowId, tier: await tierOf(t) },
    summary: `Collect ${formatMoney(amountCents)} for ${toPublicId('collection', collectionId)}`,
    input: { tenantId, collectionId, timeScale: step.timeScale },
  };
  await appendWorkflowStart(t, start);
}
