/** Invoices: sent, listed, taken along, paid by prompt, and voided. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { findCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  findInvoice,
  insertInvoice,
  linesOfInvoice,
  listInvoices,
  noteInvoice,
  summariseInvoices,
  voidInvoice,
  type VoidRefusal,
} from '../../db/invoices.ts';
import { paymentsOfLink } from '../../db/link-payments.ts';
import type { InvoiceId } from '../../domain/ids.ts';
import { invoiceReference, totalOf } from '../../domain/invoices/invoice.ts';
import { actorOf } from '../auth/principal.ts';
import { shortcodeProblem } from '../collections/request-collection.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { todayOf } from '../now.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, pageQuery } from '../primitives.ts';
import { problem, wrongField } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Route } from '../route.ts';
import { download, exportStepUp, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { filterFields, filterOf } from './filter.ts';
import { invoiceBatches } from './batches.ts';
import { showInvoice, showInvoiceDetail, showSums, type FoundInvoice } from './present.ts';
import { invoicePushRoutes } from './push-routes.ts';
import {
  invoice,
  invoiceDetail,
  invoicePage,
  invoiceRequest,
  invoiceSummary,
  voidRequest,
} from './schema.ts';
import { invoiceSheet } from './sheet.ts';

const tag = 'Invoices';
const params = z.strictObject({ id: idSchema('invoice') });
const paymentsMax = 100;

const create = route({
  method: 'post',
  path: '/v1/invoices',
  tag,
  summary: 'Send an invoice: its number, its link and what it asks for stay as they are',
  description:
    'Numbers follow one another without a gap. Payers pay by the link, by a prompt, or by hand with the number as account number; in parts if they like.',
  auth: 'collections:write',
  request: { body: invoiceRequest },
  idempotency: 'optional',
  responses: { 201: { description: 'The invoice', schema: invoiceDetail } },
  problems: ['shortcode-not-ready'],
  handler: async ({ body }, call) => {
    const { customerId, shortcodeId, dueOn, lines } = body;
    const today = todayOf(call);
    if (dueOn < today) return wrongField('/dueOn', `is over; today is ${today}`);
    const id = idFor(call, 'invoice', body);
    const made = await changeOwn(call, async (t) => {
      const refusal = await shortcodeProblem(t, shortcodeId);
      if (refusal !== undefined) return refusal;
      const customer = await findCustomer(t, customerId);
      if (customer === undefined) return wrongField('/customerId', 'is not one of yours');
      if (customer.archivedAt !== null)
        return wrongField('/customerId', 'was put away; bring it back first');
      const createdBy = actorOf(call.principal);
      const isNew = await insertInvoice(t, {
        ...{ id, customerId, shortcodeId, lines, issuedOn: today, dueOn, createdBy },
        paymentLinkId: idFor(call, 'paymentLink', body),
      });
      const made = await readDetail(t, id);
      if (isNew && made !== undefined) {
        await noteInvoice(t, 'invoice.sent', made.invoice);
        await appendAudit(t, {
          ...{ actor: createdBy, action: 'invoice.send', objectKind: 'invoice', objectId: id },
          ...{ requestId: call.requestId, detail: { totalCents: totalOf(lines), dueOn } },
        });
      }
      return made;
    });
    if (made === undefined) throw new Error('an insert was lost');
    if ('problem' in made) return made;
    const shown = showInvoiceDetail(call, made);
    return { status: 201, body: shown, headers: { Location: `/v1/invoices/${shown.id}` } };
  },
});

async function readDetail(t: TenantHandle, id: InvoiceId): Promise<FoundInvoice | undefined> {
  const found = await findInvoice(t, id);
  if (found === undefined) return undefined;
  return {
    invoice: found,
    lines: await linesOfInvoice(t, id),
    payments: await paymentsOfLink(t, { linkId: found.paymentLinkId, limit: paymentsMax }),
  };
}

const exportRoute = route({
  method: 'get',
  path: '/v1/invoices/export',
  tag,
  summary: 'Exactly the invoices a filter selects, as a file',
  description: "Newest first. Texts a formula could hide in start with `'`.",
  auth: 'transactions:export',
  stepUp: exportStepUp,
  request: {
    query: z.strictObject({ format: z.enum(sheetFormats).default('csv'), ...filterFields }),
  },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: [],
  handler: async ({ query }, call) => {
    const { format, ...asked } = query;
    const batches = () => invoiceBatches(call, { filter: filterOf(asked), today: todayOf(call) });
    return download(call, invoiceSheet, { list: 'invoices', format, asked, batches });
  },
});

const position = z.strictObject({ number: z.int() });

const list = route({
  method: 'get',
  path: '/v1/invoices',
  tag,
  summary: 'Invoices, newest first',
  auth: 'collections:read',
  request: { query: z.strictObject({ ...filterFields, ...pageQuery(200) }) },
  sheet: exportRoute,
  responses: { 200: { description: 'One page', schema: invoicePage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const request = {
      ...{ filter: filterOf(query), today: todayOf(call), limit: query.limit + 1 },
      ...(after === undefined ? {} : { after: after.number }),
    };
    const rows = await readOwn(call, (t) => listInvoices(t, request));
    const body = pageFrom(call, query, {
      rows,
      show: (row) => showInvoice(call, row),
      position: ({ number }): z.input<typeof position> => ({ number }),
    });
    return { status: 200, body };
  },
});

const summary = route({
  method: 'get',
  path: '/v1/invoices/summary',
  tag,
  summary: 'Count and sums by status of exactly what a filter selects',
  auth: 'collections:read',
  request: { query: z.strictObject(filterFields) },
  responses: { 200: { description: 'Counts and sums', schema: invoiceSummary } },
  problems: [],
  handler: async ({ query }, call) => {
    const asked = { filter: filterOf(query), today: todayOf(call) };
    return { status: 200, body: showSums(await readOwn(call, (t) => summariseInvoices(t, asked))) };
  },
});

const read = route({
  method: 'get',
  path: '/v1/invoices/{id}',
  tag,
  summary: 'One invoice with its lines and what was paid on it',
  auth: 'collections:read',
  request: { params },
  responses: { 200: { description: 'The invoice', schema: invoiceDetail } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, (t) => readDetail(t, id));
    if (found === undefined) return problem('not-found');
    return { status: 200, body: showInvoiceDetail(call, found) };
  },
});

const voidRoute = route({
  method: 'post',
  path: '/v1/invoices/{id}/void',
  tag,
  summary: 'Take an invoice back that nothing was paid on',
  description:
    'It keeps its number and takes no more payments. Where something was paid, or a prompt for it is not over yet, it stands; money that comes by hand later waits on the desk.',
  auth: 'collections:write',
  request: { params, body: voidRequest },
  idempotency: 'optional',
  responses: { 200: { description: 'The void invoice', schema: invoice } },
  problems: ['not-found', 'invoice-not-open'],
  handler: async ({ params: { id }, body: { reason } }, call) => {
    const ended = await changeOwn(call, async (t) => {
      const voided = await voidInvoice(t, { invoiceId: id, reason });
      if (voided === undefined) return problem('not-found');
      if (typeof voided === 'string') {
        return problem('invoice-not-open', { detail: whyNot[voided] });
      }
      await appendAudit(t, {
        ...{ actor: actorOf(call.principal), action: 'invoice.void', objectKind: 'invoice' },
        ...{ objectId: id, requestId: call.requestId },
        detail: { number: invoiceReference(voided.number) },
      });
      return voided;
    });
    return 'problem' in ended ? ended : { status: 200, body: showInvoice(call, ended) };
  },
});

const whyNot: Record<VoidRefusal, string> = {
  void: 'It is void already.',
  paid: 'Money was paid on it.',
  prompted: 'A prompt for it is not over; cancel that, or wait for its end.',
};

export const invoiceRoutes: readonly Route[] = [
  ...[create, list, summary, exportRoute, read],
  ...invoicePushRoutes,
  voidRoute,
];
