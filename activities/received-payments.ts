/**
 * Money that arrived by itself: the confirmation of a payment, a pulled row or a statement row. It
 * may be the money of a collection that is waited for, and then it is one more witness of it.
 */
import { allocateArrival, targetOf } from '../db/arrivals.ts';
import { appendCollectionEvent } from '../db/collection-events.ts';
import type { Collection } from '../db/collection-record.ts';
import { addWitness } from '../db/collection-witnesses.ts';
import { findCollection, findCollectionsLike, lockCollection } from '../db/collections.ts';
import type { TenantHandle } from '../db/database.ts';
import { findReceived, lockReceived, type ReceivedPayment } from '../db/received-payments.ts';
import { isOpen, type WitnessKind } from '../domain/collections/terms.ts';
import { scaled } from '../domain/collections/wait-ladder.ts';
import { agreesWithMsisdn } from '../domain/daraja/msisdn.ts';
import type { ReceivedPaymentId, ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import { settleCollection } from './collection-settlement.ts';
import type { AllocationOutcome } from './collection-steps.ts';
import { permanentFault } from './faults.ts';

export interface Arriving {
  receivedPaymentId: ReceivedPaymentId;
  workflowId: string;
  nowMs: number;
  timeScale: number;
  /** False on the first try: then a push whose callback is about to come is waited for. */
  isLastTry?: boolean;
}

/** Several pushes fit, and the callback of one of them will tell which: the wait for it. */
const callbackPatienceMs = 20_000;

/** Finds out whose money it is and credits it; once, however often it runs. */
export async function allocateReceived(
  t: TenantHandle,
  arriving: Arriving,
): Promise<AllocationOutcome> {
  const seen = await findReceived(t, arriving.receivedPaymentId);
  if (seen === undefined) {
    const problem = `no received payment ${arriving.receivedPaymentId}`;
    throw permanentFault(failureTypes.collectionMissing, problem);
  }
  if (seen.state !== 'received') return outcomeOf(t, seen);
  const likely = await collectionsOf(t, traitsOf(seen));
  const [only, ...others] = likely;
  if (only !== undefined && others.length === 0) {
    const linked = await link(t, { ...arriving, payment: seen, collection: only });
    if (linked !== undefined) return linked;
  }
  const mayBeTold = likely.some(({ status }) => isOpen(status));
  if (others.length > 0 && mayBeTold && arriving.isLastTry !== true) {
    return { outcome: 'wait', afterMs: scaled(callbackPatienceMs, arriving.timeScale) };
  }
  const payment = await lockReceived(t, seen.id);
  if (payment === undefined || payment.state !== 'received') return outcomeOf(t, seen);
  const target = await targetOf(t, payment, arriving.nowMs);
  const { workflowId } = arriving;
  return { outcome: await allocateArrival(t, payment, { target, workflowId }) };
}

async function outcomeOf(t: TenantHandle, payment: ReceivedPayment): Promise<AllocationOutcome> {
  if (payment.collectionId !== null) {
    const collection = await findCollection(t, payment.collectionId);
    if (collection !== undefined)
      return hear(t, { payment, collection, kind: witnessKindOf(payment) });
  }
  return { outcome: payment.allocatedCents > 0 ? 'allocated' : 'desk' };
}

/** Who told of it: M-PESA's list of payments, a statement, or its confirmation. */
function witnessKindOf({ source }: ReceivedPayment): WitnessKind {
  return source === 'pull' || source === 'statement' ? source : 'c2b';
}

/** What is known about a payment wherever it was seen. */
export interface PaymentSeen {
  shortcodeId: ShortcodeId;
  receipt: string;
  amountCents: Cents;
  occurredAt: Instant;
  /** The payer's number as shown; empty when it is not. */
  msisdn: string;
  reference: string;
}

function traitsOf(payment: ReceivedPayment): PaymentSeen {
  const { shortcodeId, receipt, amountCents, occurredAt, words } = payment;
  return { shortcodeId, receipt, amountCents, occurredAt, ...words };
}

/** The collections a payment can be the money of; the one that carries its receipt alone, if any. */
export async function collectionsOf(
  t: TenantHandle,
  seen: PaymentSeen,
): Promise<readonly Collection[]> {
  const alike = await findCollectionsLike(t, seen);
  const same = alike.filter(({ receipt }) => receipt === seen.receipt);
  if (same.length > 0) return same;
  return alike.filter(({ msisdn }) => {
    if (seen.msisdn === '') return seen.reference !== '';
    return agreesWithMsisdn(seen.msisdn, msisdn) !== false;
  });
}

async function link(
  t: TenantHandle,
  linking: Arriving & { payment: ReceivedPayment; collection: Collection },
): Promise<AllocationOutcome | undefined> {
  const { payment, collection, workflowId, nowMs, timeScale } = linking;
  await lockCollection(t, collection.id);
  const outcome = await hear(t, { payment, collection, kind: witnessKindOf(payment) });
  await settleCollection(t, { collectionId: collection.id, workflowId, nowMs, timeScale });
  const after = await findReceived(t, payment.id);
  return after?.state === 'linked' ? outcome : undefined;
}

/** Adds the payment to the witnesses of a collection. */
export async function hear(
  t: TenantHandle,
  heard: {
    payment: Pick<ReceivedPayment, 'receipt' | 'amountCents' | 'occurredAt'>;
    collection: Collection;
    kind: WitnessKind;
  },
): Promise<AllocationOutcome & { outcome: 'linked' }> {
  const { payment, collection, kind } = heard;
  const { receipt, amountCents, occurredAt } = payment;
  const { id: witnessId, isNew } = await addWitness(t, {
    collectionId: collection.id,
    ...{ kind, outcome: 'paid', code: '0', receipt, amountCents, occurredAt },
  });
  if (isNew) {
    await appendCollectionEvent(t, collection.id, {
      type: 'witnessed',
      data: { kind, outcome: 'paid', receipt, amountCents },
    });
  }
  return { outcome: 'linked', collectionWorkflowId: collection.workflowId, witnessId };
}
