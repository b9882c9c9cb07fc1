/** Invoices and their lines; what was paid is what the payment link of each received. */
import { sql } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import type { CustomerId, InvoiceId, PaymentLinkId, ShortcodeId } from '../domain/ids.ts';
import {
  amountOf,
  invoiceNumberIn,
  invoiceReference,
  totalOf,
  type InvoiceLine,
  type InvoiceStatus,
} from '../domain/invoices/invoice.ts';
import type { Cents } from '../domain/money.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import { nameContext } from './customers.ts';
import type { TenantHandle } from './database.ts';
import { hasUndecidedPush } from './link-pushes.ts';
import { appendEvents } from './outbox.ts';
import { closePaymentLink, insertPaymentLink } from './payment-links.ts';

export interface Invoice {
  id: InvoiceId;
  number: number;
  customerId: CustomerId;
  customerName: string;
  /** Masked; null when no number of the customer is known. */
  customerMsisdn: string | null;
  paymentLinkId: PaymentLinkId;
  shortcodeId: ShortcodeId;
  issuedOn: BusinessDate;
  dueOn: BusinessDate;
  totalCents: Cents;
  paidCents: Cents;
  voidedAt: Instant | null;
  voidReason: string | null;
  createdAt: Instant;
  version: number;
}

export interface NewInvoice {
  id: InvoiceId;
  paymentLinkId: PaymentLinkId;
  shortcodeId: ShortcodeId;
  customerId: CustomerId;
  issuedOn: BusinessDate;
  dueOn: BusinessDate;
  lines: readonly InvoiceLine[];
  createdBy: string;
}

/**
 * Takes the next number of the business and records the invoice, its lines and the link it is paid
 * through. Who numbers at the same time waits here, so no number is left out or given twice. False
 * for a repeat, which changes nothing.
 */
export async function insertInvoice(t: TenantHandle, invoice: NewInvoice): Promise<boolean> {
  const { id, paymentLinkId, lines, issuedOn, dueOn, customerId, createdBy } = invoice;
  const number = (await lockedCounter(t)) + 1;
  if (await isRecorded(t, id)) return false;
  await t.query.updateTable('invoice_counters').set({ last_number: number }).execute();
  const reference = invoiceReference(number);
  const totalCents = totalOf(lines);
  await insertPaymentLink(t, {
    ...{ id: paymentLinkId, shortcodeId: invoice.shortcodeId, customerId, createdBy },
    ...{ title: reference, reference, amountCents: totalCents, isReusable: false },
  });
  await t.query
    .insertInto('invoices')
    .values({
      ...{ tenant_id: t.tenantId, id, number, customer_id: customerId },
      ...{ payment_link_id: paymentLinkId, issued_on: issuedOn, due_on: dueOn },
      ...{ total_cents: totalCents, created_by: createdBy },
    })
    .execute();
  await t.query
    .insertInto('invoice_lines')
    .values(
      lines.map((line, index) => ({
        ...{ tenant_id: t.tenantId, invoice_id: id, ordinal: index + 1 },
        ...{ description: line.description, quantity: line.quantity },
        ...{ unit_cents: line.unitCents, amount_cents: amountOf(line) },
      })),
    )
    .execute();
  return true;
}

async function lockedCounter(t: TenantHandle): Promise<number> {
  await t.query
    .insertInto('invoice_counters')
    .values({ tenant_id: t.tenantId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await t.query
    .selectFrom('invoice_counters')
    .select('last_number')
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.last_number;
}

async function isRecorded(t: TenantHandle, invoiceId: InvoiceId): Promise<boolean> {
  const row = await t.query
    .selectFrom('invoices')
    .select('id')
    .where('id', '=', invoiceId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function findInvoice(
  t: TenantHandle,
  invoiceId: InvoiceId,
): Promise<Invoice | undefined> {
  const [row] = await read(t, { where: sql`i.id = ${invoiceId}`, limit: 1 });
  return row;
}

/** The invoice with its link held, for a prompt or to be voided, until this transaction ends. */
export async function holdInvoice(
  t: TenantHandle,
  invoiceId: InvoiceId,
  as: 'share' | 'update',
): Promise<Invoice | undefined> {
  const hold = as === 'share' ? sql`for share of i, k` : sql`for update of i, k`;
  const [row] = await read(t, { where: sql`i.id = ${invoiceId}`, limit: 1, hold });
  return row;
}

/** The invoice that is paid through a link; undefined for a link that stands by itself. */
export async function findInvoiceOfLink(
  t: TenantHandle,
  linkId: PaymentLinkId,
): Promise<Invoice | undefined> {
  const [row] = await read(t, { where: sql`i.payment_link_id = ${linkId}`, limit: 1 });
  return row;
}

/** Which of these links belong to an invoice, and to which. */
export async function invoicesOfLinks(
  t: TenantHandle,
  linkIds: readonly PaymentLinkId[],
): Promise<ReadonlyMap<PaymentLinkId, InvoiceId>> {
  if (linkIds.length === 0) return new Map();
  const rows = await t.query
    .selectFrom('invoices')
    .select(['id', 'payment_link_id'])
    .where('payment_link_id', 'in', linkIds)
    .execute();
  return new Map(rows.map((row) => [row.payment_link_id, row.id]));
}

export interface StoredLine extends InvoiceLine {
  amountCents: Cents;
}

/** In the order they were written in. */
export async function linesOfInvoice(t: TenantHandle, invoiceId: InvoiceId): Promise<StoredLine[]> {
  return t.query
    .selectFrom('invoice_lines')
    .select(['description', 'quantity', 'unit_cents as unitCents', 'amount_cents as amountCents'])
    .where('invoice_id', '=', invoiceId)
    .orderBy('ordinal')
    .execute();
}

export interface InvoiceFilter {
  status?: readonly InvoiceStatus[];
  customerId?: CustomerId;
  /** Due on this day or later. */
  dueFrom?: BusinessDate;
  /** Due on this day or earlier. */
  dueTo?: BusinessDate;
  /** A number as written or typed, or whole words of the customer's name. */
  q?: string;
}

export interface InvoiceRequest {
  filter: InvoiceFilter;
  /** The day in Nairobi by which an open one is overdue. */
  today: BusinessDate;
  limit: number;
  /** The number of the last one read. */
  after?: number;
}

/** Newest number first. */
export async function listInvoices(t: TenantHandle, request: InvoiceRequest): Promise<Invoice[]> {
  const { filter, today, limit, after } = request;
  const conditions = conditionsOf(t, filter, today);
  if (after !== undefined) conditions.push(sql`i.number < ${after}`);
  return read(t, {
    where: conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `),
    limit,
  });
}

/** How many invoices a filter selects by status, and what of them is open. */
export async function summariseInvoices(
  t: TenantHandle,
  { filter, today }: Pick<InvoiceRequest, 'filter' | 'today'>,
): Promise<InvoiceSum[]> {
  const conditions = conditionsOf(t, filter, today);
  const found = await sql<InvoiceSum>`
    select ${statusBy(today)} as status, count(*) as count,
      sum(i.total_cents)::bigint as "totalCents",
      coalesce(sum(greatest(i.total_cents - k.paid_cents, 0))
        filter (where i.voided_at is null), 0)::bigint as "openCents"
    ${from(t)}
    where ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}
    group by 1 order by 1`.execute(t.query);
  return found.rows;
}

export interface InvoiceSum {
  status: InvoiceStatus;
  count: number;
  totalCents: Cents;
  openCents: Cents;
}

/** As `invoiceStatusOf` decides it, for filters and sums. */
function statusBy(today: BusinessDate) {
  return sql`case when i.voided_at is not null then 'void'
    when k.paid_cents >= i.total_cents then 'paid'
    when i.due_on < ${today}::date then 'overdue' else 'open' end`;
}

function conditionsOf(t: TenantHandle, filter: InvoiceFilter, today: BusinessDate) {
  const { status, customerId, dueFrom, dueTo, q } = filter;
  const conditions = [];
  if (status !== undefined) conditions.push(sql`${statusBy(today)} = any(${[...status]}::text[])`);
  if (customerId !== undefined) conditions.push(sql`i.customer_id = ${customerId}`);
  if (dueFrom !== undefined) conditions.push(sql`i.due_on >= ${dueFrom}::date`);
  if (dueTo !== undefined) conditions.push(sql`i.due_on <= ${dueTo}::date`);
  if (q !== undefined) conditions.push(sql`(${numbered(q)} or ${named(t, q)})`);
  return conditions;
}

function numbered(text: string) {
  const number = invoiceNumberIn(text);
  return number === undefined ? sql`false` : sql`i.number = ${number}`;
}

function named(t: TenantHandle, text: string) {
  const words = t.seal.tokens(text);
  return words.length === 0
    ? sql`false`
    : sql`(c.name_tokens @> ${words}::bigint[] or c.reference_key = ${referenceKey(text)})`;
}

function from(t: TenantHandle) {
  return sql`from ${t.table('invoices')} i
    join ${t.table('payment_links')} k on k.tenant_id = i.tenant_id and k.id = i.payment_link_id
    join ${t.table('customers')} c on c.tenant_id = i.tenant_id and c.id = i.customer_id`;
}

interface Reading {
  where: ReturnType<typeof sql>;
  limit: number;
  hold?: ReturnType<typeof sql>;
}

async function read(t: TenantHandle, { where, limit, hold = sql`` }: Reading): Promise<Invoice[]> {
  const found = await sql<Omit<Invoice, 'customerName'> & { nameSealed: Buffer }>`
    select i.id, i.number, i.customer_id as "customerId", c.name_sealed as "nameSealed",
      c.msisdn_masked as "customerMsisdn",
      i.payment_link_id as "paymentLinkId", k.shortcode_id as "shortcodeId",
      i.issued_on as "issuedOn", i.due_on as "dueOn", i.total_cents as "totalCents",
      k.paid_cents as "paidCents", i.voided_at as "voidedAt", i.void_reason as "voidReason",
      i.created_at as "createdAt", i.version + k.version - 1 as version
    ${from(t)} where ${where} order by i.number desc limit ${limit} ${hold}`.execute(t.query);
  return found.rows.map(({ nameSealed, ...row }) => ({
    ...row,
    customerName: t.seal.open(nameSealed, nameContext),
  }));
}

/** Why an invoice is not voided: it is void already, was paid, or a prompt for it is not over. */
export type VoidRefusal = 'void' | 'paid' | 'prompted';

/**
 * Voids an invoice nothing was paid on and closes its link. Prompts are sent only while the link is
 * held, so none begins meanwhile.
 */
export async function voidInvoice(
  t: TenantHandle,
  { invoiceId, reason }: { invoiceId: InvoiceId; reason: string },
): Promise<Invoice | VoidRefusal | undefined> {
  const found = await holdInvoice(t, invoiceId, 'update');
  if (found === undefined) return undefined;
  const { paymentLinkId: linkId, paidCents, voidedAt } = found;
  if (voidedAt !== null) return 'void';
  if (paidCents > 0) return 'paid';
  if (await hasUndecidedPush(t, linkId)) return 'prompted';
  await closePaymentLink(t, linkId);
  await t.query
    .updateTable('invoices')
    .set({ voided_at: sql`now()`, void_reason: reason, version: sql`version + 1` })
    .where('id', '=', invoiceId)
    .execute();
  await noteInvoice(t, 'invoice.voided', found);
  return findInvoice(t, invoiceId);
}

/** Tells other systems what became of an invoice. */
export async function noteInvoice(
  t: TenantHandle,
  type: 'invoice.sent' | 'invoice.paid' | 'invoice.voided',
  invoice: Invoice,
): Promise<void> {
  const { id: invoiceId, customerId, totalCents, paidCents, dueOn } = invoice;
  const facts = { invoiceId, customerId, totalCents, paidCents, dueOn, currency: 'KES' };
  await appendEvents(t, [
    {
      ...{ topic: 'domain-events', key: `${t.tenantId}:${invoiceId}`, type, version: 1 },
      ...{ isPersonal: false, data: { ...facts, number: invoiceReference(invoice.number) } },
    },
  ]);
}
