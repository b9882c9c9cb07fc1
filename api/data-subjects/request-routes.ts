/**
 * Having a person forgotten: one person asks, a second one agrees with a fresh second factor, and a
 * run replaces them by a pseudonym everywhere.
 */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import {
  auditSubject,
  decideSubjectRequest,
  dropExpired,
  findSubjectRequest,
  insertSubjectRequest,
  listSubjectRequests,
  type SubjectRequest,
} from '../../db/subject-requests.ts';
import { toPublicId, type SubjectRequestId } from '../../domain/ids.ts';
import { whatStays } from '../../domain/tenants/forgetting.ts';
import { expiryOf, standingOf } from '../../domain/waiting.ts';
import { pseudonymiseWorkflowId } from '../../temporal/workflow-ids.ts';
import type { TenantStart } from '../../workflows/tenant-types.ts';
import { isOwnRequest, refuseChecker, refuseWithdrawal, whileItWaits } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { nowOf } from '../now.ts';
import { changeOwn, ownTenant, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { subjectAgreement, subjectRequest, subjectRequestList, subjectWish } from './schema.ts';

const params = z.strictObject({ id: idSchema('subjectRequest') });
const decided = { 200: { description: 'The request as it is now', schema: subjectRequest } };
const auth = 'personal:erase';

function shown(call: Call, { person, workflowId, expiresAt, ...request }: SubjectRequest) {
  const { id, status, requestedBy, round: _round, ...rest } = request;
  return {
    ...{ ...rest, id: toPublicId('subjectRequest', id), requestedBy, expiresAt },
    status: standingOf({ status, expiresAt }, nowOf(call)),
    person: person && { msisdn: person.msisdn ?? null, name: person.name ?? null },
    changed: { ...request.changed },
    stays: status === 'done' ? staysOf(request) : [],
    isOwn: isOwnRequest(call.principal, { requestedBy }),
    runUrl: call.dependencies.temporal.runUrl(workflowId),
  };
}

function staysOf({
  changed,
  keptFiles,
  leftCount,
}: Pick<SubjectRequest, 'changed' | 'keptFiles' | 'leftCount'>) {
  const rows = Object.values(changed).reduce((sum, count) => sum + count, 0);
  return whatStays({ changed: rows, keptFiles: keptFiles ?? 0, leftCount: leftCount ?? 0 });
}

const list = route({
  method: 'get',
  path: '/v1/data-subjects/requests',
  tag: 'Data subjects',
  summary: 'People who asked to be forgotten, and what became of it',
  description: 'The newest 50. Who it is about is shown until it is done.',
  auth,
  request: {},
  responses: { 200: { description: 'The requests', schema: subjectRequestList } },
  problems: [],
  handler: async (_input, call) => {
    const found = await readOwn(call, listSubjectRequests);
    return { status: 200, body: { data: found.map((one) => shown(call, one)) } };
  },
});

const ask = route({
  method: 'post',
  path: '/v1/data-subjects/requests',
  tag: 'Data subjects',
  summary: 'Ask for a person to be replaced by a pseudonym everywhere',
  description:
    'Nothing happens until a second person agrees within seven days. Amounts, receipts, dates and the ledger stay; names and numbers go for good. Give number and name, so that masked rows are found as well.',
  auth,
  stepUp: true,
  idempotency: 'required',
  request: { body: subjectWish },
  responses: { 201: { description: 'The request, which waits', schema: subjectRequest } },
  problems: ['already-requested'],
  handler: async ({ body }, call) => {
    const { reason, ...person } = body;
    const { principal, requestId } = call;
    const { tenantId } = principal;
    const id = idFor(call, 'subjectRequest', body);
    const actor = actorOf(principal);
    const requestedAt = nowOf(call);
    const stored = await changeOwn(call, async (t) => {
      await dropExpired(t, person, requestedAt);
      const request = await insertSubjectRequest(t, {
        ...{ id, person, reason, requestedBy: actor, requestedAt },
        expiresAt: expiryOf(requestedAt),
        workflowId: pseudonymiseWorkflowId({ tenantId, requestId: id }),
      });
      if (request === undefined) return undefined;
      const detail = { reason };
      await auditSubject(t, { actor, action: 'ask', subjectRequest: id, detail, requestId });
      return request;
    });
    if (stored === undefined) return problem('already-requested');
    return { status: 201, body: shown(call, stored) };
  },
});

const approve = route({
  method: 'post',
  path: '/v1/data-subjects/requests/{id}/approve',
  tag: 'Data subjects',
  summary: 'Agree as the second person; the person is then forgotten for good',
  auth,
  idempotency: 'optional',
  request: { params, body: subjectAgreement },
  responses: decided,
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
  handler: async ({ params: { id }, body }, call) => {
    const { principal, requestId } = call;
    const { tenantId } = principal;
    const tenant = await ownTenant(call);
    const start: TenantStart = {
      ...{ workflow: 'pseudonymise', tier: tenant.tier, summary: 'A person is forgotten' },
      workflowId: pseudonymiseWorkflowId({ tenantId, requestId: id }),
      input: { tenantId, requestId: id },
    };
    const answer = await decide(call, id, async (t, request) => {
      const refusal = refuseChecker(call, request);
      if (refusal !== undefined) return refusal;
      const actor = actorOf(principal);
      const running = await decideSubjectRequest(t, id, {
        ...{ status: 'running', decidedBy: actor, decidedAt: nowOf(call), note: body.note ?? null },
      });
      await appendWorkflowStart(t, start);
      await auditSubject(t, { actor, action: 'approve', subjectRequest: id, requestId });
      return running;
    });
    if ('status' in answer && answer.status === 200) await hastenStart(call, start);
    return answer;
  },
});

const reject = route({
  method: 'post',
  path: '/v1/data-subjects/requests/{id}/reject',
  tag: 'Data subjects',
  summary: 'Refuse as the second person',
  auth,
  idempotency: 'optional',
  request: { params, body: subjectAgreement },
  responses: decided,
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
  handler: ({ params: { id }, body }, call) =>
    decide(
      call,
      id,
      async (t, request) =>
        refuseChecker(call, request) ??
        end(t, call, { id, status: 'rejected', note: body.note ?? null }),
    ),
});

const withdraw = route({
  method: 'post',
  path: '/v1/data-subjects/requests/{id}/withdraw',
  tag: 'Data subjects',
  summary: 'Take back what you asked for yourself',
  auth,
  idempotency: 'optional',
  request: { params, body: z.strictObject({}) },
  responses: decided,
  problems: ['not-found', 'not-own-request', 'request-not-waiting'],
  handler: ({ params: { id } }, call) =>
    decide(
      call,
      id,
      async (t, request) =>
        refuseWithdrawal(call, request) ?? end(t, call, { id, status: 'withdrawn', note: null }),
    ),
});

async function end(
  t: TenantHandle,
  call: Call,
  {
    id,
    status,
    note,
  }: { id: SubjectRequestId; status: 'rejected' | 'withdrawn'; note: string | null },
): Promise<SubjectRequest> {
  const actor = actorOf(call.principal);
  const { requestId } = call;
  const action = status === 'rejected' ? 'reject' : 'withdraw';
  await auditSubject(t, { actor, action, subjectRequest: id, requestId, detail: { note } });
  const decidedAt = nowOf(call);
  return decideSubjectRequest(t, id, { status, decidedBy: actor, decidedAt, note });
}

/** Holds the request while somebody decides it, if it still waits. */
async function decide(
  call: Call,
  requestId: SubjectRequestId,
  work: (t: TenantHandle, request: SubjectRequest) => Promise<SubjectRequest | Problem>,
) {
  const outcome = await whileItWaits(call, {
    find: (t) => findSubjectRequest(t, requestId, { isLocked: true }),
    work,
  });
  if ('problem' in outcome) return outcome;
  return { status: 200 as const, body: shown(call, outcome) };
}

export const subjectRequestRoutes: readonly Route[] = [list, ask, approve, reject, withdraw];
