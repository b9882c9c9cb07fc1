/** One customer: changed, put away, brought back, and what they paid. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { archiveCustomer, changeCustomer } from '../../db/customer-changes.ts';
import { creditsOf } from '../../db/customer-credit.ts';
import { listCustomerPayments, type CustomerPayment } from '../../db/customer-payments.ts';
import { findCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { maskMsisdn } from '../../domain/daraja/msisdn.ts';
import { id as idOf, toPublicId, type CustomerId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { takeCurrent } from '../precondition.ts';
import { problem, type Problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { readCustomer, versionOfCustomer } from './present.ts';
import { customer, customerChange, customerPaymentPage } from './schema.ts';

const tag = 'Customers';
const params = z.strictObject({ id: idSchema('customer') });
const asNow = { 200: { description: 'The customer as they are now', schema: customer } };

const change = route({
  method: 'post',
  path: '/v1/customers/{id}/details',
  tag,
  summary: 'Change the name, the number or the reference of a customer',
  auth: 'collections:write',
  request: { params, body: customerChange },
  ifMatch: true,
  idempotency: 'optional',
  responses: asNow,
  problems: ['not-found', 'reference-taken'],
  handler: ({ params: { id }, body }, call) =>
    inCustomer(call, { id, action: 'customer.change', detail: { changed: namesOf(body) } }, (t) => {
      const { reference, name, msisdn } = body;
      const number = msisdn && { digits: msisdn, masked: maskMsisdn(msisdn) };
      return changeOf(t, id, { reference, name, msisdn: number });
    }),
});

async function changeOf(
  t: TenantHandle,
  id: CustomerId,
  wanted: Parameters<typeof changeCustomer>[2],
): Promise<Problem | undefined> {
  const changed = await changeCustomer(t, id, wanted);
  if (changed === 'taken') return problem('reference-taken');
  return changed ? undefined : problem('not-found');
}

/** What was changed by name; the words themselves are personal and stay out of the audit log. */
function namesOf(body: object): string[] {
  return Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
}

const archive = route({
  method: 'post',
  path: '/v1/customers/{id}/archive',
  tag,
  summary: 'Put a customer away',
  description:
    'They are not listed, offered or recognised any more; what was paid stays. Money that comes under their reference waits on the desk.',
  auth: 'collections:write',
  request: { params },
  ifMatch: true,
  idempotency: 'optional',
  responses: asNow,
  problems: ['not-found', 'customer-in-credit'],
  handler: ({ params: { id } }, call) =>
    inCustomer(call, { id, action: 'customer.archive', detail: {} }, async (t) => {
      const { creditCents } = (await creditsOf(t, [id]))(id);
      if (creditCents !== 0) return problem('customer-in-credit');
      return (await archiveCustomer(t, id, true)) ? undefined : problem('not-found');
    }),
});

const restore = route({
  method: 'post',
  path: '/v1/customers/{id}/restore',
  tag,
  summary: 'Bring a customer back',
  auth: 'collections:write',
  request: { params },
  ifMatch: true,
  idempotency: 'optional',
  responses: asNow,
  problems: ['not-found'],
  handler: ({ params: { id } }, call) =>
    inCustomer(call, { id, action: 'customer.restore', detail: {} }, async (t) =>
      (await archiveCustomer(t, id, false)) ? undefined : problem('not-found'),
    ),
});

/** Does something to a customer with its audit record, and answers with them as they are then. */
async function inCustomer(
  call: Call,
  deed: { id: CustomerId; action: AuditAction; detail: Record<string, unknown> },
  work: (t: TenantHandle) => Promise<Problem | undefined>,
) {
  const { id, action, detail } = deed;
  const { principal, requestId } = call;
  return changeOwn(call, async (t) => {
    const current = await takeCurrent(t, call, {
      name: `customer/${id}`,
      read: () => findCustomer(t, id),
      version: versionOfCustomer,
    });
    if ('problem' in current) return current;
    const refusal = await work(t);
    if (refusal !== undefined) return refusal;
    await appendAudit(t, {
      ...{ actor: actorOf(principal), action, requestId },
      ...{ objectKind: 'customer', objectId: id, detail },
    });
    const shown = await readCustomer(t, id);
    if (shown === undefined) return problem('not-found');
    return { status: 200 as const, body: shown, headers: { ETag: entityTag(shown.version) } };
  });
}

const position = z.strictObject({ at: instantSchema, partId: z.uuid() });

const payments = route({
  method: 'get',
  path: '/v1/customers/{id}/payments',
  tag,
  summary: 'What a customer paid, and what was paid back out of their credit, newest first',
  auth: 'collections:read',
  request: { params, query: z.strictObject(pageQuery(100)) },
  responses: { 200: { description: 'One page', schema: customerPaymentPage } },
  problems: ['not-found', 'invalid-cursor'],
  handler: async ({ params: { id }, query }, call) => {
    const after = positionIn(call, query, position);
    const place = after === undefined ? {} : { after };
    const rows = await readOwn(call, async (t) => {
      if ((await findCustomer(t, id)) === undefined) return undefined;
      return listCustomerPayments(t, { customerId: id, limit: query.limit + 1, ...place });
    });
    if (rows === undefined) return problem('not-found');
    const body = pageFrom(call, query, {
      rows,
      show: showPayment,
      position: ({ at, partId }): z.input<typeof position> => ({ at, partId }),
    });
    return { status: 200, body };
  },
});

const idKinds = {
  collection: 'collection',
  received: 'receivedPayment',
  payout: 'disbursement',
} as const;

function showPayment({ partId: _, ...payment }: CustomerPayment) {
  const kind = idKinds[payment.kind];
  return { ...payment, id: toPublicId(kind, idOf(kind, payment.id)) };
}

export const customerChangeRoutes: readonly Route[] = [change, archive, restore, payments];
