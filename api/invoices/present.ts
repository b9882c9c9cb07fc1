import type { z } from 'zod';
import type { LinkPayment } from '../../db/link-payments.ts';
import type { Invoice, InvoiceSum, StoredLine } from '../../db/invoices.ts';
import { toPublicId } from '../../domain/ids.ts';
import { invoiceReference, invoiceStatusOf, openCentsOf } from '../../domain/invoices/invoice.ts';
import { sum } from '../../domain/money.ts';
import { todayOf } from '../now.ts';
import { urlOf } from '../payment-links/present.ts';
import type { Call } from '../route.ts';
import type { invoice, invoiceDetail, invoiceSummary } from './schema.ts';

/** An invoice as clients see it. */
export function showInvoice(call: Call, stored: Invoice): z.input<typeof invoice> {
  const { issuedOn, dueOn, totalCents, paidCents, createdAt, voidedAt, voidReason, version } =
    stored;
  return {
    ...{ issuedOn, dueOn, totalCents, paidCents, createdAt, voidedAt, voidReason, version },
    id: toPublicId('invoice', stored.id),
    number: invoiceReference(stored.number),
    status: invoiceStatusOf(stored, todayOf(call)),
    customer: { id: toPublicId('customer', stored.customerId), name: stored.customerName },
    openCents: openCentsOf(stored),
    currency: 'KES',
    shortcodeId: toPublicId('shortcode', stored.shortcodeId),
    paymentLinkId: toPublicId('paymentLink', stored.paymentLinkId),
    url: urlOf(call, stored.paymentLinkId),
  };
}

export interface FoundInvoice {
  invoice: Invoice;
  lines: readonly StoredLine[];
  payments: readonly LinkPayment[];
}

export function showInvoiceDetail(call: Call, found: FoundInvoice): z.input<typeof invoiceDetail> {
  const { invoice, lines, payments } = found;
  return {
    ...showInvoice(call, invoice),
    lines: [...lines],
    payments: payments.map(({ receipt, amountCents, at, ...of }) => ({
      kind: of.kind,
      id:
        of.kind === 'collection'
          ? toPublicId('collection', of.id)
          : toPublicId('receivedPayment', of.id),
      ...{ receipt, amountCents, at },
    })),
    customerMsisdn: invoice.customerMsisdn,
  };
}

export function showSums(byStatus: readonly InvoiceSum[]): z.input<typeof invoiceSummary> {
  return {
    count: byStatus.reduce((all, one) => all + one.count, 0),
    openCents: sum(byStatus.map(({ openCents }) => openCents)),
    byStatus: [...byStatus],
    currency: 'KES',
  };
}
