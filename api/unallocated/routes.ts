/** The desk: money that arrived without a certain owner, and what people decide about it. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { isLedgerRefusal } from '../../db/collection-ledger.ts';
import type { TenantHandle } from '../../db/database.ts';
import { allocateByHand, undoByHand, type Decision, type DeskRefusal } from '../../db/desk.ts';
import {
  findReceived,
  listReceived,
  summariseWaiting,
  type ReceivedFilter,
  type ReceivedPayment,
} from '../../db/received-payments.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { receivedStates } from '../../domain/collections/terms.ts';
import { toPublicId, type ReceivedPaymentId } from '../../domain/ids.ts';
import { addDays, startOfBusinessDate } from '../../domain/time.ts';
import { actorOf } from '../auth/principal.ts';
import { shortcodesOf } from '../collections/present.ts';
import { isPeriod, periodRule, wordList } from '../filters.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { businessDateSchema, idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { showReceived, showReceivedDetail } from './present.ts';
import { refundReceived } from './refund-route.ts';
import {
  allocateRequest,
  deskSummary,
  receivedPaymentDetail,
  receivedPaymentPage,
  undoRequest,
} from './schema.ts';

const tag = 'Received payments';
const params = z.strictObject({ id: idSchema('receivedPayment') });
const position = z.strictObject({ receivedAt: instantSchema, id: idSchema('receivedPayment') });

const listQuery = z
  .strictObject({
    state: wordList(receivedStates).optional(),
    shortcodeId: idSchema('shortcode').optional(),
    receipt: z
      .string()
      .regex(/^[A-Za-z0-9]{6,12}$/)
      .transform((text) => text.toUpperCase())
      .optional(),
    from: businessDateSchema.optional(),
    to: businessDateSchema.optional(),
    ...pageQuery(100),
  })
  .refine(isPeriod, periodRule);

const list = route({
  method: 'get',
  path: '/v1/received-payments',
  tag,
  summary: 'Money that arrived, newest first; what waits comes with ranked guesses and reasons',
  auth: 'collections:read',
  request: { query: listQuery },
  responses: { 200: { description: 'One page', schema: receivedPaymentPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { temporal } = call.dependencies;
    const after = positionIn(call, query, position);
    const request = {
      ...{ filter: filterOf(query), limit: query.limit + 1 },
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, async (t) => {
      const showing = { shortcodes: await shortcodesOf(t), runUrl: temporal.runUrl };
      const found = await listReceived(t, request);
      const shown = [];
      for (const row of found) shown.push({ row, view: await showReceived(t, row, showing) });
      return shown;
    });
    const body = pageFrom(call, query, {
      rows,
      show: ({ view }) => view,
      position: ({ row }): z.input<typeof position> => ({
        receivedAt: row.receivedAt,
        id: toPublicId('receivedPayment', row.id),
      }),
    });
    return { status: 200, body };
  },
});

function filterOf(query: z.output<typeof listQuery>): ReceivedFilter {
  const { state, shortcodeId, receipt, from, to } = query;
  return {
    ...(state === undefined ? {} : { states: state }),
    ...(shortcodeId === undefined ? {} : { shortcodeId }),
    ...(receipt === undefined ? {} : { receipt }),
    ...(from === undefined ? {} : { from: startOfBusinessDate(from) }),
    ...(to === undefined ? {} : { to: startOfBusinessDate(addDays(to, 1)) }),
  };
}

const summary = route({
  method: 'get',
  path: '/v1/received-payments/summary',
  tag,
  summary: 'How much waits on the desk',
  auth: 'collections:read',
  request: {},
  responses: { 200: { description: 'Count and sum', schema: deskSummary } },
  problems: [],
  handler: async (_input, call) => {
    const waiting = await readOwn(call, summariseWaiting);
    return { status: 200, body: { ...waiting, currency: 'KES' as const } };
  },
});

const read = route({
  method: 'get',
  path: '/v1/received-payments/{id}',
  tag,
  summary: 'One payment with its guesses and allocations',
  auth: 'collections:read',
  request: { params },
  responses: { 200: { description: 'The payment', schema: receivedPaymentDetail } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const shown = await readOwn(call, async (t) => {
      const found = await findReceived(t, id);
      return found && show(t, call, found);
    });
    return shown === undefined ? problem('not-found') : { status: 200, body: shown };
  },
});

async function show(t: TenantHandle, call: Call, payment: ReceivedPayment) {
  const { runUrl } = call.dependencies.temporal;
  return showReceivedDetail(t, payment, { shortcodes: await shortcodesOf(t), runUrl });
}

const decided = { 200: { description: 'The payment as it is now', schema: receivedPaymentDetail } };

const allocate = route({
  method: 'post',
  path: '/v1/received-payments/{id}/allocate',
  tag,
  summary: 'Give waiting money to a customer or a link, whole or in parts',
  description: 'A customer is credited. What is left of the payment goes on waiting.',
  auth: 'unallocated:resolve',
  request: { params, body: allocateRequest },
  idempotency: 'required',
  responses: decided,
  problems: ['not-found', 'not-allocatable', 'allocation-gone'],
  handler: ({ params: { id }, body }, call) =>
    decide(call, id, 'received-payment.allocate', (t, decision) =>
      allocateByHand(t, { ...decision, parts: body.parts }),
    ),
});

const undo = route({
  method: 'post',
  path: '/v1/received-payments/{id}/undo',
  tag,
  summary: 'Take one allocation back; its money waits again',
  description: 'A refund is taken back by cancelling its payout.',
  auth: 'unallocated:resolve',
  request: { params, body: undoRequest },
  idempotency: 'required',
  responses: decided,
  problems: ['not-found', 'allocation-gone', 'not-allocatable'],
  handler: ({ params: { id }, body }, call) =>
    decide(call, id, 'received-payment.undo', (t, decision) =>
      undoByHand(t, { ...decision, ...body }),
    ),
});

type Deed = (t: TenantHandle, decision: Decision) => Promise<ReceivedPayment | DeskRefusal>;

/** One decision, its postings and its audit record in one transaction. */
async function decide(call: Call, paymentId: ReceivedPaymentId, action: AuditAction, deed: Deed) {
  const { now } = call.dependencies;
  const actor = actorOf(call.principal);
  try {
    return await changeOwn(call, async (t) => {
      const outcome = await deed(t, { paymentId, actor, nowMs: now() });
      if (typeof outcome === 'string') throw new Refused(outcome);
      await appendAudit(t, {
        ...{ actor, action, objectKind: 'received-payment', objectId: paymentId },
        requestId: call.requestId,
      });
      return { status: 200 as const, body: await show(t, call, outcome) };
    });
  } catch (error) {
    return refusalOf(error);
  }
}

/** Leaves the transaction, so that nothing of a refused decision stays. */
class Refused extends Error {
  readonly code: DeskRefusal;
  constructor(code: DeskRefusal) {
    super(code);
    this.code = code;
  }
}

function refusalOf(error: unknown): Problem {
  if (error instanceof Refused) return problem(error.code);
  if (isLedgerRefusal(error)) return problem('allocation-gone');
  throw error;
}

export const unallocatedRoutes: readonly Route[] = [
  list,
  summary,
  read,
  allocate,
  refundReceived,
  undo,
];
