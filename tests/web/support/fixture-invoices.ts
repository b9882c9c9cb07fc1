/** Invoices of every status, one of them paid in part. */
import type { Invoice, InvoiceDetail, InvoiceSummary } from '../../../api/invoices/schema.ts';
import { invoiceStatuses } from '../../../domain/invoices/invoice.ts';
import { cents, sum } from '../../../domain/money.ts';
import { businessDate } from '../../../domain/time.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

function anInvoice(number: number, differences: Partial<Invoice>): Invoice {
  return {
    ...{ id: publicId('inv', number), number: `INV-${String(40 + number).padStart(6, '0')}` },
    ...{ status: 'open', customer: { id: publicId('cus', 1), name: 'Amina Yusuf' } },
    ...{ issuedOn: businessDate('2026-11-01'), dueOn: businessDate('2026-11-30') },
    ...{ totalCents: cents(1_250_000), paidCents: cents(0), openCents: cents(1_250_000) },
    ...{ currency: 'KES', shortcodeId: publicId('shc', 1), paymentLinkId: publicId('plk', number) },
    ...{ url: `https://pay.example.co.ke/pay/${'0c'.repeat(24)}`, createdAt: ago(7_000) },
    ...{ voidedAt: null, voidReason: null, version: 1 },
    ...differences,
  };
}

export const fixtureInvoices: readonly Invoice[] = [
  anInvoice(1, {}),
  anInvoice(2, {
    ...{ status: 'overdue', dueOn: businessDate('2026-11-14') },
    ...{ paidCents: cents(200_000), openCents: cents(1_050_000) },
  }),
  anInvoice(3, {
    ...{ status: 'paid', paidCents: cents(1_250_000), openCents: cents(0) },
    customer: { id: publicId('cus', 1), name: 'Otieno & Sons Hardware and General Supplies' },
  }),
  anInvoice(4, {
    ...{ status: 'void', openCents: cents(0), voidedAt: ago(90) },
    voidReason: 'sent to the wrong customer',
  }),
];

export const invoiceLines: InvoiceDetail['lines'] = [
  { description: 'Tuition, third term', quantity: 1, unitCents: 950_000, amountCents: 950_000 },
  { description: 'Lunch', quantity: 60, unitCents: 5_000, amountCents: 300_000 },
].map((line) => ({
  ...line,
  unitCents: cents(line.unitCents),
  amountCents: cents(line.amountCents),
}));

function detailOf(invoice: Invoice): InvoiceDetail {
  const payments = [
    { kind: 'received' as const, id: publicId('rcv', 1), receipt: 'UKL7Q2X9LM' },
    { kind: 'collection' as const, id: publicId('col', 1), receipt: 'UKL7Q2X9LN' },
  ].map((one, index) => ({ ...one, at: ago(60 * (index + 1)), amountCents: cents(100_000) }));
  return {
    ...{ ...invoice, lines: invoiceLines, customerMsisdn: '2547******11' },
    payments: invoice.paidCents === 0 ? [] : payments,
  };
}

function summaryOf(rows: readonly Invoice[]): InvoiceSummary {
  const byStatus = invoiceStatuses.map((status) => {
    const some = rows.filter((row) => row.status === status);
    const totalCents = sum(some.map((row) => row.totalCents));
    const openCents = sum(some.map((row) => row.openCents));
    return { status, count: some.length, totalCents, openCents };
  });
  const openCents = sum(byStatus.map((one) => one.openCents));
  return { count: rows.length, openCents, byStatus, currency: 'KES' };
}

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerInvoices(url: URL, who: string, isPost: boolean): unknown {
  const path = url.pathname.slice('/v1'.length);
  const status = url.searchParams.get('status');
  const rows = (who === 'empty' ? [] : fixtureInvoices).filter(
    (row) => (status ?? row.status) === row.status,
  );
  if (path === '/invoices' && isPost) return detailOf(anInvoice(1, {}));
  if (path === '/invoices') return { data: rows, nextCursor: null, hasMore: false };
  if (path === '/invoices/summary') return summaryOf(rows);
  const found = fixtureInvoices.find(({ id }) => path.startsWith(`/invoices/${id}`));
  if (found === undefined) return undefined;
  return path.endsWith('/void') ? { ...found, status: 'void' } : detailOf(found);
}
