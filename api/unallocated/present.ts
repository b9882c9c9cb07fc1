import type { z } from 'zod';
import { listAllocations, type Allocation } from '../../db/allocations.ts';
import { findCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { findDisbursement } from '../../db/disbursements.ts';
import { guessOwners, isWaiting, leftOf } from '../../db/desk.ts';
import { rowOfPayment } from '../../db/linked-payments.ts';
import { findPaymentLink } from '../../db/payment-links.ts';
import { listRefundsOf } from '../../db/refunds.ts';
import type { ReceivedPayment } from '../../db/received-payments.ts';
import { guessInSwahili } from '../../domain/collections/guess-phrases.ts';
import type { Guess } from '../../domain/collections/guesses.ts';
import {
  toPublicId,
  type CustomerId,
  type PaymentLinkId,
  type ReversalId,
} from '../../domain/ids.ts';
import { subtract } from '../../domain/money.ts';
import { showShortcode, type Showing } from '../collections/present.ts';
import type { receivedPayment, receivedPaymentDetail } from './schema.ts';

type Shown = z.input<typeof receivedPayment>;

/** A payment as clients see it, with guesses while it waits. */
export async function showReceived(
  t: TenantHandle,
  payment: ReceivedPayment,
  showing: Showing,
): Promise<Shown> {
  const { receipt, state, reason, source, amountCents, allocatedCents, version } = payment;
  const guesses = isWaiting(payment) ? await guessOwners(t, payment) : [];
  const named = [];
  for (const guess of guesses) named.push(await showGuess(t, guess));
  return {
    ...{ receipt, state, reason, source, amountCents, allocatedCents, version },
    id: toPublicId('receivedPayment', payment.id),
    leftCents: leftOf(payment),
    currency: 'KES',
    reference: payment.words.reference,
    payerName: payment.words.name,
    msisdn: payment.msisdnMasked,
    shortcode: showShortcode(payment.shortcodeId, showing),
    collectionId: payment.collectionId && toPublicId('collection', payment.collectionId),
    occurredAt: payment.occurredAt,
    receivedAt: payment.receivedAt,
    runUrl: showing.runUrl(payment.workflowId),
    guesses: named.filter((guess) => guess !== undefined),
  };
}

async function showGuess(
  t: TenantHandle,
  { kind, id, score, reasons }: Guess,
): Promise<Shown['guesses'][number] | undefined> {
  const why = reasons.map(({ kind, words }) => ({ kind, words, wordsSw: guessInSwahili(words) }));
  if (kind === 'customer') {
    const known = await findCustomer(t, id as CustomerId);
    if (known === undefined) return undefined;
    const { reference, name } = known;
    const found = { id: toPublicId('customer', known.id), reference, name, openCents: null };
    return { kind, ...found, score, reasons: why };
  }
  const link = await findPaymentLink(t, id as PaymentLinkId);
  if (link === undefined) return undefined;
  const { reference, title: name } = link;
  const openCents =
    link.isReusable || link.amountCents === null
      ? null
      : subtract(link.amountCents, link.paidCents);
  const found = { id: toPublicId('paymentLink', link.id), reference, name, openCents };
  return { kind, ...found, score, reasons: why };
}

/** The same with every allocation, those taken back as well. */
export async function showReceivedDetail(
  t: TenantHandle,
  payment: ReceivedPayment,
  showing: Showing,
): Promise<z.input<typeof receivedPaymentDetail>> {
  const { ledgerTransactionId, receipt } = payment;
  const transactionId = await rowOfPayment(t, { receipt, direction: 'in' });
  return {
    ...(await showReceived(t, payment, showing)),
    allocations: (await listAllocations(t, payment.id)).map(showAllocation),
    refunds: await showRefunds(t, payment),
    ledgerTransactionId:
      ledgerTransactionId && toPublicId('ledgerTransaction', ledgerTransactionId),
    transactionId: transactionId && toPublicId('transaction', transactionId),
  };
}

async function showRefunds(t: TenantHandle, payment: ReceivedPayment) {
  const shown = [];
  for (const refund of await listRefundsOf(t, payment.id)) {
    const payout = await findDisbursement(t, refund.disbursementId);
    if (payout === undefined) throw new Error('a refund has lost its payout');
    const { method, amountCents, reason, requestedBy, createdAt } = refund;
    shown.push({
      ...{ method, amountCents, reason, requestedBy, createdAt, status: payout.status },
      id: toPublicId('reversal', refund.id),
      disbursementId: toPublicId('disbursement', payout.id),
    });
  }
  return shown;
}

function showAllocation(made: Allocation) {
  const { id, targetKind: kind, amountCents, reason, actor, at, undoneAt } = made;
  return { id, kind, targetId: publicTarget(made), amountCents, reason, actor, at, undoneAt };
}

function publicTarget({ targetKind, targetId }: Allocation): string {
  switch (targetKind) {
    case 'customer':
      return toPublicId('customer', targetId as CustomerId);
    case 'payment-link':
      return toPublicId('paymentLink', targetId as PaymentLinkId);
    case 'refund':
      return toPublicId('reversal', targetId as ReversalId);
    case 'collection':
      return targetId;
  }
}
