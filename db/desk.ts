/**
 * The desk of unallocated money: who it could belong to, and what a person decides. Each decision is
 * one transaction with its posting; it is taken back by the opposite posting, never by a delete.
 */
import { sql } from 'kysely';
import { rankGuesses, type Candidate, type Guess } from '../domain/collections/guesses.ts';
import type { TargetKind } from '../domain/collections/terms.ts';
import type { CustomerId, PaymentLinkId, ReceivedPaymentId } from '../domain/ids.ts';
import type { Source } from '../domain/ledger/terms.ts';
import { add, negate, subtract, sum, type Cents } from '../domain/money.ts';
import { instantFromEpochMs, type Instant } from '../domain/time.ts';
import { insertAllocation, undoAllocation } from './allocations.ts';
import { stateOf } from './arrivals.ts';
import { moveFromDesk, moveToDesk } from './collection-ledger.ts';
import { findCustomer } from './customers.ts';
import type { TenantHandle } from './database.ts';
import { newUuid } from './new-id.ts';
import { appendEvents } from './outbox.ts';
import { notePaidByLink } from './link-payments.ts';
import { findPaymentLink, openAmountOf } from './payment-links.ts';
import {
  indexesOf,
  lockReceived,
  patchReceived,
  type ReceivedPayment,
} from './received-payments.ts';

/** Recent enough to be what somebody pays for now. */
const candidatesMax = 2_000;

/** The likeliest owners of a payment, best first, with reasons. */
export async function guessOwners(t: TenantHandle, payment: ReceivedPayment): Promise<Guess[]> {
  const { amountCents, receivedAt, words } = payment;
  const candidates = await candidatesFor(t, payment);
  return rankGuesses({ reference: words.reference, amountCents, receivedAt }, candidates);
}

async function candidatesFor(t: TenantHandle, payment: ReceivedPayment): Promise<Candidate[]> {
  const { referenceIndex, payerIndex } = indexesOf(t, payment.words);
  const found = await sql<Candidate & { activeAt: Instant | null }>`
    with known as (
      (select 'customer' as kind, id, reference, null::bigint as open_cents, null::timestamptz as at
       from ${t.table('customers')} where archived_at is null order by created_at desc limit ${candidatesMax})
      union all
      (select 'payment-link', id, reference, amount_cents - paid_cents, created_at
       from ${t.table('payment_links')} where status = 'open'
       order by created_at desc limit ${candidatesMax})
    ), paid as (
      select a.target_id, count(*) as times, max(a.at) as at
      from ${t.table('received_payments')} p
      join ${t.table('allocations')} a on a.tenant_id = p.tenant_id
        and a.received_payment_id = p.id and a.undone_at is null
      where p.payer_index = ${payerIndex} and p.id <> ${payment.id}
      group by 1
    ), taught as (
      select target_id, sum(times) as times from ${t.table('reference_lessons')}
      where reference_index = ${referenceIndex} and payer_index = ${payerIndex} group by 1
    )
    select k.kind, k.id, k.reference, k.open_cents as "openCents",
      coalesce(greatest(paid.at, k.at), k.at, paid.at) as "activeAt",
      coalesce(paid.times, 0)::int as "paidBefore", coalesce(taught.times, 0)::int as taught
    from known k left join paid on paid.target_id = k.id
    left join taught on taught.target_id = k.id`.execute(t.query);
  return found.rows;
}

export interface Part {
  kind: Exclude<TargetKind, 'collection' | 'refund'>;
  id: string;
  amountCents: Cents;
}

export interface Decision {
  paymentId: ReceivedPaymentId;
  actor: string;
  nowMs: number;
}

export type DeskRefusal = 'not-found' | 'not-allocatable' | 'allocation-gone';

/** Gives waiting money to one target or splits it over several; the rest goes on waiting. */
export async function allocateByHand(
  t: TenantHandle,
  decision: Decision & { parts: readonly Part[] },
): Promise<ReceivedPayment | DeskRefusal> {
  const { parts, paymentId, actor } = decision;
  const payment = await lockReceived(t, paymentId);
  if (payment === undefined) return 'not-found';
  const total = sum(parts.map(({ amountCents }) => amountCents));
  if (!isWaiting(payment) || total > leftOf(payment)) return 'not-allocatable';
  for (const part of parts) {
    if (!(await takes(t, part, decision.nowMs))) return 'not-allocatable';
    const id = newUuid(decision.nowMs);
    const ledgerTransactionId = await moveFromDesk(t, {
      ...moveOf(payment, decision, part.amountCents),
      reference: `allocation/${id}`,
      ...(part.kind === 'customer' ? { customerId: part.id } : {}),
    });
    await insertAllocation(t, {
      ...{ id, receivedPaymentId: paymentId, actor, reason: 'desk', ledgerTransactionId },
      ...{ targetKind: part.kind, targetId: part.id, amountCents: part.amountCents },
    });
    if (part.kind === 'payment-link') {
      const linkId = part.id as PaymentLinkId;
      await notePaidByLink(t, { linkId, amountCents: part.amountCents });
    }
    await teach(t, payment, part);
  }
  return settle(t, payment, add(payment.allocatedCents, total));
}

export function isWaiting({ state }: ReceivedPayment): boolean {
  return state === 'unallocated' || state === 'part-allocated';
}

export function leftOf({ amountCents, allocatedCents, state }: ReceivedPayment): Cents {
  return state === 'linked'
    ? subtract(amountCents, amountCents)
    : subtract(amountCents, allocatedCents);
}

async function takes(t: TenantHandle, part: Part, nowMs: number): Promise<boolean> {
  if (part.kind === 'customer') {
    return (await findCustomer(t, part.id as CustomerId)) !== undefined;
  }
  const link = await findPaymentLink(t, part.id as PaymentLinkId);
  if (link === undefined) return false;
  const { state, openCents } = openAmountOf(link, nowMs);
  return state === 'open' && (openCents === null || part.amountCents <= openCents);
}

function moveOf(payment: ReceivedPayment, { actor, nowMs }: Decision, amountCents: Cents) {
  const { shortcodeId, id, receipt, workflowId } = payment;
  const source: Source = { kind: 'allocation', id, receipt, workflowId, actor };
  return { shortcodeId, amountCents, occurredAt: instantFromEpochMs(nowMs), source };
}

/** The same reference of the same payer is guessed here first next time. */
async function teach(t: TenantHandle, payment: ReceivedPayment, part: Part): Promise<void> {
  const { referenceIndex, payerIndex } = indexesOf(t, payment.words);
  if (referenceIndex === null || payerIndex === null) return;
  await t.query
    .insertInto('reference_lessons')
    .values({
      ...{ tenant_id: t.tenantId, target_kind: part.kind, target_id: part.id },
      ...{ reference_index: referenceIndex, payer_index: payerIndex },
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'reference_index', 'payer_index', 'target_kind', 'target_id'])
        .doUpdateSet({ times: sql`reference_lessons.times + 1`, taught_at: sql`now()` }),
    )
    .execute();
}

/** Writes what is allocated now, and the state that follows from it. */
export async function settle(
  t: TenantHandle,
  payment: ReceivedPayment,
  allocatedCents: Cents,
): Promise<ReceivedPayment> {
  const state = stateOf(payment.amountCents, allocatedCents);
  const settled = await patchReceived(t, payment.id, { state, allocatedCents, reason: 'desk' });
  await noteOnDesk(t, 'payment.allocated', {
    receivedPaymentId: payment.id,
    allocatedCents,
    state,
  });
  return settled;
}

/** Takes one allocation back: its money waits on the desk again. */
export async function undoByHand(
  t: TenantHandle,
  decision: Decision & { allocationId: string },
): Promise<ReceivedPayment | DeskRefusal> {
  const { paymentId, allocationId, actor } = decision;
  const payment = await lockReceived(t, paymentId);
  if (payment === undefined) return 'not-found';
  const undone = await undoAllocation(t, { paymentId, allocationId, actor });
  if (undone === undefined) return 'allocation-gone';
  const { targetKind, targetId, amountCents } = undone;
  // Its payout may be under way: whoever cancels that has its money back here.
  if (targetKind === 'refund') throw deskError('a refund is taken back by cancelling its payout');
  await moveToDesk(t, {
    ...moveOf(payment, decision, amountCents),
    reference: `allocation/${allocationId}/undone`,
    ...(targetKind === 'customer' ? { customerId: targetId } : {}),
  });
  if (targetKind === 'payment-link') {
    const linkId = targetId as PaymentLinkId;
    await notePaidByLink(t, { linkId, amountCents: negate(amountCents) });
  }
  return settle(t, payment, subtract(payment.allocatedCents, amountCents));
}

/** A refusal that has to roll back what was done before it. */
function deskError(problem: string): Error {
  return Object.assign(new Error(problem), { name: 'LedgerRefused' });
}

/** Tells the outside what happened to a payment of the desk. */
export async function noteOnDesk(
  t: TenantHandle,
  type: string,
  data: { receivedPaymentId: string } & Record<string, unknown>,
): Promise<void> {
  const key = `${t.tenantId}:${data.receivedPaymentId}`;
  const told = { ...data, currency: 'KES' };
  await appendEvents(t, [
    { topic: 'domain-events', key, type, version: 1, isPersonal: false, data: told },
  ]);
}
