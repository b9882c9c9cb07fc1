/** The database steps of a batch: approval, turning rows into payouts, and the end. */
import { createHash } from 'node:crypto';
import { appendAudit } from '../db/audit.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { findDisbursement, insertDisbursement } from '../db/disbursements.ts';
import { appendEvents } from '../db/outbox.ts';
import {
  countRows,
  findBatch,
  linkRow,
  listBatchRows,
  moveBatch,
  type BatchRow,
  type PayoutBatch,
} from '../db/payout-batches.ts';
import { predictCharge } from '../db/tariffs.ts';
import { id, toPublicId, type DisbursementId } from '../domain/ids.ts';
import { businessDateOf, instantFromEpochMs, type BusinessDate } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import { disbursementWorkflowId } from '../temporal/workflow-ids.ts';
import type { BatchCounts, BatchKey, BatchPayout, BatchSteps } from './disbursement-steps.ts';
import { permanentFault } from './faults.ts';

export interface PayoutBatchDependencies {
  db: Database;
  /** Milliseconds since 1970. */
  nowMs: () => number;
}

/** Builds the steps of a batch. */
export function createPayoutBatchActivities(d: PayoutBatchDependencies): BatchSteps {
  const today = () => businessDateOf(instantFromEpochMs(d.nowMs()));
  return {
    approveBatch: (input) => d.db.withTenant(input.tenantId, (t) => approve(t, input)),
    stopBatch: (input) =>
      d.db.withTenant(input.tenantId, async (t) => {
        const { to, by, reason } = input;
        const from = ['awaiting-approval'] as const;
        const stopped = await moveBatch(t, input.batchId, { from, to, reason });
        if (stopped !== undefined) await tellBatch(t, stopped, { actor: actorOf(by), action: to });
      }),
    nextPayouts: (input) => d.db.withTenant(input.tenantId, (t) => next(t, input, today())),
    finishBatch: (input) => d.db.withTenant(input.tenantId, (t) => finish(t, input)),
  };
}

async function approve(t: TenantHandle, input: BatchKey & { approvedBy: string }): Promise<void> {
  const { approvedBy } = input;
  const from = ['awaiting-approval'] as const;
  const approved = await moveBatch(t, input.batchId, { from, to: 'running', approvedBy });
  if (approved !== undefined)
    await tellBatch(t, approved, { actor: approvedBy, action: 'approve' });
}

async function next(
  t: TenantHandle,
  input: BatchKey & { afterOrdinal: number; limit: number },
  day: BusinessDate,
): Promise<{ payouts: BatchPayout[]; lastOrdinal: number | null }> {
  const { batchId, afterOrdinal, limit } = input;
  const batch = await findBatch(t, batchId, { lock: true });
  if (batch === undefined) throw permanentFault(failureTypes.disbursementMissing, 'no such batch');
  const rows = await listBatchRows(t, { batchId, afterOrdinal, limit, isPayable: true });
  const payouts: BatchPayout[] = [];
  for (const row of rows) {
    const disbursementId = rowPayoutId(batch, row.ordinal, input.round);
    if (!(await isDueNow(t, row, disbursementId))) continue;
    const workflowId = disbursementWorkflowId({ tenantId: t.tenantId, disbursementId });
    if (row.disbursementId !== disbursementId) {
      await becomePayout(t, { batch, row, disbursementId, workflowId, day });
    }
    payouts.push({ ordinal: row.ordinal, disbursementId, workflowId });
  }
  return { payouts, lastOrdinal: rows.at(-1)?.ordinal ?? null };
}

/**
 * A row is due when it became this round's payout, or none yet, or one that ended without paying; what
 * a person called back stays called back.
 */
async function isDueNow(
  t: TenantHandle,
  row: BatchRow,
  disbursementId: DisbursementId,
): Promise<boolean> {
  if (row.disbursementId === disbursementId || row.disbursementId === null) return true;
  const earlier = await findDisbursement(t, row.disbursementId);
  return earlier?.status === 'refused' || earlier?.status === 'expired';
}

async function becomePayout(
  t: TenantHandle,
  pay: {
    batch: PayoutBatch;
    row: BatchRow;
    disbursementId: DisbursementId;
    workflowId: string;
    day: BusinessDate;
  },
): Promise<void> {
  const { batch, row, disbursementId, workflowId, day } = pay;
  const { amountCents, secrets, ordinal } = row;
  if (amountCents === null || !('payee' in secrets)) {
    throw permanentFault(failureTypes.disbursementInconsistent, 'a row without a payee is payable');
  }
  const { kind, shortcodeId, approvedBy, id: batchId } = batch;
  await insertDisbursement(t, {
    ...secrets,
    ...{ id: disbursementId, kind, shortcodeId, amountCents, workflowId, batchId },
    chargeCents: await predictCharge(t, { kind, amountCents, day }),
    payeeMasked: row.payeeMasked,
    batchRow: ordinal,
    requestedBy: batch.submittedBy ?? batch.requestedBy,
    ...(approvedBy === null ? {} : { approvedBy }),
  });
  await linkRow(t, { batchId, ordinal, disbursementId });
}

/** The same row in the same round is always the same payout, however often it is asked for. */
export function rowPayoutId(
  batch: Pick<PayoutBatch, 'id'>,
  ordinal: number,
  round: number,
): DisbursementId {
  const digest = createHash('sha256').update(`${batch.id}|${ordinal}|${round}`).digest('hex');
  // A UUID of version 8: its bits are ours to choose.
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ];
  return id('disbursement', parts.join('-'));
}

async function finish(t: TenantHandle, { batchId }: BatchKey): Promise<BatchCounts> {
  const { paid, refused, open } = await countRows(t, batchId);
  const finished = await moveBatch(t, batchId, { from: ['running'], to: 'finished' });
  if (finished !== undefined) {
    await tellBatch(t, finished, { actor: 'service:payments', action: 'finish' });
  }
  return { paid, refused, open };
}

type BatchDeed = 'approve' | 'finish' | Parameters<BatchSteps['stopBatch']>[0]['to'];

async function tellBatch(
  t: TenantHandle,
  batch: PayoutBatch,
  { actor, action }: { actor: string; action: BatchDeed },
): Promise<void> {
  const { id: batchId, status, rowCount, errorCount, totalCents } = batch;
  const { paid, refused, open, paidCents } = await countRows(t, batchId);
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${batchId}`,
      type: `payout_batch.${status.replaceAll('-', '_')}`,
      version: 1,
      isPersonal: false,
      data: {
        payoutBatchId: toPublicId('payoutBatch', batchId),
        ...{ status, rowCount, errorCount, totalCents, paid, refused, open, paidCents },
        currency: 'KES',
      },
    },
  ]);
  await appendAudit(t, {
    ...{ actor, action: `payout_batch.${action}` },
    ...{ objectKind: 'payout_batch', objectId: batchId },
    detail: { totalCents, rowCount },
  });
}

function actorOf(by: string): string {
  return by.includes(':') ? by : `service:${by}`;
}
