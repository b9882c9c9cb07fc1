/**
 * Closing a payout that M-PESA gives no answer about: one person says what they found, with the
 * receipt or that no money left, and a second one agrees. Their word is evidence that settles it;
 * whatever M-PESA says later weighs more.
 */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { lockDisbursement, type Disbursement } from '../../db/disbursements.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import {
  askToClose,
  decideClosing,
  latestClosing,
  type PayoutClosing,
} from '../../db/payout-closings.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { isClosable } from '../../domain/disbursements/status.ts';
import { toPublicId, type DisbursementId } from '../../domain/ids.ts';
import { lateResultWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { refuseChecker } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { showDisbursementDetail } from './present.ts';
import { readDetail } from './detail.ts';
import { hastenStart } from './record.ts';
import { closingDecision, closingRequest, disbursementDetail } from './schema.ts';

const params = z.strictObject({ id: idSchema('disbursement') });
const shown = { 200: { description: 'The payout as it is now', schema: disbursementDetail } };

const ask = route({
  method: 'post',
  path: '/v1/disbursements/{id}/closing',
  tag: 'Disbursements',
  summary: 'Say how a payout ended that M-PESA gives no answer about',
  description: 'With the receipt, or that no money left. It counts when a second person agrees.',
  auth: 'disbursements:write',
  request: { params, body: closingRequest },
  idempotency: 'optional',
  responses: shown,
  problems: ['not-found', 'payout-not-unknown', 'already-requested'],
  handler: async ({ params: { id }, body }, call) =>
    inPayout(call, id, async (t, payout) => {
      if (!isClosable(payout)) return problem('payout-not-unknown');
      const requestedBy = actorOf(call.principal);
      const receipt = body.outcome === 'paid' ? body.receipt : null;
      const { outcome, reason } = body;
      const wish = { disbursementId: id, outcome, receipt, reason, requestedBy };
      const closing = await askToClose(t, wish);
      if (closing === undefined) return problem('already-requested');
      await audit(t, call, { payout, closing, action: 'disbursement.closing-requested' });
      return undefined;
    }),
});

const decide = route({
  method: 'post',
  path: '/v1/disbursements/{id}/closing/decision',
  tag: 'Disbursements',
  summary: 'Agree to how a payout ended as the second person, or refuse it',
  auth: 'disbursements:approve',
  request: { params, body: closingDecision },
  idempotency: 'optional',
  responses: shown,
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
  handler: async ({ params: { id }, body: { decision } }, call) =>
    inPayout(call, id, async (t, payout) => {
      const waiting = await latestClosing(t, id);
      if (waiting?.status !== 'waiting') return problem('request-not-waiting');
      const refusal = refuseChecker(call, waiting);
      if (refusal !== undefined) return refusal;
      const isAgreed = decision === 'agree';
      const closing = await decideClosing(t, waiting.id, {
        status: isAgreed ? 'agreed' : 'rejected',
        decidedBy: actorOf(call.principal),
      });
      if (closing === undefined) return problem('request-not-waiting');
      const action = isAgreed ? 'disbursement.closing-agreed' : 'disbursement.closing-rejected';
      await audit(t, call, { payout, closing, action });
      return isAgreed ? settle(t, payout, closing) : undefined;
    }),
});

/** Adds their word to what is known; the run that settles late news books what follows from it. */
async function settle(
  t: TenantHandle,
  payout: Disbursement,
  { id: fingerprint, receipt }: PayoutClosing,
): Promise<WorkflowStart> {
  const { id: disbursementId } = payout;
  await addEvidence(t, {
    ...{ subjectId: disbursementId, fingerprint },
    evidence:
      receipt === null
        ? { source: 'person', said: 'not-paid' }
        : { source: 'person', said: 'paid', receipt },
  });
  const key = { tenantId: t.tenantId, disbursementId };
  const start: WorkflowStart = {
    workflow: 'settleLateResult',
    workflowId: lateResultWorkflowId({ ...key, callbackId: fingerprint }),
    tier: await tierOf(t),
    summary: `Two people closed ${toPublicId('disbursement', disbursementId)}`,
    input: key,
  };
  const { workflow: type, workflowId } = start;
  await appendWorkflowStart(t, { type, workflowId, data: { ...start } });
  return start;
}

/** Holds the payout during the work, and answers with it as it is then. */
async function inPayout(
  call: Call,
  id: DisbursementId,
  work: (t: TenantHandle, payout: Disbursement) => Promise<Problem | WorkflowStart | undefined>,
) {
  const { db, temporal } = call.dependencies;
  const outcome = await db.withTenant(call.principal.tenantId, async (t) => {
    const payout = await lockDisbursement(t, id);
    return payout === undefined ? problem('not-found') : work(t, payout);
  });
  if (outcome !== undefined && 'problem' in outcome) return outcome;
  if (outcome !== undefined) await hastenStart(call, outcome);
  const found = await readDetail(call, id);
  if (found === undefined) return problem('not-found');
  const body = showDisbursementDetail(found, { runUrl: temporal.runUrl, by: call.principal });
  return { status: 200 as const, body };
}

async function audit(
  t: TenantHandle,
  call: Call,
  deed: { payout: Disbursement; closing: PayoutClosing; action: string },
): Promise<void> {
  const { outcome, receipt, reason, requestedBy } = deed.closing;
  await appendAudit(t, {
    ...{ actor: actorOf(call.principal), action: deed.action, requestId: call.requestId },
    ...{ objectKind: 'disbursement', objectId: deed.payout.id },
    detail: { outcome, receipt, reason, requestedBy },
  });
}

export const payoutClosingRoutes: readonly Route[] = [ask, decide];
