/**
 * What people decide about a payout: agree, refuse, or call it back before it is sent. Whoever asked
 * for a payout never agrees to it, and agreeing needs a second factor shown in the last minutes.
 */
import { z } from 'zod';
import { findDisbursement, type Disbursement } from '../../db/disbursements.ts';
import { isCancellable } from '../../domain/disbursements/status.ts';
import type { DisbursementId } from '../../domain/ids.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import type { DecideInput, DecideVerdict } from '../../workflows/types.ts';
import { refuseChecker } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { showDisbursement } from './present.ts';
import { approvalRequest, disbursement, rejectionRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('disbursement') });
const decided = { 200: { description: 'The payout as it is now', schema: disbursement } };

const approve = route({
  method: 'post',
  path: '/v1/disbursements/{id}/approve',
  tag: 'Disbursements',
  summary: 'Agree to a payout as the second person',
  auth: 'disbursements:approve',
  request: { params, body: approvalRequest },
  idempotency: 'optional',
  responses: decided,
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'payout-not-waiting', 'unavailable'],
  handler: async ({ params: { id }, body }, call) => {
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    const refusal = refuseChecker(call, found);
    if (refusal !== undefined) return refusal;
    if (found.status !== 'awaiting-approval') return problem('payout-not-waiting');
    return decide(call, found, { name: 'approve', reason: body.reason });
  },
});

const reject = route({
  method: 'post',
  path: '/v1/disbursements/{id}/reject',
  tag: 'Disbursements',
  summary: 'Refuse a payout that waits for approval',
  auth: 'disbursements:approve',
  request: { params, body: rejectionRequest },
  idempotency: 'optional',
  responses: decided,
  problems: ['not-found', 'payout-not-waiting', 'unavailable'],
  handler: stopping('reject', ({ status }) => status === 'awaiting-approval'),
});

const cancel = route({
  method: 'post',
  path: '/v1/disbursements/{id}/cancel',
  tag: 'Disbursements',
  summary: 'Call a payout back before it is sent',
  auth: 'disbursements:write',
  request: { params, body: approvalRequest },
  idempotency: 'optional',
  responses: decided,
  problems: ['not-found', 'payout-not-waiting', 'unavailable'],
  handler: stopping('callBack', ({ status }) => isCancellable(status)),
});

/** Stops a payout as long as it still can be. */
function stopping(name: 'reject' | 'callBack', isOpen: (found: Disbursement) => boolean) {
  return async (
    {
      params: { id },
      body,
    }: { params: { id: DisbursementId }; body: { reason?: string | undefined } },
    call: Call,
  ) => {
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    if (!isOpen(found)) return problem('payout-not-waiting');
    return decide(call, found, { name, reason: body.reason });
  };
}

async function decide(
  call: Call,
  found: Disbursement,
  { name, reason }: { name: 'approve' | 'reject' | 'callBack'; reason: string | undefined },
) {
  const { temporal } = call.dependencies;
  const input: DecideInput = { by: actorOf(call.principal), ...(reason ? { reason } : {}) };
  const target = { workflowId: found.workflowId, requestId: call.requestId };
  const outcome = await temporal.ask<DecideVerdict>(target, { name, input });
  const refusal = refusalOfDecision(outcome);
  if (refusal !== undefined) return refusal;
  const current = (await load(call, found.id)) ?? found;
  const status = 200 as const;
  return {
    status,
    body: showDisbursement(current, temporal.runUrl),
    headers: { ETag: entityTag(current.version) },
  };
}

/** What the run's answer to a decision means for whoever sent it; undefined when it counted. */
export function refusalOfDecision(outcome: UpdateOutcome<DecideVerdict>): Problem | undefined {
  switch (outcome.kind) {
    case 'answered':
      return outcome.verdict.accepted ? undefined : problem('payout-not-waiting');
    case 'not-waiting':
    case 'closed':
      return problem('payout-not-waiting');
    case 'pending':
    case 'unavailable':
      return problem('unavailable', { headers: { 'Retry-After': '5' } });
  }
}

function load(call: Call, disbursementId: DisbursementId): Promise<Disbursement | undefined> {
  return readOwn(call, (t) => findDisbursement(t, disbursementId));
}

export const disbursementDecisionRoutes: readonly Route[] = [approve, reject, cancel];
