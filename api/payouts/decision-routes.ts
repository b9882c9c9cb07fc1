/** What people decide about a batch: send it off, agree to it, refuse it, try its failed rows again. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { twoPeopleAbove } from '../../db/limits.ts';
import {
  countRows,
  findBatch,
  moveBatch,
  type BatchMove,
  type PayoutBatch,
} from '../../db/payout-batches.ts';
import type { PayoutBatchId } from '../../domain/ids.ts';
import { payoutBatchWorkflowId } from '../../temporal/workflow-ids.ts';
import type { DecideInput, DecideVerdict, WorkflowStart } from '../../workflows/types.ts';
import { actorOf } from '../auth/principal.ts';
import { refuseChecker } from '../auth/checker.ts';
import { refusalOfDecision } from '../disbursements/decision-routes.ts';
import { hastenStart } from '../hasten-start.ts';
import { todayOf } from '../now.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { showBatch } from './present.ts';
import { appendRound, counted } from './record.ts';
import { batchApproval, batchRejection, payoutBatch } from './schema.ts';

const params = z.strictObject({ id: idSchema('payoutBatch') });
const decided = { 200: { description: 'The batch as it is now', schema: payoutBatch } };
const started = { 202: { description: 'It is under way', schema: payoutBatch } };

const submit = route({
  method: 'post',
  path: '/v1/payout-batches/{id}/submit',
  tag: 'Payout batches',
  summary: 'Send a drafted batch off',
  description:
    'Rows with a problem stay out. Above the approval limit a second person has to agree to the whole batch first.',
  auth: 'disbursements:write',
  request: { params, body: batchApproval },
  idempotency: 'required',
  responses: started,
  problems: ['not-found', 'batch-not-waiting'],
  handler: async ({ params: { id } }, call) =>
    begin(call, id, async (t, batch) => {
      if (batch.status !== 'draft' || batch.errorCount === batch.rowCount) return undefined;
      const needsApproval = batch.totalCents > (await twoPeopleAbove(t, todayOf(call)));
      const submittedBy = actorOf(call.principal);
      const to = needsApproval ? 'awaiting-approval' : 'running';
      return { needsApproval, move: { from: ['draft'], to, submittedBy } };
    }),
});

const retry = route({
  method: 'post',
  path: '/v1/payout-batches/{id}/retry',
  tag: 'Payout batches',
  summary: 'Pay the failed rows of a finished batch again',
  description: 'Only rows that certainly were not paid; whatever is paid or unknown stays alone.',
  auth: 'disbursements:write',
  request: { params, body: batchApproval },
  idempotency: 'required',
  responses: started,
  problems: ['not-found', 'batch-not-waiting'],
  handler: async ({ params: { id } }, call) =>
    begin(call, id, async (t, batch) => {
      const { refused } = await countRows(t, id);
      if (batch.status !== 'finished' || refused === 0) return undefined;
      const round = batch.round + 1;
      const workflowId = payoutBatchWorkflowId({ tenantId: t.tenantId, batchId: id, round });
      // What was agreed to once is agreed to: the sum of the rows cannot have grown.
      return {
        needsApproval: false,
        move: { from: ['finished'], to: 'running', round, workflowId },
      };
    }),
});

interface Beginning {
  needsApproval: boolean;
  move: BatchMove;
}

async function begin(
  call: Call,
  batchId: PayoutBatchId,
  plan: (t: TenantHandle, batch: PayoutBatch) => Promise<Beginning | undefined>,
) {
  const { temporal } = call.dependencies;
  const begun = await changeOwn(call, async (t): Promise<{ start: WorkflowStart } | Problem> => {
    const batch = await findBatch(t, batchId, { lock: true });
    if (batch === undefined) return problem('not-found');
    const beginning = await plan(t, batch);
    if (beginning === undefined) return problem('batch-not-waiting');
    const moved = await moveBatch(t, batchId, beginning.move);
    if (moved === undefined) return problem('batch-not-waiting');
    await appendAudit(t, {
      ...{ actor: actorOf(call.principal), action: `payout_batch.${moved.status}` },
      ...{ objectKind: 'payout_batch', objectId: batchId, requestId: call.requestId },
      detail: { totalCents: moved.totalCents, round: moved.round },
    });
    const { needsApproval } = beginning;
    return { start: await appendRound(t, call, { batch: moved, needsApproval }) };
  });
  if ('problem' in begun) return begun;
  await hastenStart(call, begun.start);
  const current = await readOwn(call, (t) => counted(t, batchId));
  const status = 202 as const;
  return { status, body: showBatch(current, temporal.runUrl) };
}

const approve = route({
  method: 'post',
  path: '/v1/payout-batches/{id}/approve',
  tag: 'Payout batches',
  summary: 'Agree to a batch as the second person',
  auth: 'disbursements:approve',
  request: { params, body: batchApproval },
  idempotency: 'optional',
  responses: decided,
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'batch-not-waiting', 'unavailable'],
  handler: async ({ params: { id } }, call) => {
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    const refusal = refuseChecker(call, found);
    if (refusal !== undefined) return refusal;
    return decide(call, found, { name: 'approve' });
  },
});

const reject = route({
  method: 'post',
  path: '/v1/payout-batches/{id}/reject',
  tag: 'Payout batches',
  summary: 'Refuse a batch that waits for approval',
  auth: 'disbursements:approve',
  request: { params, body: batchRejection },
  idempotency: 'optional',
  responses: decided,
  problems: ['not-found', 'batch-not-waiting', 'unavailable'],
  handler: async ({ params: { id }, body }, call) => {
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    return decide(call, found, { name: 'reject', reason: body.reason });
  },
});

async function decide(
  call: Call,
  batch: PayoutBatch,
  { name, reason }: { name: 'approve' | 'reject'; reason?: string },
) {
  if (batch.status !== 'awaiting-approval') return problem('batch-not-waiting');
  const { temporal } = call.dependencies;
  const input: DecideInput = { by: actorOf(call.principal), ...(reason ? { reason } : {}) };
  const target = { workflowId: batch.workflowId, requestId: call.requestId };
  const outcome = await temporal.ask<DecideVerdict>(target, { name, input });
  const refusal = refusalOfDecision(outcome);
  if (refusal?.problem === 'payout-not-waiting') return problem('batch-not-waiting');
  if (refusal !== undefined) return problem('unavailable', { headers: { 'Retry-After': '5' } });
  const current = await readOwn(call, (t) => counted(t, batch.id));
  const status = 200 as const;
  return { status, body: showBatch(current, temporal.runUrl) };
}

function load(call: Call, batchId: PayoutBatchId): Promise<PayoutBatch | undefined> {
  return readOwn(call, (t) => findBatch(t, batchId));
}

export const payoutBatchDecisionRoutes: readonly Route[] = [submit, approve, reject, retry];
