/**
 * The queue of postings by hand. Whoever asked for one never decides it, and agreeing posts it in the
 * same transaction as the decision and its audit record.
 */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import { postTransaction } from '../../db/ledger.ts';
import {
  auditRequest,
  endPostingRequest,
  findPostingRequest,
  listPostingRequests,
  type PostingRequest,
} from '../../db/posting-requests.ts';
import type { PostingRequestId } from '../../domain/ids.ts';
import { toPublicId } from '../../domain/ids.ts';
import { postingRequestStatuses } from '../../domain/ledger/posting-requests.ts';
import { appendAudit } from '../../db/audit.ts';
import { refuseChecker, refuseWithdrawal, whileItWaits } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { wordList } from '../filters.ts';
import { nowOf } from '../now.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { draftOf, ledgerRefusals, refusalOf } from './hand-posting.ts';
import { showRequest } from './present.ts';
import { agreement, postingRequest, postingRequestPage, rejection } from './schema.ts';

const params = z.strictObject({ id: idSchema('postingRequest') });
const place = z.strictObject({ at: instantSchema, id: idSchema('postingRequest') });
const decided = { 200: { description: 'The request as it is now', schema: postingRequest } };

function shownBy(call: Call) {
  const now = nowOf(call);
  return (request: PostingRequest) => showRequest(request, { principal: call.principal, now });
}

const list = route({
  method: 'get',
  path: '/v1/ledger/requests',
  tag: 'Ledger',
  summary: 'Postings by hand that wait for a second person, and what became of others',
  auth: 'ledger:read',
  request: {
    query: z.strictObject({
      status: wordList(postingRequestStatuses).optional(),
      ...pageQuery(200),
    }),
  },
  responses: { 200: { description: 'One page', schema: postingRequestPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, place);
    const request = {
      ...{ statuses: query.status, now: nowOf(call), limit: query.limit + 1 },
      ...(after === undefined ? {} : { after: { requestedAt: after.at, id: after.id } }),
    };
    const rows = await readOwn(call, (t) => listPostingRequests(t, request));
    const position = ({ requestedAt, id }: PostingRequest) => ({
      ...{ at: requestedAt, id: toPublicId('postingRequest', id) },
    });
    return { status: 200, body: pageFrom(call, query, { rows, show: shownBy(call), position }) };
  },
});

const read = route({
  method: 'get',
  path: '/v1/ledger/requests/{id}',
  tag: 'Ledger',
  summary: 'One posting by hand that was asked for',
  auth: 'ledger:read',
  request: { params },
  responses: decided,
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, (t) => findPostingRequest(t, id));
    return found === undefined ? problem('not-found') : { status: 200, body: shownBy(call)(found) };
  },
});

const approve = route({
  method: 'post',
  path: '/v1/ledger/requests/{id}/approve',
  tag: 'Ledger',
  summary: 'Agree as the second person, and post it',
  auth: 'ledger:adjust',
  idempotency: 'optional',
  request: { params, body: agreement },
  responses: decided,
  problems: [
    'not-found',
    'own-request',
    'fresh-mfa-needed',
    'request-not-waiting',
    ...ledgerRefusals,
  ],
  handler: async ({ params: { id }, body }, call) =>
    decide(
      call,
      id,
      async (t, request) =>
        refuseChecker(call, request) ?? post(t, call, { request, note: body.note }),
    ),
});

async function post(
  t: TenantHandle,
  call: Call,
  { request, note }: { request: PostingRequest; note: string | undefined },
): Promise<PostingRequest | Problem> {
  const { id, wish, reason, requestedBy } = request;
  const draft = await draftOf(t, wish);
  if (draft === undefined) return problem('not-found');
  const actor = actorOf(call.principal);
  const decidedAt = nowOf(call);
  const posted = await postTransaction(t, {
    ...draft,
    reference: `by-hand/${id}`,
    occurredAt: decidedAt,
    source: { kind: 'manual', id, actor: requestedBy },
    reason,
  });
  if (!posted.ok) return refusalOf(posted.refusal.code);
  const { transactionId: postedId } = posted;
  const ended = await endPostingRequest(t, id, {
    ...{ status: 'posted', decidedBy: actor, decidedAt, note, postedId },
  });
  await appendAudit(t, {
    ...{ actor, action: 'ledger.posted-by-hand', objectKind: 'ledger-transaction' },
    ...{ objectId: postedId, requestId: call.requestId, detail: { reason, requestedBy } },
  });
  return ended;
}

const reject = route({
  method: 'post',
  path: '/v1/ledger/requests/{id}/reject',
  tag: 'Ledger',
  summary: 'Refuse a posting by hand as the second person',
  auth: 'ledger:adjust',
  idempotency: 'optional',
  request: { params, body: rejection },
  responses: decided,
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
  handler: async ({ params: { id }, body }, call) =>
    decide(
      call,
      id,
      async (t, request) =>
        refuseChecker(call, request) ??
        end(t, call, { request, status: 'rejected', note: body.reason }),
    ),
});

const withdraw = route({
  method: 'post',
  path: '/v1/ledger/requests/{id}/withdraw',
  tag: 'Ledger',
  summary: 'Take back what you asked for yourself',
  auth: 'ledger:adjust',
  idempotency: 'optional',
  request: { params, body: z.strictObject({}) },
  responses: decided,
  problems: ['not-found', 'not-own-request', 'request-not-waiting'],
  handler: async ({ params: { id } }, call) =>
    decide(
      call,
      id,
      async (t, request) =>
        refuseWithdrawal(call, request) ?? end(t, call, { request, status: 'withdrawn' }),
    ),
});

async function end(
  t: TenantHandle,
  call: Call,
  ending: { request: PostingRequest; status: 'rejected' | 'withdrawn'; note?: string },
): Promise<PostingRequest> {
  const { request, status, note } = ending;
  const actor = actorOf(call.principal);
  const ended = await endPostingRequest(t, request.id, {
    ...{ status, decidedBy: actor, decidedAt: nowOf(call), note },
  });
  const detail = note === undefined ? {} : { reason: note };
  await auditRequest(t, { actor, action: `ledger.${status}`, requestId: request.id, detail });
  return ended;
}

/** Holds the request while somebody decides it, if it still waits. */
async function decide(
  call: Call,
  requestId: PostingRequestId,
  work: (t: TenantHandle, request: PostingRequest) => Promise<PostingRequest | Problem>,
) {
  const outcome = await whileItWaits(call, {
    find: (t) => findPostingRequest(t, requestId, { isLocked: true }),
    work,
  });
  if ('problem' in outcome) return outcome;
  return { status: 200 as const, body: shownBy(call)(outcome) };
}

export const postingRequestRoutes: readonly Route[] = [list, read, approve, reject, withdraw];
