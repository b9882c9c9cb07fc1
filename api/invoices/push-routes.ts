/** The prompt by which a customer pays an invoice, sent by whoever sent the invoice. */
import { z } from 'zod';
import { numberOfCustomer } from '../../db/customer-credit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { holdInvoice, type Invoice } from '../../db/invoices.ts';
import { findOpenPush } from '../../db/link-pushes.ts';
import type { InvoiceId } from '../../domain/ids.ts';
import { invoiceReference, openCentsOf } from '../../domain/invoices/invoice.ts';
import { actorOf } from '../auth/principal.ts';
import { shortcodesOf } from '../collections/present.ts';
import { answerAsked } from '../collections/answer-asked.ts';
import { recordCollection, shortcodeProblem } from '../collections/request-collection.ts';
import { collection } from '../collections/schema.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { promptPart } from '../payment-links/prompt-part.ts';
import { problem, wrongField } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { invoicePushRequest } from './schema.ts';

type Body = z.output<typeof invoicePushRequest>;

const ask = route({
  method: 'post',
  path: '/v1/invoices/{id}/requests',
  tag: 'Invoices',
  summary: 'Ask the customer for what is open, by STK push',
  description:
    'Answers as asking for a collection does. While a prompt for this invoice is open on the same phone, that one is answered and no other is sent.',
  auth: 'collections:write',
  request: { params: z.strictObject({ id: idSchema('invoice') }), body: invoicePushRequest },
  idempotency: 'required',
  responses: {
    201: { description: 'M-PESA has answered', schema: collection },
    202: { description: 'Recorded; M-PESA has not answered yet', schema: collection },
  },
  problems: ['not-found', 'invoice-not-open', 'prompt-under-way', 'shortcode-not-ready'],
  handler: async ({ params: { id }, body }, call) => {
    const recorded = await changeOwn(call, async (t) => {
      const made = await record(t, call, { id, body });
      return 'problem' in made ? made : { ...made, shortcodes: await shortcodesOf(t) };
    });
    if ('problem' in recorded) return recorded;
    return answerAsked(call, recorded);
  },
});

async function record(t: TenantHandle, call: Call, { id, body }: { id: InvoiceId; body: Body }) {
  const invoice = await holdInvoice(t, id, 'share');
  if (invoice === undefined) return problem('not-found');
  const openCents = openCentsOf(invoice);
  if (openCents === 0) return problem('invoice-not-open', { detail: whyNot(invoice) });
  const msisdn = body.msisdn ?? (await numberOfCustomer(t, invoice.customerId))?.msisdn ?? null;
  if (msisdn === null)
    return wrongField('/msisdn', 'is needed: no number of this customer is known');
  const linkId = invoice.paymentLinkId;
  const open = await findOpenPush(t, { linkId, msisdn });
  if (open !== undefined) return { collection: open };
  const part = { linkId, openCents, wishedCents: body.amountCents };
  const amountCents = await promptPart(t, part);
  if (typeof amountCents === 'object') return amountCents;
  const refusal = await shortcodeProblem(t, invoice.shortcodeId);
  if (refusal !== undefined) return problem('shortcode-not-ready');
  const wish = {
    ...{ id: idFor(call, 'collection', body), source: 'invoice' as const, description: 'Invoice' },
    ...{ shortcodeId: invoice.shortcodeId, paymentLinkId: linkId, msisdn, amountCents },
    ...{ accountReference: invoiceReference(invoice.number), customerId: invoice.customerId },
    createdBy: actorOf(call.principal),
  };
  return recordCollection(t, wish, call);
}

function whyNot({ number, voidedAt }: Invoice): string {
  return `${invoiceReference(number)} is ${voidedAt === null ? 'paid' : 'void'}.`;
}

export const invoicePushRoutes: readonly Route[] = [ask];
