/**
 * A batch of payouts: one approval for all of it, then its rows side by side in a window, each a run
 * of its own. A row that fails leaves the others alone.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchKey, BatchPayout, BatchSteps } from '../activities/disbursement-steps.ts';
import { approvalWaitDays, databaseStep } from '../temporal/policies.ts';
import { openPayoutDesk, type PayoutDesk } from './disbursement-desk.ts';
import { showPayout, showPayoutEnd } from './disbursement-run.ts';
import { disburse } from './disbursements.ts';
import type { PayoutBatchInput, PayoutBatchResult } from './disbursement-types.ts';

const records = proxyActivities<BatchSteps>(databaseStep);

/** Rows under way at the same time, and rows turned into payouts by one step. */
const windowSize = 10;

/** Runs one round of a batch; the id is `payout-batch/{tenant}/{batch}`. */
export async function payoutBatch(input: PayoutBatchInput): Promise<PayoutBatchResult> {
  const desk = openPayoutDesk();
  try {
    const stopped = input.needsApproval ? await awaitApproval(input, desk) : undefined;
    if (stopped !== undefined) return stopped;
    desk.phase = 'sending';
    await payRows(input, desk);
    const counts = await records.finishBatch(keyOf(input));
    const { paid, refused, open } = counts;
    showPayoutEnd('finished', `${paid} paid, ${refused} not paid, ${open} open.`, open > 0);
    return { status: 'finished', ...counts };
  } finally {
    desk.phase = 'closed';
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }
}

async function awaitApproval(
  input: PayoutBatchInput,
  desk: PayoutDesk,
): Promise<PayoutBatchResult | undefined> {
  const why = 'A second person has to agree to the whole batch.';
  showPayout(desk, 'waiting-approval', 'awaiting-approval', why, true);
  const waitMs = approvalWaitDays * 86_400_000 * input.timeScale;
  try {
    await condition(() => desk.decision !== undefined, waitMs);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return CancellationScope.nonCancellable(() =>
      stop(input, 'cancelled', 'operator', 'Stopped by an operator.'),
    );
  }
  const { decision } = desk;
  if (decision === undefined) {
    return stop(input, 'expired', 'workflow', `Nobody agreed within ${approvalWaitDays} days.`);
  }
  const { by, reason } = decision.input;
  if (decision.kind === 'approve') {
    await records.approveBatch({ ...keyOf(input), approvedBy: by });
    decision.verdict = { accepted: true };
    return undefined;
  }
  const result =
    decision.kind === 'reject'
      ? await stop(input, 'rejected', by, reason ?? 'Rejected.')
      : await stop(input, 'cancelled', by, reason ?? 'Called back.');
  decision.verdict = { accepted: true };
  return result;
}

async function stop(
  input: PayoutBatchInput,
  ...[to, by, reason]: [to: 'rejected' | 'cancelled' | 'expired', by: string, reason: string]
): Promise<PayoutBatchResult> {
  await records.stopBatch({ ...keyOf(input), to, by, reason });
  showPayoutEnd(to, reason);
  return { status: to };
}

async function payRows(input: PayoutBatchInput, desk: PayoutDesk): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for (let afterOrdinal = 0; ;) {
    const place = { ...keyOf(input), afterOrdinal, limit: windowSize };
    const { payouts, lastOrdinal } = await records.nextPayouts(place);
    if (lastOrdinal === null) break;
    afterOrdinal = lastOrdinal;
    showPayout(desk, 'sending', 'sending', `Paying the rows; now at row ${lastOrdinal}.`);
    for (const row of payouts) {
      if (underWay.size >= windowSize) await Promise.race(underWay);
      const run: Promise<void> = payRow(input, row).finally(() => underWay.delete(run));
      underWay.add(run);
    }
  }
  await Promise.all(underWay);
}

/** A row's run that fails is for an operator; the batch counts the row as open. */
async function payRow(input: PayoutBatchInput, row: BatchPayout): Promise<void> {
  const { tenantId, timeScale, deadlineMs } = input;
  const { typedSearchAttributes } = workflowInfo();
  const { disbursementId, workflowId } = row;
  try {
    const child = await startChild(disburse, {
      workflowId,
      args: [{ tenantId, disbursementId, timeScale, deadlineMs }],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes,
      staticSummary: `Row ${row.ordinal} of a payout batch`,
    });
    await child.result();
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

function keyOf({ tenantId, batchId, round }: PayoutBatchInput): BatchKey {
  return { tenantId, batchId, round };
}
