/** What a customer paid and was paid, whatever way it came: requests, arrivals, credit paid back. */
import { sql } from 'kysely';
import type { CustomerId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

export type CustomerPaymentKind = 'collection' | 'received' | 'payout';

export interface CustomerPayment {
  kind: CustomerPaymentKind;
  /** Of the collection, the received payment or the payout. */
  id: string;
  /** Tells apart two parts of one received payment. */
  partId: string;
  amountCents: Cents;
  receipt: string | null;
  at: Instant;
}

/** One keyset page, newest first. */
export async function listCustomerPayments(
  t: TenantHandle,
  page: {
    customerId: CustomerId;
    limit: number;
    after?: { at: Instant; partId: string };
  },
): Promise<CustomerPayment[]> {
  const { customerId, limit, after } = page;
  const beyond =
    after === undefined
      ? sql`true`
      : sql`(at, "partId") < (${after.at}::timestamptz, ${after.partId}::uuid)`;
  const found = await sql<CustomerPayment>`
    select * from (
      select 'collection' as kind, c.id, c.id as "partId", c.paid_cents as "amountCents",
        c.receipt, c.paid_at as at
      from ${t.table('collections')} c
      where c.tenant_id = ${t.tenantId} and c.customer_id = ${customerId} and c.status = 'paid'
      union all
      select 'received', p.id, a.id, a.amount_cents, p.receipt, a.at
      from ${t.table('allocations')} a
      join ${t.table('received_payments')} p
        on p.tenant_id = a.tenant_id and p.id = a.received_payment_id
      where a.tenant_id = ${t.tenantId} and a.target_id = ${customerId}
        and a.target_kind = 'customer' and a.undone_at is null
      union all
      select 'payout', d.id, d.id, d.amount_cents - d.returned_cents, d.receipt, d.finished_at
      from ${t.table('disbursements')} d
      where d.tenant_id = ${t.tenantId} and d.subject_id = ${customerId}
        and d.draws_on = 'customer' and d.status = 'paid'
    ) all_of_them
    where ${beyond}
    order by at desc, "partId" desc limit ${limit}`.execute(t.query);
  return found.rows;
}
