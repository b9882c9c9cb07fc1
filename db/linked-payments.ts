/**
 * Rows of statements and the payments they prove, by the receipt both have. M-PESA gives one receipt
 * to a movement: money in proves what was asked for or arrived, money out what was paid out.
 */
import { sql } from 'kysely';
import type {
  CollectionId,
  DisbursementId,
  PaymentLinkId,
  ReceivedPaymentId,
  TransactionId,
} from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Direction } from '../domain/statements/terms.ts';
import type { TenantHandle } from './database.ts';

export type LinkedPayment = { status: string; amountCents: Cents } & (
  | { kind: 'collection'; id: CollectionId; title: string }
  /** Money that arrived without having been asked for. */
  | { kind: 'receivedPayment'; id: ReceivedPaymentId; title: string }
  | { kind: 'disbursement'; id: DisbursementId; title: string }
  | { kind: 'paymentLink'; id: PaymentLinkId; title: string }
);

const listMax = 20;

/** What a live row proves; undefined when there is no such row. A charge proves nothing. */
export async function paymentsOfRow(
  t: TenantHandle,
  transactionId: TransactionId,
): Promise<LinkedPayment[] | undefined> {
  const found = await sql<{ receipt: string; direction: Direction; isCharge: boolean }>`
    select receipt, direction, nature = 'charge' as "isCharge" from ${t.table('transactions')}
    where id = ${transactionId} and reversed_at is null`.execute(t.query);
  const row = found.rows[0];
  if (row === undefined) return undefined;
  if (row.isCharge || row.receipt === '') return [];
  return row.direction === 'in' ? moneyIn(t, row.receipt) : moneyOut(t, row.receipt);
}

async function moneyIn(t: TenantHandle, receipt: string): Promise<LinkedPayment[]> {
  const found = await sql<LinkedPayment>`
    with asked as (
      select id, account_reference, status, paid_cents, amount_cents, payment_link_id
      from ${t.table('collections')} where receipt = ${receipt}
    ), arrived as (
      select id, state, amount_cents from ${t.table('received_payments')}
      where shortcode_id in (select id from ${t.table('shortcodes')}) and receipt = ${receipt}
        and collection_id is null and state <> 'withdrawn'
    ), by_link as (
      select payment_link_id as id from asked where payment_link_id is not null
      union
      select g.target_id from ${t.table('allocations')} g
      join arrived on arrived.id = g.received_payment_id
      where g.target_kind = 'payment-link' and g.undone_at is null
    )
    select 'collection' as kind, id, account_reference as title, status,
      coalesce(paid_cents, amount_cents) as "amountCents" from asked
    union all
    select 'receivedPayment', id, ${receipt}, state, amount_cents from arrived
    union all
    select 'paymentLink', k.id, k.title, k.status, k.paid_cents
    from ${t.table('payment_links')} k join by_link on by_link.id = k.id
    order by kind, id limit ${listMax}`.execute(t.query);
  return found.rows;
}

async function moneyOut(t: TenantHandle, receipt: string): Promise<LinkedPayment[]> {
  const found = await sql<LinkedPayment>`
    select 'disbursement' as kind, id, payee_masked as title, status, amount_cents as "amountCents"
    from ${t.table('disbursements')}
    where shortcode_id in (select id from ${t.table('shortcodes')}) and receipt = ${receipt}
    order by id limit ${listMax}`.execute(t.query);
  return found.rows;
}

/**
 * The row of a posted statement that proves a payment; null while no statement shows it. Of several
 * accounts that show it the business's own till or pay bill is meant.
 */
export async function rowOfPayment(
  t: TenantHandle,
  { receipt, direction }: { receipt: string | null; direction: Direction },
): Promise<TransactionId | null> {
  if (receipt === null) return null;
  const found = await sql<{ id: TransactionId }>`
    select x.id from ${t.table('transactions')} x
    join ${t.table('accounts')} a on a.id = x.account_id
    where x.receipt = ${receipt} and x.direction = ${direction} and x.nature <> 'charge'
      and x.reversed_at is null
    order by a.kind in ('till', 'paybill') desc, x.id limit 1`.execute(t.query);
  return found.rows[0]?.id ?? null;
}
