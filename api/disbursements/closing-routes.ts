/**
 * Closing a payout that M-PESA gives no answer about: one person says what they found, with the
 * receipt or that no money left, and a second one agrees. Their word is evidence that settles it;
 * whatever M-PESA says later weighs more.
 */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { Disbursement } from '../../db/disbursements.ts';
import {
  askToClose,
  decideClosing,
  latestClosing,
  type PayoutClosing,
} from '../../db/payout-closings.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import { isClosable } from '../../domain/disbursements/status.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { refuseChecker } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { inPayout, startLateNews } from './in-payout.ts';
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
  const why = `Two people closed ${toPublicId('disbursement', disbursementId)}`;
  return startLateNews(t, { disbursementId, newsId: fingerprint, why });
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
