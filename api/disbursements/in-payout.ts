/** What people say about a payout, said while nobody else writes to it. */
import type { TenantHandle } from '../../db/database.ts';
import { lockDisbursement, type Disbursement } from '../../db/disbursements.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import type { DisbursementId } from '../../domain/ids.ts';
import { lateResultWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn } from '../own-data.ts';
import { problem, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';
import { readDetail } from './detail.ts';
import { showDisbursementDetail } from './present.ts';

/** Holds the payout during the work, and answers with it as it is then. */
export async function inPayout(
  call: Call,
  id: DisbursementId,
  work: (t: TenantHandle, payout: Disbursement) => Promise<Problem | WorkflowStart | undefined>,
) {
  const outcome = await changeOwn(call, async (t) => {
    const payout = await lockDisbursement(t, id);
    return payout === undefined ? problem('not-found') : work(t, payout);
  });
  if (outcome !== undefined && 'problem' in outcome) return outcome;
  if (outcome !== undefined) await hastenStart(call, outcome);
  const found = await readDetail(call, id);
  if (found === undefined) return problem('not-found');
  return { status: 200 as const, body: showDisbursementDetail(found, call) };
}

/** Asks, in the transaction of the news, for the run that books what follows from it. */
export async function startLateNews(
  t: TenantHandle,
  news: { disbursementId: DisbursementId; newsId: string; why: string },
): Promise<WorkflowStart> {
  const key = { tenantId: t.tenantId, disbursementId: news.disbursementId };
  const workflowId = lateResultWorkflowId({ ...key, callbackId: news.newsId });
  const start: WorkflowStart = {
    ...{ workflow: 'settleLateResult', workflowId, tier: await tierOf(t) },
    ...{ summary: news.why, input: key },
  };
  await appendWorkflowStart(t, start);
  return start;
}
