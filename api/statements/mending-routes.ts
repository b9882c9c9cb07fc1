/** Rows that could not be read: typed in from the paper, left out, and taken in by a run. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { appendOperationEvent, findOperation, insertOperation } from '../../db/operations.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import type { Statement } from '../../db/statement-record.ts';
import {
  decideReject,
  findReject,
  listDecided,
  type Decided,
  type DecidedReject,
} from '../../db/statement-rejects.ts';
import { findStatement } from '../../db/statements.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { toPublicId, type StatementId } from '../../domain/ids.ts';
import { rejectInSwahili } from '../../domain/statements/in-swahili.ts';
import { readTypedRow } from '../../domain/statements/typed-rows.ts';
import { statementMendWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { newId } from '../new-id.ts';
import { showOperation } from '../operations/present.ts';
import { acceptedOperation } from '../operations/schema.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { refuseStale } from '../precondition.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { showDecided } from './present.ts';
import { decidedReject, rejectDecision, type RejectDecision } from './schema.ts';

const params = z.strictObject({ id: idSchema('statement') });

const decide = route({
  method: 'post',
  path: '/v1/statements/{id}/rejects',
  tag: 'Statements',
  summary: 'Type a row in that could not be read, or leave it out',
  description:
    'The cells are held to the grammar of the file. A decision can be changed until a run takes it in: POST /v1/statements/{id}/rejects/rerun. With If-Match it only counts for the version of the row that was looked at.',
  auth: 'statements:write',
  request: { params, body: rejectDecision },
  ifMatch: true,
  idempotency: 'optional',
  responses: { 200: { description: 'The row as it is decided now', schema: decidedReject } },
  problems: ['not-found', 'not-waiting', 'reject-settled', 'row-unreadable'],
  handler: async ({ params: { id }, body }, call) => {
    const asked = { statementId: id, body };
    const decided = await changeOwn(call, (t) => record(t, call, asked));
    if ('problem' in decided) return decided;
    const { version } = decided;
    return { status: 200, body: showDecided(decided), headers: { ETag: entityTag(version) } };
  },
});

interface Asked {
  statementId: StatementId;
  body: RejectDecision;
}

async function record(t: TenantHandle, call: Call, asked: Asked): Promise<DecidedReject | Problem> {
  const { statementId, body } = asked;
  const statement = await findStatement(t, statementId);
  const reject = statement && (await findReject(t, statementId, body.seq));
  if (statement === undefined || reject === undefined) return problem('not-found');
  if (!takesRows(statement)) return problem('not-waiting');
  if (reject.settledAt !== null) return problem('reject-settled');
  const stale = refuseStale(call, reject.version);
  if (stale !== undefined) return stale;
  const decided = decisionOf(statement, reject, body);
  if (decided !== undefined && 'problem' in decided) return decided;
  const of = { statementId, reject, decidedBy: call.principal.userId };
  if (!(await decideReject(t, of, decided))) return problem('precondition-failed');
  const after = await findReject(t, statementId, body.seq);
  if (after === undefined) throw new Error('a reject is gone');
  await appendAudit(t, {
    actor: actorOf(call.principal),
    action: `statement-row.${body.decision}`,
    objectKind: 'statement',
    objectId: statementId,
    requestId: call.requestId,
    detail: { ...placeOf(reject), before: auditOf(reject), after: auditOf(after) },
  });
  return after;
}

/** Rows are taken as long as somebody can still look at the statement or has posted it. */
function takesRows({ status }: Statement): boolean {
  return status === 'waiting-review' || status === 'posted';
}

function decisionOf(
  { format, createdAt: notAfter }: Statement,
  reject: DecidedReject,
  body: RejectDecision,
): Decided | Problem | undefined {
  if (body.decision === 'reopen') return undefined;
  if (body.decision === 'skip') return { reason: body.reason };
  if (format === null) return problem('not-waiting');
  const read = readTypedRow(reject, body.cells, { format, notAfter });
  if (read.ok) return { typed: body.cells };
  const { detail } = read.reject;
  return problem('row-unreadable', { detail, detailSw: rejectInSwahili(detail) });
}

function placeOf({ seq, page, line }: DecidedReject) {
  return { seq, page, line };
}

/** What the audit log keeps in clear: figures and the receipt, no words that may name a person. */
function auditOf({ decision, typed }: DecidedReject) {
  if (typed === null) return { state: decision ?? 'open' };
  const { details: _words, ...figures } = typed;
  return { state: decision, ...figures };
}

const rerun = route({
  method: 'post',
  path: '/v1/statements/{id}/rejects/rerun',
  tag: 'Statements',
  summary: 'Take in the rows that were typed in or left out',
  description:
    'Typed rows go the way of rows that were read: known ones are not doubled, charges are tied, and the proof is made again. Follow the operation.',
  auth: 'statements:write',
  request: { params },
  idempotency: 'optional',
  responses: { 202: { description: 'They are being taken in', schema: acceptedOperation } },
  problems: ['not-found', 'not-waiting', 'nothing-decided'],
  handler: async ({ params: { id } }, call) => {
    const { temporal } = call.dependencies;
    const recorded = await changeOwn(call, (t) => recordRun(t, call, id));
    if ('problem' in recorded) return recorded;
    await hastenStart(call, recorded.start);
    const operation = showOperation(recorded.operation, temporal.runUrl);
    const headers = { Location: `/v1/operations/${operation.id}` };
    return { status: 202, body: { operation }, headers };
  },
});

type MendStart = Extract<WorkflowStart, { workflow: 'mendStatement' }>;

async function recordRun(t: TenantHandle, call: Call, statementId: StatementId) {
  const statement = await findStatement(t, statementId);
  if (statement === undefined) return problem('not-found');
  if (!takesRows(statement)) return problem('not-waiting');
  if ((await listDecided(t, statementId, 1)).length === 0) return problem('nothing-decided');
  const { tenantId } = t;
  const { userId } = call.principal;
  const operationId = newId('operation', call.dependencies.now());
  const workflowId = statementMendWorkflowId({ tenantId, statementId, operationId });
  const work = { id: operationId, kind: 'statement.mend', subjectId: statementId } as const;
  await insertOperation(t, { ...work, workflowId, createdBy: userId });
  const data = { stage: 'mending', done: 0 };
  await appendOperationEvent(t, operationId, { type: 'progress', data });
  const start: MendStart = {
    ...{ workflow: 'mendStatement', workflowId, tier: await tierOf(t) },
    summary: `Typed rows of statement ${toPublicId('statement', statementId)}`,
    input: { tenantId, statementId, operationId, requestedBy: userId },
  };
  await appendWorkflowStart(t, start, call.traceparent);
  const operation = await findOperation(t, operationId);
  if (operation === undefined) throw new Error('an insert was lost');
  return { operation, start };
}

export const statementMendingRoutes: readonly Route[] = [decide, rerun];
