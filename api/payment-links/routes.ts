/** Links people pay through: made, listed, closed, and shown as a QR code. */
import { toBuffer } from 'qrcode';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { linkStatuses } from '../../db/collection-tables.ts';
import { findCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { invoicesOfLinks } from '../../db/invoices.ts';
import {
  closePaymentLink,
  findPaymentLink,
  insertPaymentLink,
  listPaymentLinks,
  type PaymentLink,
} from '../../db/payment-links.ts';
import { toPublicId, type InvoiceId, type PaymentLinkId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { shortcodeProblem } from '../collections/request-collection.ts';
import { wordList } from '../filters.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem, wrongField } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { showLink, urlOf } from './present.ts';
import { paymentLink, paymentLinkPage, paymentLinkRequest } from './schema.ts';
import { idFor } from '../request-id.ts';

const tag = 'Payment links';
/** A link people make themselves belongs to none. */
const noInvoices: ReadonlyMap<PaymentLinkId, InvoiceId> = new Map();
const params = z.strictObject({ id: idSchema('paymentLink') });

const create = route({
  method: 'post',
  path: '/v1/payment-links',
  tag,
  summary: 'Make a link that people pay through',
  auth: 'collections:write',
  request: { body: paymentLinkRequest },
  idempotency: 'optional',
  responses: { 201: { description: 'The link', schema: paymentLink } },
  problems: ['shortcode-not-ready'],
  handler: async ({ body }, call) => {
    const { amountCents, customerId, expiresAt, ...facts } = body;
    const id = idFor(call, 'paymentLink', body);
    const made = await changeOwn(call, async (t) => {
      const known = await findPaymentLink(t, id);
      if (known !== undefined) return known;
      const refusal = await shortcodeProblem(t, body.shortcodeId);
      if (refusal !== undefined) return refusal;
      if (customerId !== undefined && (await findCustomer(t, customerId)) === undefined) {
        return wrongField('/customerId', 'is not one of yours');
      }
      await insertPaymentLink(t, {
        ...{ ...facts, id, createdBy: actorOf(call.principal) },
        ...(amountCents === undefined ? {} : { amountCents }),
        ...(customerId === undefined ? {} : { customerId }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
      return findPaymentLink(t, id);
    });
    if (made === undefined) throw new Error('an insert was lost');
    if ('problem' in made) return made;
    const shown = showLink(call, made, noInvoices);
    return { status: 201, body: shown, headers: { Location: `/v1/payment-links/${shown.id}` } };
  },
});

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('paymentLink') });

const list = route({
  method: 'get',
  path: '/v1/payment-links',
  tag,
  summary: 'Payment links, newest first',
  auth: 'collections:read',
  request: {
    query: z.strictObject({ status: wordList(linkStatuses).optional(), ...pageQuery(200) }),
  },
  responses: { 200: { description: 'One page', schema: paymentLinkPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const { status, limit } = query;
    const request = {
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { after }),
      limit: limit + 1,
    };
    const { rows, invoices } = await readOwn(call, async (t) =>
      withInvoices(t, await listPaymentLinks(t, request)),
    );
    const body = pageFrom(call, query, {
      rows,
      show: (row) => showLink(call, row, invoices),
      position: ({ createdAt, id }): z.input<typeof position> => ({
        createdAt,
        id: toPublicId('paymentLink', id),
      }),
    });
    return { status: 200, body };
  },
});

/** The links of a page, and which of them belong to an invoice. */
async function withInvoices(t: TenantHandle, rows: readonly PaymentLink[]) {
  const ids = rows.map(({ id }) => id);
  return { rows, invoices: await invoicesOfLinks(t, ids) };
}

async function ofOne(t: TenantHandle, id: PaymentLinkId) {
  const found = await findPaymentLink(t, id);
  return withInvoices(t, found === undefined ? [] : [found]);
}

function find(call: Call, id: PaymentLinkId): Promise<PaymentLink | undefined> {
  return readOwn(call, (t) => findPaymentLink(t, id));
}

const read = route({
  method: 'get',
  path: '/v1/payment-links/{id}',
  tag,
  summary: 'One payment link',
  auth: 'collections:read',
  request: { params },
  responses: { 200: { description: 'The link', schema: paymentLink } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { rows, invoices } = await readOwn(call, (t) => ofOne(t, id));
    const [found] = rows;
    return found === undefined
      ? problem('not-found')
      : { status: 200, body: showLink(call, found, invoices) };
  },
});

const qr = route({
  method: 'get',
  path: '/v1/payment-links/{id}/qr',
  tag,
  summary: 'The address of a link as a QR code',
  auth: 'collections:read',
  request: { params },
  responses: { 200: { description: 'A picture', media: ['image/png'] } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    if ((await find(call, id)) === undefined) return problem('not-found');
    const picture = await toBuffer(urlOf(call, id), { width: 480, margin: 2 });
    return {
      status: 200,
      body: { mediaType: 'image/png', write: async (response) => void response.end(picture) },
    };
  },
});

const close = route({
  method: 'post',
  path: '/v1/payment-links/{id}/close',
  tag,
  summary: 'Take no more payments through a link',
  description: 'Money that is on its way, or typed by hand, is received and waits on the desk.',
  auth: 'collections:write',
  request: { params },
  idempotency: 'optional',
  responses: { 200: { description: 'The closed link', schema: paymentLink } },
  problems: ['not-found', 'link-not-open', 'link-of-invoice'],
  handler: async ({ params: { id } }, call) => {
    const { rows, invoices } = await readOwn(call, (t) => ofOne(t, id));
    if (rows.length === 0) return problem('not-found');
    if (invoices.has(id)) return problem('link-of-invoice');
    const closed = await changeOwn(call, async (t) => {
      await appendAudit(t, {
        ...{ actor: actorOf(call.principal), action: 'payment-link.close' },
        ...{ objectKind: 'payment-link', objectId: id, requestId: call.requestId },
      });
      return closePaymentLink(t, id);
    });
    if (closed === undefined) return problem('link-not-open');
    return { status: 200, body: showLink(call, closed, noInvoices) };
  },
});

export const paymentLinkRoutes: readonly Route[] = [create, list, read, qr, close];
