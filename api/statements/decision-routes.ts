/** What people decide about a statement: its password, its review, and taking it back. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { appendOperationEvent, findOperation, insertOperation } from '../../db/operations.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import type { Statement } from '../../db/statement-record.ts';
import { formatMoney, zero } from '../../domain/money.ts';
import { moneyOfStatement, usedMoneyOf } from '../../db/statement-money.ts';
import { previewUndo } from '../../db/statement-undo.ts';
import { findStatement, patchStatement } from '../../db/statements.ts';
import type { TenantHandle } from '../../db/database.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { id as idOf, toPublicId, type StatementId } from '../../domain/ids.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import { sealTicket } from '../../temporal/password-tickets.ts';
import { statementUndoWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { newId, newUuid } from '../new-id.ts';
import { showOperation } from '../operations/present.ts';
import { acceptedOperation } from '../operations/schema.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { refuseStale } from '../precondition.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { showStatement } from './present.ts';
import {
  passwordOffer,
  passwordVerdict,
  review,
  statement,
  undoPreview,
  undoRequest,
} from './schema.ts';

const params = z.strictObject({ id: idSchema('statement') });

const password = route({
  method: 'post',
  path: '/v1/statements/{id}/password',
  tag: 'Statements',
  summary: 'Give the password of a locked file',
  description: 'Five tries; the password is used once and kept nowhere.',
  auth: 'statements:write',
  request: { params, body: passwordOffer },
  responses: { 200: { description: 'Whether it opens the file', schema: passwordVerdict } },
  problems: ['not-found', 'not-waiting', 'unavailable'],
  handler: async ({ params: { id }, body }, call) => {
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    if (found.status !== 'waiting-password') return problem('not-waiting');
    const { redis, temporal, now } = call.dependencies;
    const passwordTicket = await sealTicket(redis, call.principal.tenantId, body.password);
    const target = { workflowId: found.workflowId, requestId: newUuid(now()) };
    const outcome = await temporal.providePassword(target, { passwordTicket });
    if (outcome.kind !== 'answered') return refusalOf(outcome);
    const { accepted, problem: reason, triesLeft } = outcome.verdict;
    if (reason === 'closed') return problem('not-waiting');
    if (reason === 'ticket-expired') return tryAgain();
    return { status: 200, body: { accepted, problem: reason, triesLeft } };
  },
});

const decide = route({
  method: 'post',
  path: '/v1/statements/{id}/review',
  tag: 'Statements',
  summary: 'Post or refuse a statement that needs a review',
  description: 'With If-Match the decision only counts for the version that was looked at.',
  auth: 'statements:write',
  request: { params, body: review },
  ifMatch: true,
  idempotency: 'optional',
  responses: { 200: { description: 'The statement, going on', schema: statement } },
  problems: ['not-found', 'not-waiting', 'unavailable'],
  handler: async ({ params: { id }, body }, call) => {
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    const stale = refuseStale(call, found.version);
    if (stale !== undefined) return stale;
    if (found.status !== 'waiting-review') return problem('not-waiting');
    const { temporal } = call.dependencies;
    const { decision, reason } = body;
    const outcome = await temporal.reviewStatement(
      { workflowId: found.workflowId, requestId: call.requestId },
      { decision, decidedBy: call.principal.userId, ...(reason ? { reason } : {}) },
    );
    if (outcome.kind !== 'answered') return refusalOf(outcome);
    if (!outcome.verdict.accepted) return problem('not-waiting');
    const current = (await load(call, id)) ?? found;
    return {
      status: 200,
      body: showStatement(current, temporal.runUrl),
      headers: { ETag: entityTag(current.version) },
    };
  },
});

const preview = route({
  method: 'get',
  path: '/v1/statements/{id}/undo-preview',
  tag: 'Statements',
  summary: 'What undoing the statement would do',
  auth: 'statements:read',
  request: { params },
  responses: { 200: { description: 'Rows and sums', schema: undoPreview } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const work = async (t: TenantHandle) => {
      const statement = await findStatement(t, id);
      if (statement === undefined) return undefined;
      return { ...(await previewUndo(t, id)), money: await previewMoney(t, statement) };
    };
    const found = await readOwn(call, work);
    return found === undefined ? problem('not-found') : { status: 200, body: found };
  },
});

const undo = route({
  method: 'post',
  path: '/v1/statements/{id}/undo',
  tag: 'Statements',
  summary: 'Take a posted statement back',
  description:
    'Rows that another posted statement shows as well stay; the others are reversed, and with them the money that only this statement told of. Such money that was given to somebody has to be taken back there first.',
  auth: 'statements:undo',
  request: { params, body: undoRequest },
  ifMatch: true,
  idempotency: 'optional',
  responses: { 202: { description: 'It is being undone', schema: acceptedOperation } },
  problems: ['not-found', 'cannot-undo', 'money-was-used'],
  handler: async ({ params: { id }, body }, call) => {
    const { temporal } = call.dependencies;
    const request = { statementId: id, reason: body.reason };
    const recorded = await changeOwn(call, (t) => recordUndo(t, call, request));
    if ('problem' in recorded) return recorded;
    await hastenStart(call, recorded.start);
    const operation = showOperation(recorded.operation, temporal.runUrl);
    return {
      status: 202,
      body: { operation },
      headers: { Location: `/v1/operations/${operation.id}` },
    };
  },
});

type UndoStart = Extract<WorkflowStart, { workflow: 'undoStatement' }>;

async function recordUndo(
  t: TenantHandle,
  call: Call,
  request: { statementId: StatementId; reason: string | undefined },
) {
  const { statementId, reason } = request;
  const { userId } = call.principal;
  const found = await findStatement(t, statementId);
  if (found === undefined) return problem('not-found');
  const stale = refuseStale(call, found.version);
  if (stale !== undefined) return stale;
  const used = await usedMoney(t, found);
  if (used !== undefined) return used;
  const change = { status: 'undoing', whenStatus: ['posted'] } as const;
  if ((await patchStatement(t, statementId, change)) === undefined) return problem('cannot-undo');
  const operationId = newId('operation', call.dependencies.now());
  const workflowId = statementUndoWorkflowId({ tenantId: t.tenantId, statementId });
  await insertOperation(t, {
    id: operationId,
    kind: 'statement.undo',
    subjectId: statementId,
    workflowId,
    createdBy: userId,
  });
  await appendOperationEvent(t, operationId, {
    type: 'progress',
    data: { stage: 'undoing', done: 0 },
  });
  await appendAudit(t, {
    actor: actorOf(call.principal),
    action: 'statement.undo',
    objectKind: 'statement',
    objectId: statementId,
    requestId: call.requestId,
  });
  const input = { tenantId: t.tenantId, statementId, operationId, requestedBy: userId };
  const start: UndoStart = {
    workflow: 'undoStatement',
    workflowId,
    tier: await tierOf(t),
    summary: `Undo of statement ${toPublicId('statement', statementId)}`,
    input: { ...input, ...(reason ? { reason } : {}) },
  };
  await appendWorkflowStart(t, start, call.traceparent);
  const operation = await findOperation(t, operationId);
  if (operation === undefined) throw new Error('an insert was lost');
  return { operation, start };
}

const usedShown = 20;

/** The money a statement told of, by its run; undefined when it moved none. */
function toldBy({ account, status, id: statementId, workflowId }: Statement) {
  if (account === null || status !== 'posted') return undefined;
  return { statementId, workflowId, accountId: account.id };
}

/** What would become of its money, and what of it keeps the statement in place. */
async function previewMoney(t: TenantHandle, found: Statement) {
  const told = toldBy(found);
  const none = { count: 0, amountCents: zero };
  if (told === undefined) {
    return { leaving: none, staying: none, blockedBy: [], isBlockedByMore: false };
  }
  const used = await usedMoneyOf(t, told, usedShown + 1);
  return {
    ...(await moneyOfStatement(t, told)),
    blockedBy: used.slice(0, usedShown).map(({ kind, id, ...money }) => {
      const idKind = kind === 'received' ? 'receivedPayment' : 'collection';
      return { ...money, kind, id: toPublicId(idKind, idOf(idKind, id)) };
    }),
    isBlockedByMore: used.length > usedShown,
  };
}

/** The refusal for money of this statement alone that was given to somebody, named by receipt. */
async function usedMoney(t: TenantHandle, found: Statement): Promise<Problem | undefined> {
  const told = toldBy(found);
  if (told === undefined) return undefined;
  const used = await usedMoneyOf(t, told, usedShown + 1);
  if (used.length === 0) return undefined;
  const named = used
    .slice(0, usedShown)
    .map(({ receipt, amountCents }) => `${receipt} (${formatMoney(amountCents)})`);
  const more = used.length > usedShown ? ' and others' : '';
  const detail = `Take these back to the desk first: ${named.join(', ')}${more}.`;
  return problem('money-was-used', { detail });
}

function load(call: Call, statementId: StatementId): Promise<Statement | undefined> {
  return readOwn(call, (t) => findStatement(t, statementId));
}

/** What an Update that was not answered means for whoever sent it. */
export function refusalOf(outcome: Exclude<UpdateOutcome<never>, { kind: 'answered' }>): Problem {
  const isNoLongerWaiting = outcome.kind === 'not-waiting' || outcome.kind === 'closed';
  return isNoLongerWaiting ? problem('not-waiting') : tryAgain();
}

function tryAgain(): Problem {
  return problem('unavailable', { headers: { 'Retry-After': '5' } });
}

export const statementDecisionRoutes: readonly Route[] = [password, decide, preview, undo];
