import type { z } from 'zod';
import type { BatchRow, PayoutBatch, RowCounts } from '../../db/payout-batches.ts';
import { payoutInSwahili } from '../../domain/disbursements/in-swahili.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { batchRow, payoutBatch } from './schema.ts';

export interface CountedBatch {
  batch: PayoutBatch;
  counts: RowCounts;
}

export function showBatch(
  { batch, counts }: CountedBatch,
  runUrl: (workflowId: string) => string,
): z.input<typeof payoutBatch> {
  const { kind, name, source, status, rowCount, totalCents, round, requestedBy } = batch;
  const { submittedBy, approvedBy, reason, createdAt, submittedAt, approvedAt } = batch;
  const { paidCents, returnedCents, refusedCents, ...rows } = counts;
  return {
    id: toPublicId('payoutBatch', batch.id),
    shortcodeId: toPublicId('shortcode', batch.shortcodeId),
    ...{ kind, name, source, status, rowCount, totalCents, paidCents, round, requestedBy },
    ...{ returnedCents, refusedCents, submittedBy, approvedBy, reason },
    ...{ createdAt, submittedAt, approvedAt },
    currency: 'KES',
    counts: rows,
    runUrl: runUrl(batch.workflowId),
    finishedAt: batch.finishedAt,
    version: batch.version,
  };
}

export function showRow(row: BatchRow): z.input<typeof batchRow> {
  const { ordinal, payeeMasked, amountCents, problem, receipt, disbursementId, secrets } = row;
  const isRead = 'payee' in secrets;
  const detail = row.problemDetail ?? row.refusalDetail;
  return {
    ...{ ordinal, payeeMasked, amountCents, problem, receipt },
    state: problem === null ? (row.status ?? 'waiting') : 'error',
    name: isRead ? secrets.payeeName : '',
    reference: isRead ? (secrets.reference ?? '') : '',
    detail,
    detailSw: detail === null ? null : payoutInSwahili(detail),
    disbursementId: disbursementId === null ? null : toPublicId('disbursement', disbursementId),
  };
}
