/** Records a batch from its rows, and the start of each round of its run. */
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import {
  countRows,
  findBatch,
  insertBatch,
  type NewBatchRow,
  type PayoutBatch,
} from '../../db/payout-batches.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { authorisationDeadlineMs } from '../../domain/authorisation/decide.ts';
import {
  readBatchRows,
  type BatchCandidate,
  type ReadRow,
} from '../../domain/disbursements/batch-rows.ts';
import { toPublicId, type PayoutBatchId, type ShortcodeId } from '../../domain/ids.ts';
import { formatMoney } from '../../domain/money.ts';
import { payoutBatchWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { actorOf } from '../auth/principal.ts';
import { unknownShortcode } from '../disbursements/record.ts';
import { changeOwn } from '../own-data.ts';
import { idFor } from '../request-id.ts';
import { problem, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';
import type { CountedBatch } from './present.ts';

export interface BatchWish {
  shortcodeId: ShortcodeId;
  kind: PayoutBatch['kind'];
  name: string;
  source: PayoutBatch['source'];
  candidates: readonly BatchCandidate[];
}

/** Keeps a batch as a draft with every row and its problem; nothing is paid yet. */
export async function recordBatch(call: Call, wish: BatchWish): Promise<CountedBatch | Problem> {
  const { shortcodeId, kind, name, source } = wish;
  const read = readBatchRows(wish.candidates, kind);
  const id = idFor(call, 'payoutBatch', wish);
  const requestedBy = actorOf(call.principal);
  return changeOwn(call, async (t) => {
    const shortcode = await findShortcode(t, shortcodeId);
    if (shortcode === undefined) return unknownShortcode();
    if (shortcode.status !== 'active') return problem('shortcode-unusable');
    if ((await findBatch(t, id)) !== undefined) return counted(t, id);
    const workflowId = payoutBatchWorkflowId({ tenantId: t.tenantId, batchId: id, round: 0 });
    const { totalCents } = read;
    const batch = { id, shortcodeId, kind, name, source, requestedBy, workflowId, totalCents };
    await insertBatch(t, batch, read.rows.map(toNewRow));
    await appendAudit(t, {
      ...{ actor: requestedBy, action: 'payout_batch.draft' },
      ...{ objectKind: 'payout_batch', objectId: id, requestId: call.requestId },
      detail: { totalCents, rowCount: read.rows.length },
    });
    return counted(t, id);
  });
}

function toNewRow(row: ReadRow): NewBatchRow {
  const { ordinal, payee, payeeMasked, amountCents, problem: found } = row;
  const { name: payeeName, reference, remarks } = row;
  const secrets =
    payee === null
      ? { raw: [payeeName, reference, remarks].join(' | ') }
      : { payee, payeeName, remarks, reference: reference === '' ? null : reference };
  return { ordinal, secrets, payeeMasked, amountCents, problem: found };
}

/** A batch with how its rows stand; it must exist. */
export async function counted(t: TenantHandle, batchId: PayoutBatchId): Promise<CountedBatch> {
  const batch = await findBatch(t, batchId);
  if (batch === undefined) throw new Error('a batch was lost');
  return { batch, counts: await countRows(t, batchId) };
}

/** Appends the start of a round to the outbox and returns it, to be hastened after the commit. */
export async function appendRound(
  t: TenantHandle,
  call: Call,
  round: { batch: PayoutBatch; needsApproval: boolean },
): Promise<WorkflowStart> {
  const { batch, needsApproval } = round;
  const start: WorkflowStart = {
    workflow: 'payoutBatch',
    workflowId: batch.workflowId,
    tier: await tierOf(t),
    summary: `${toPublicId('payoutBatch', batch.id)}: ${batch.rowCount} rows, ${formatMoney(batch.totalCents)}`,
    input: {
      ...{ tenantId: t.tenantId, batchId: batch.id, round: batch.round, needsApproval },
      timeScale: call.dependencies.config.daraja.timeScale,
      deadlineMs: authorisationDeadlineMs,
    },
  };
  await appendWorkflowStart(t, start);
  return start;
}
