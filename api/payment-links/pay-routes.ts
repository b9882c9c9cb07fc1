/** What somebody who opens a payment link may see and do, without an account. */
import { z } from 'zod';
import { countRecentPushes, findOpenPush } from '../../db/link-pushes.ts';
import { findCollection } from '../../db/collections.ts';
import type { Collection } from '../../db/collection-record.ts';
import type { TenantHandle } from '../../db/database.ts';
import { findInvoiceOfLink, invoicesOfLinks, linesOfInvoice } from '../../db/invoices.ts';
import {
  findPaymentLink,
  holdPaymentLink,
  openAmountOf,
  type PaymentLink,
} from '../../db/payment-links.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { isTenantSuspended, tenantName } from '../../db/link-pushes.ts';
import type { CollectionId } from '../../domain/ids.ts';
import { invoiceStatusOf, promptableCents } from '../../domain/invoices/invoice.ts';
import type { Cents } from '../../domain/money.ts';
import { showCollection, shortcodesOf } from '../collections/present.ts';
import {
  acceptanceOf,
  recordCollection,
  shortcodeProblem,
  type Wish,
} from '../collections/request-collection.ts';
import { newId } from '../new-id.ts';
import { todayOf } from '../now.ts';
import { idSchema } from '../primitives.ts';
import { problem, wrongField, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { promptPart } from './prompt-part.ts';
import { readLinkToken, type LinkPlace } from './link-token.ts';
import { payerRequest, payPage, pushRequest } from './schema.ts';

const tag = 'Paying';
const params = z.strictObject({ token: z.string().max(100) });

function placeIn(call: Call, token: string): LinkPlace | undefined {
  return readLinkToken(call.dependencies.config.keys.kek.reveal(), token);
}

const page = route({
  method: 'get',
  path: '/v1/pay/{token}',
  tag,
  summary: 'What a payment link asks for, and how a push from it stands',
  auth: 'public',
  request: { params, query: z.strictObject({ request: idSchema('collection').optional() }) },
  responses: { 200: { description: 'The hosted page’s contents', schema: payPage } },
  problems: ['not-found'],
  handler: async ({ params: { token }, query }, call) => {
    const place = placeIn(call, token);
    if (place === undefined) return problem('not-found');
    const shown = await call.dependencies.db.withTenant(
      place.tenantId,
      async (t) => {
        const link = await findPaymentLink(t, place.linkId);
        return link && showPage(t, call, { link, requestId: query.request });
      },
      { readOnly: true },
    );
    return shown === undefined ? problem('not-found') : { status: 200, body: shown };
  },
});

async function showPage(
  t: TenantHandle,
  call: Call,
  { link, requestId }: { link: PaymentLink; requestId: CollectionId | undefined },
): Promise<z.input<typeof payPage>> {
  const { state, openCents } = openAmountOf(link, call.dependencies.now());
  const shortcode = await findShortcode(t, link.shortcodeId);
  const push = requestId === undefined ? undefined : await findCollection(t, requestId);
  const isItsOwn = push?.paymentLinkId === link.id;
  const fixedCents = link.amountCents === null ? null : (openCents ?? link.amountCents);
  return {
    ...{ title: link.title, reference: link.reference, state, currency: 'KES' },
    business: await tenantName(t),
    amountCents: fixedCents,
    promptMaxCents: fixedCents === null ? null : promptableCents(fixedCents),
    invoice: await showInvoiced(t, call, link),
    shortcode: { number: shortcode?.number ?? '', kind: shortcode?.kind ?? 'paybill' },
    request: push !== undefined && isItsOwn ? await showRequest(t, call, push) : null,
  };
}

async function showInvoiced(
  t: TenantHandle,
  call: Call,
  link: PaymentLink,
): Promise<z.input<typeof payPage>['invoice']> {
  const invoice = await findInvoiceOfLink(t, link.id);
  if (invoice === undefined) return null;
  const { dueOn, totalCents, paidCents } = invoice;
  const isOverdue = invoiceStatusOf(invoice, todayOf(call)) === 'overdue';
  return { dueOn, isOverdue, totalCents, paidCents, lines: await linesOfInvoice(t, invoice.id) };
}

async function showRequest(
  t: TenantHandle,
  call: Call,
  push: Collection,
): Promise<z.input<typeof payerRequest>> {
  const { runUrl } = call.dependencies.temporal;
  const shown = showCollection(push, { shortcodes: await shortcodesOf(t), runUrl });
  const { id, status, resultWords, receipt, promptEndsAt, resolvesBy } = shown;
  return { id, status, words: resultWords, receipt, promptEndsAt, resolvesBy };
}

/** A phone is prompted this often by one link before its owner has to wait, and a link altogether. */
const pushesMax = { phone: 3, link: 60 } as const;
const windowSeconds = 600;

const ask = route({
  method: 'post',
  path: '/v1/pay/{token}/requests',
  tag,
  summary: 'Have the prompt sent to one’s phone',
  description:
    'While a prompt to the same phone is open, that one is answered and no other is sent.',
  auth: 'public',
  request: { params, body: pushRequest },
  responses: {
    201: { description: 'M-PESA has answered', schema: payerRequest },
    202: { description: 'Recorded; M-PESA has not answered yet', schema: payerRequest },
  },
  problems: ['not-found', 'link-not-open', 'prompt-under-way', 'shortcode-not-ready', 'throttled'],
  handler: async ({ params: { token }, body }, call) => {
    const place = placeIn(call, token);
    if (place === undefined) return problem('not-found');
    const { db } = call.dependencies;
    const asked = { msisdn: body.msisdn, amountCents: body.amountCents };
    const recorded = await db.withTenant(place.tenantId, (t) => record(t, call, { place, asked }));
    if ('problem' in recorded) return recorded;
    const settled =
      'start' in recorded
        ? await acceptanceOf(call.dependencies, recorded)
        : { isAnswered: true, collection: recorded.collection };
    const shown = await db.withTenant(
      place.tenantId,
      (t) => showRequest(t, call, settled.collection),
      { readOnly: true },
    );
    return { status: settled.isAnswered ? 201 : 202, body: shown };
  },
});

interface Asking {
  place: LinkPlace;
  asked: { msisdn: string; amountCents: Cents | undefined };
}

async function record(t: TenantHandle, call: Call, { place, asked }: Asking) {
  const link = await holdPaymentLink(t, place.linkId, 'share');
  if (link === undefined) return problem('not-found');
  if (await isTenantSuspended(t)) return problem('link-not-open');
  const isInvoice = (await invoicesOfLinks(t, [link.id])).has(link.id);
  const of = { linkId: link.id, msisdn: asked.msisdn };
  const { state, openCents } = openAmountOf(link, call.dependencies.now());
  if (state !== 'open') return problem('link-not-open');
  const open = await findOpenPush(t, of);
  if (open !== undefined) return { collection: open };
  const wishedCents = asked.amountCents;
  const amount = await amountFor(t, { link, openCents, isInvoice, wishedCents });
  if (typeof amount === 'object') return amount;
  const recent = await countRecentPushes(t, { ...of, windowSeconds });
  if (recent.byPhone >= pushesMax.phone || recent.byLink >= pushesMax.link) {
    return problem('throttled', { headers: { 'Retry-After': String(windowSeconds) } });
  }
  const refusal = await shortcodeProblem(t, link.shortcodeId);
  if (refusal !== undefined) return problem('shortcode-not-ready');
  const wish: Wish = {
    id: newId('collection', call.dependencies.now()),
    ...{ shortcodeId: link.shortcodeId, source: isInvoice ? 'invoice' : 'payment-link' },
    ...{ msisdn: asked.msisdn, amountCents: amount, accountReference: link.reference },
    ...{ paymentLinkId: link.id, description: isInvoice ? 'Invoice' : 'Payment' },
    ...{ createdBy: 'service:payment-link' },
    ...(link.customerId === null ? {} : { customerId: link.customerId }),
  };
  return recordCollection(t, wish, call);
}

interface Asked {
  link: PaymentLink;
  openCents: Cents | null;
  isInvoice: boolean;
  wishedCents: Cents | undefined;
}

/** The amount to prompt for: an invoice is paid in parts, what has no amount as the payer says. */
async function amountFor(t: TenantHandle, of: Asked): Promise<Cents | Problem> {
  const { link, openCents, isInvoice, wishedCents } = of;
  if (openCents !== null) {
    const wished = isInvoice ? wishedCents : undefined;
    return promptPart(t, { linkId: link.id, openCents, wishedCents: wished });
  }
  if (link.amountCents !== null) return promptableCents(link.amountCents);
  return wishedCents ?? wrongField('/amountCents', 'is needed here');
}

export const payRoutes: readonly Route[] = [page, ask];
