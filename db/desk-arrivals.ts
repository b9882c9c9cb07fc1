/**
 * Many payments that nobody waits for, laid on the desk in one transaction: what a first statement
 * brings are thousands of them, and each by itself would cost the same few statements.
 */
import { sql } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import { id, type ShortcodeId } from '../domain/ids.ts';
import { receivedUnallocated } from '../domain/ledger/movements.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import { earlyMinutes, lateHours } from './collections.ts';
import type { TenantHandle } from './database.ts';
import { postTransactions, type NewTransaction } from './ledger-posting.ts';
import { newUuid } from './new-id.ts';
import { appendEvents } from './outbox.ts';
import { insertReceived, type NewReceivedPayment } from './received-payments.ts';

/** Thrown when the books refuse one of them: then none has arrived, and each has to come by itself. */
export class DeskArrivalRefused extends Error {
  override readonly name = 'DeskArrivalRefused';
}

interface Seen {
  receipt: string;
  amountCents: Cents;
  occurredAt: Instant;
  reference: string;
}

/**
 * Those of some payments that can be nobody's: no collection carries the receipt or could be paid by
 * the amount, no link or customer has the reference, and the receipt was not credited before. Whoever
 * is left out may still be nobody's.
 */
export async function strangersAmong<Payment extends Seen>(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  payments: readonly Payment[],
): Promise<Payment[]> {
  if (payments.length === 0) return [];
  const receipts = payments.map(({ receipt }) => receipt);
  const amounts = [...new Set(payments.map(({ amountCents }) => amountCents))];
  const keys = [...new Set(payments.map(({ reference }) => referenceKey(reference)))];
  const times = payments.map(({ occurredAt }) => occurredAt).toSorted();
  const found = await sql<{ receipt: string | null; amount: Cents | null; key: string | null }>`
    select receipt, null::bigint as amount, null as key from ${t.table('collections')}
    where tenant_id = ${t.tenantId} and shortcode_id = ${shortcodeId}
      and receipt = any(${receipts}::text[])
    union all
    select distinct null, amount_cents, null from ${t.table('collections')}
    where tenant_id = ${t.tenantId} and shortcode_id = ${shortcodeId} and receipt is null
      and amount_cents = any(${amounts}::bigint[])
      and sent_at < ${times.at(-1)}::timestamptz + make_interval(mins => ${earlyMinutes})
      and sent_at > ${times[0]}::timestamptz - make_interval(hours => ${lateHours})
    union all
    select receipt, null, null from ${t.table('receipts')}
    where tenant_id = ${t.tenantId} and shortcode_id = ${shortcodeId} and leg = 'credit'
      and receipt = any(${receipts}::text[])
    union all
    select null, null, reference_key from ${t.table('payment_links')}
    where tenant_id = ${t.tenantId} and reference_key = any(${keys}::text[])
    union all
    select null, null, reference_key from ${t.table('customers')}
    where tenant_id = ${t.tenantId} and reference_key = any(${keys}::text[])`.execute(t.query);
  const known = {
    receipts: new Set(found.rows.map(({ receipt }) => receipt)),
    amounts: new Set(found.rows.map(({ amount }) => amount)),
    keys: new Set(found.rows.map(({ key }) => key)),
  };
  return payments.filter(
    ({ receipt, amountCents, reference }) =>
      !known.receipts.has(receipt) &&
      !known.amounts.has(amountCents) &&
      !known.keys.has(referenceKey(reference)),
  );
}

/**
 * Records strangers, credits their receipts into suspense and tells of them; answers how many were
 * new. Throws `DeskArrivalRefused` when the books refuse one, also when its receipt was credited in
 * this very moment.
 */
export async function arriveOnDesk(
  t: TenantHandle,
  arrivals: readonly NewReceivedPayment[],
): Promise<number> {
  const drafts = arrivals.map((arrival) => ({
    ...arrival,
    ledgerTransactionId: id('ledgerTransaction', newUuid(Date.parse(arrival.occurredAt))),
  }));
  const isNew = await insertReceived(t, drafts);
  const fresh = drafts.filter((arrival) => isNew.has(arrival.id));
  if (fresh.length === 0) return 0;
  const claimed = await t.query
    .insertInto('receipts')
    .values(
      fresh.map((arrival) => ({
        ...{ tenant_id: t.tenantId, shortcode_id: arrival.shortcodeId, receipt: arrival.receipt },
        ...{ leg: 'credit', amount_cents: arrival.amountCents, source_id: arrival.id },
        ...{ transaction_id: arrival.ledgerTransactionId, source_kind: 'statement' as const },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('receipt')
    .execute();
  if (claimed.length < fresh.length) throw new DeskArrivalRefused('a receipt was credited before');
  const posted = await postTransactions(t, fresh.map(creditOf));
  if (posted.some((result) => !result.ok)) throw new DeskArrivalRefused('the ledger refused one');
  await tell(t, fresh);
  return fresh.length;
}

type Credited = NewReceivedPayment & { ledgerTransactionId: NewTransaction['transactionId'] };

function creditOf(arrival: Credited): NewTransaction {
  const { shortcodeId, receipt, amountCents, occurredAt, workflowId } = arrival;
  return {
    ...{ reference: `receipt/${shortcodeId}/${receipt}/credit`, kind: 'payment.received' },
    ...{ occurredAt, postings: receivedUnallocated({ shortcodeId, amountCents }) },
    source: {
      ...{ kind: 'statement', id: arrival.id, receipt, workflowId },
      actor: `workflow:${workflowId}`,
    },
    ...(arrival.ledgerTransactionId && { transactionId: arrival.ledgerTransactionId }),
  };
}

async function tell(t: TenantHandle, arrivals: readonly NewReceivedPayment[]): Promise<void> {
  const standing = { currency: 'KES', state: 'unallocated', reason: 'no-match' };
  await appendEvents(
    t,
    arrivals.map(({ id: receivedPaymentId, amountCents, receipt }) => ({
      topic: 'domain-events',
      key: `${t.tenantId}:${receivedPaymentId}`,
      type: 'payment.received',
      version: 1,
      isPersonal: false,
      data: { receivedPaymentId, amountCents, receipt, ...standing },
    })),
  );
}
