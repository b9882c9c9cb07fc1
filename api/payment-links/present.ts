import type { z } from 'zod';
import type { PaymentLink } from '../../db/payment-links.ts';
import { toPublicId, type InvoiceId, type PaymentLinkId } from '../../domain/ids.ts';
import type { Call } from '../route.ts';
import { linkToken } from './link-token.ts';
import type { paymentLink } from './schema.ts';

/** A link as clients see it; `invoices` says which links belong to one. */
export function showLink(
  call: Call,
  stored: PaymentLink,
  invoices: ReadonlyMap<PaymentLinkId, InvoiceId>,
): z.input<typeof paymentLink> {
  const invoiceId = invoices.get(stored.id);
  const { createdBy: _createdBy, ...shared } = stored;
  return {
    ...shared,
    id: toPublicId('paymentLink', stored.id),
    currency: 'KES',
    shortcodeId: toPublicId('shortcode', stored.shortcodeId),
    customerId: stored.customerId && toPublicId('customer', stored.customerId),
    invoiceId: invoiceId === undefined ? null : toPublicId('invoice', invoiceId),
    url: urlOf(call, stored.id),
  };
}

/** Where people pay. */
export function urlOf({ dependencies, principal, publicUrl }: Call, linkId: PaymentLinkId): string {
  const kek = dependencies.config.keys.kek.reveal();
  return `${publicUrl}/pay/${linkToken(kek, { tenantId: principal.tenantId, linkId })}`;
}
