/** What was paid through a link: by prompts, and by hand under its reference. */
import { sql } from 'kysely';
import type { CollectionId, PaymentLinkId, ReceivedPaymentId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

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
