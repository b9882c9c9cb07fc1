/** What was paid through a link: by prompts, and by hand under its reference. */
import { sql } from 'kysely';
import type { CollectionId, PaymentLinkId, ReceivedPaymentId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { findInvoiceOfLink, noteInvoice } from './invoices.ts';

export type LinkPayment = { receipt: string | null; amountCents: Cents; at: Instant } & (
  { kind: 'collection'; id: CollectionId } | { kind: 'received'; id: ReceivedPaymentId }
);

/** Newest first; what was taken back again is left out. */
export async function paymentsOfLink(
  t: TenantHandle,
  { linkId, limit }: { linkId: PaymentLinkId; limit: number },
): Promise<LinkPayment[]> {
  const found = await sql<LinkPayment>`
    select 'collection' as kind, id, receipt, paid_cents as "amountCents", paid_at as at
    from ${t.table('collections')} where payment_link_id = ${linkId} and status = 'paid'
    union all
    select 'received', p.id, p.receipt, g.amount_cents, g.at
    from ${t.table('allocations')} g
    join ${t.table('received_payments')} p
      on p.tenant_id = g.tenant_id and p.id = g.received_payment_id
    where g.target_kind = 'payment-link' and g.target_id = ${linkId} and g.undone_at is null
    order by at desc, id limit ${limit}`.execute(t.query);
  return found.rows;
}

/**
 * Adds a payment (or takes one back, when negative) to what a link received. A link for one payment
 * is paid when its amount has come in, and open again when it has gone; others are told of an
 * invoice that is paid by it.
 */
export async function notePaidByLink(
  t: TenantHandle,
  paid: { linkId: PaymentLinkId; amountCents: Cents },
): Promise<void> {
  const { linkId, amountCents } = paid;
  const count = amountCents < 0 ? -1 : 1;
  const noted = await sql<{ isNowPaid: boolean }>`
    update ${t.table('payment_links')} set
      paid_cents = paid_cents + ${amountCents},
      paid_count = paid_count + ${count},
      version = version + 1,
      status = case
        when is_reusable or status = 'closed' then status
        when paid_cents + ${amountCents} >= amount_cents then 'paid' else 'open' end
    where id = ${linkId}
    returning status = 'paid' and paid_cents - ${amountCents} < amount_cents as "isNowPaid"`.execute(
    t.query,
  );
  if (noted.rows[0]?.isNowPaid !== true) return;
  const invoice = await findInvoiceOfLink(t, linkId);
  if (invoice !== undefined) await noteInvoice(t, 'invoice.paid', invoice);
}
