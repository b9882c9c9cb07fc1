/** What a payment does: the collection becomes paid, and every receipt is money exactly once. */
import { appendCollectionEvent } from '../db/collection-events.ts';
import type { Collection } from '../db/collection-record.ts';
import { openedCollection, patchCollection } from '../db/collections.ts';
import type { TenantHandle } from '../db/database.ts';
import { newUuid } from '../db/new-id.ts';
import { appendEvents } from '../db/outbox.ts';
import { notePaidByLink } from '../db/link-payments.ts';
import { holdPaymentLink, openAmountOf } from '../db/payment-links.ts';
import {
  patchReceived,
  recordReceived,
  type NewReceivedPayment,
  type ReceivedPayment,
} from '../db/received-payments.ts';
import type { Decision, ReceiptSeen } from '../domain/collections/decide.ts';
import { isOpen } from '../domain/collections/terms.ts';
import { divideOfPush } from '../domain/collections/allocation.ts';
import { id, type LedgerTransactionId, type PaymentLinkId } from '../domain/ids.ts';
import type { Source } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import { epochMsOf, instantFromEpochMs } from '../domain/time.ts';
import {
  claimForCollection,
  creditKnown,
  creditUnexplained,
  keepForCustomer,
  moveFromDesk,
  postWithoutReceipt,
} from '../db/collection-ledger.ts';
import type { Settling } from './collection-settlement.ts';

interface Paying {
  collection: Collection;
  decision: Decision;
  settling: Settling;
}

/** Credits the payment and ends the collection as paid, also when it had ended otherwise. */
export async function creditCollection(t: TenantHandle, paying: Paying): Promise<Collection> {
  const { collection, decision, settling } = paying;
  const [main] = decision.receipts;
  const amountCents = main?.amountCents ?? collection.amountCents;
  const transactionId = await credit(t, { ...paying, main, amountCents });
  if (transactionId === undefined) return noteForeignReceipt(t, collection);
  const isLate = !isOpen(collection.status) || collection.handedOverAt !== null;
  const paid = await patchCollection(t, collection.id, {
    ...{ status: 'paid', paidCents: amountCents, isLate },
    paidAt: instantFromEpochMs(settling.nowMs),
    ...{ receipt: main?.receipt ?? null, resultCode: '0', resultDetail: null },
    ledgerTransactionId: transactionId,
  });
  if (paid === undefined) throw new Error('a locked collection vanished');
  if (paid.paymentLinkId !== null) await payLink(t, paying, paid.paymentLinkId, amountCents);
  await notePaid(t, paid, settling.workflowId);
  return paid;
}

/**
 * A link takes what it still asked for when the push was sent; a payment beyond that (two phones paid,
 * or a push after money by hand) is kept for the customer. Where none is known, the link shows it.
 */
async function payLink(
  t: TenantHandle,
  { collection, decision, settling }: Paying,
  linkId: PaymentLinkId,
  amountCents: Cents,
): Promise<void> {
  const link = await holdPaymentLink(t, linkId, 'update');
  if (link === undefined) throw new Error('a collection has lost its link');
  const { customerId } = link;
  // A link that ran out while its push was on the phone is paid by that push all the same.
  const target = openAmountOf(link, epochMsOf(collection.createdAt));
  const hasCustomer = customerId !== null;
  const { linkCents, keptCents } = divideOfPush(amountCents, { ...target, hasCustomer });
  if (linkCents > 0) await notePaidByLink(t, { linkId, amountCents: linkCents });
  if (customerId === null || keptCents === 0) return;
  const money = moneyOf({ collection, decision, settling }, keptCents);
  await keepForCustomer(t, { ...money, collectionId: collection.id, customerId });
}

async function credit(
  t: TenantHandle,
  paying: Paying & { main: ReceiptSeen | undefined; amountCents: Cents },
): Promise<LedgerTransactionId | undefined> {
  const { collection, main, amountCents } = paying;
  const money = moneyOf(paying, amountCents);
  if (main === undefined) {
    return postWithoutReceipt(t, { ...money, collectionId: collection.id });
  }
  const { payment, isNew } = await recordReceived(t, await arrivalOf(t, paying, main));
  if (!isNew && !isFree(payment, collection)) return undefined;
  const transactionId = isUncredited(payment)
    ? (await creditKnown(t, { ...money, receipt: main.receipt, kind: 'collection.paid' }))
        .transactionId
    : await moveFromDesk(t, { ...money, reference: `collection/${collection.id}/paid` });
  await patchReceived(t, payment.id, {
    state: 'linked',
    collectionId: collection.id,
    ledgerTransactionId: payment.ledgerTransactionId ?? transactionId,
  });
  return transactionId;
}

function isUncredited({ ledgerTransactionId }: ReceivedPayment): boolean {
  return ledgerTransactionId === null;
}

/** Not credited to anybody else: unexplained as yet, or linked to this very collection. */
function isFree(payment: ReceivedPayment, collection: Collection): boolean {
  if (payment.collectionId !== null) return payment.collectionId === collection.id;
  return payment.allocatedCents === 0;
}

/** A receipt another collection or allocation holds credits nothing here; people are shown it. */
async function noteForeignReceipt(t: TenantHandle, collection: Collection): Promise<Collection> {
  const disagreements = [...new Set([...collection.disagreements, 'receipts' as const])];
  return (await patchCollection(t, collection.id, { disagreements })) ?? collection;
}

/** A paid collection whose receipt was not known learns it: no money moves, the receipt is taken. */
export async function learnReceipt(t: TenantHandle, paying: Paying): Promise<Collection> {
  const { collection, decision } = paying;
  const [main] = decision.receipts;
  const { ledgerTransactionId: transactionId } = collection;
  if (collection.receipt !== null || main === undefined || transactionId === null) {
    return collection;
  }
  const amountCents = collection.paidCents ?? collection.amountCents;
  const { payment, isNew } = await recordReceived(t, await arrivalOf(t, paying, main));
  if (!isNew && !isFree(payment, collection)) return noteForeignReceipt(t, collection);
  const money = moneyOf(paying, amountCents);
  await claimForCollection(t, { ...money, receipt: main.receipt, transactionId });
  await patchReceived(t, payment.id, {
    state: 'linked',
    collectionId: collection.id,
    ledgerTransactionId: transactionId,
  });
  const learnt = await patchCollection(t, collection.id, { receipt: main.receipt });
  return learnt ?? collection;
}

/** A second payment for the same request is the payer's money: it waits on the desk. */
export async function keepFurtherReceipts(t: TenantHandle, paying: Paying): Promise<void> {
  const { collection, decision } = paying;
  const further = decision.receipts.filter(({ receipt }) => receipt !== collection.receipt);
  if (collection.receipt === null) return;
  for (const seen of further) {
    const arrival = await arrivalOf(t, paying, seen);
    const { payment, isNew } = await recordReceived(t, { ...arrival, reason: 'double' });
    if (!isNew && !isUncredited(payment)) continue;
    const money = moneyOf(paying, payment.amountCents);
    const { transactionId } = await creditUnexplained(t, {
      ...{ ...money, receipt: seen.receipt },
      kind: 'payment.double',
    });
    await patchReceived(t, payment.id, {
      state: 'unallocated',
      reason: 'double',
      collectionId: null,
      ledgerTransactionId: transactionId,
    });
    await noteDouble(t, paying, payment);
  }
}

function moneyOf({ collection, decision, settling }: Paying, amountCents: Cents) {
  const [main] = decision.receipts;
  const source: Source = {
    kind: 'collection',
    id: collection.id,
    workflowId: settling.workflowId,
    actor: `workflow:${settling.workflowId}`,
    ...(main === undefined ? {} : { receipt: main.receipt }),
  };
  const occurredAt = instantFromEpochMs(settling.nowMs);
  return { shortcodeId: collection.shortcodeId, amountCents, occurredAt, source };
}

async function arrivalOf(
  t: TenantHandle,
  { collection, settling }: Paying,
  seen: ReceiptSeen,
): Promise<NewReceivedPayment> {
  const opened = await openedCollection(t, collection.id);
  return {
    id: id('receivedPayment', newUuid(settling.nowMs)),
    shortcodeId: collection.shortcodeId,
    receipt: seen.receipt,
    source: 'stk',
    amountCents: seen.amountCents ?? collection.amountCents,
    words: { reference: collection.accountReference, msisdn: opened?.msisdn ?? '', name: '' },
    msisdnMasked: collection.msisdnMasked,
    workflowId: settling.workflowId,
    occurredAt: instantFromEpochMs(settling.nowMs),
  };
}

async function notePaid(t: TenantHandle, paid: Collection, workflowId: string): Promise<void> {
  const { id: collectionId, paidCents, receipt, isLate, ledgerTransactionId } = paid;
  await appendCollectionEvent(t, collectionId, {
    type: 'posted',
    data: { amountCents: paidCents, ledgerTransactionId, workflowId },
  });
  await appendCollectionEvent(t, collectionId, {
    type: 'finished',
    data: { status: 'paid', receipt, isLate },
  });
  const facts = { collectionId, amountCents: paidCents, currency: 'KES', receipt, isLate };
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${collectionId}`,
      type: 'collection.paid',
      version: 1,
      isPersonal: false,
      data: { ...facts, accountReference: paid.accountReference, customerId: paid.customerId },
    },
  ]);
}

async function noteDouble(
  t: TenantHandle,
  { collection }: Paying,
  payment: ReceivedPayment,
): Promise<void> {
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${collection.id}`,
      type: 'payment.double',
      version: 1,
      isPersonal: false,
      data: {
        ...{ collectionId: collection.id, receivedPaymentId: payment.id },
        ...{ amountCents: payment.amountCents, receipt: payment.receipt, currency: 'KES' },
      },
    },
  ]);
}
