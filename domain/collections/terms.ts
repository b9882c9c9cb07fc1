/**
 * The words of money in. A collection is one request for money; witnesses are what was said about
 * it by whom; a received payment is money that arrived, whether it was asked for or not.
 */
import type { Cents } from '../money.ts';
import type { Instant } from '../time.ts';

/**
 * `requested`: recorded, nothing sent · `sending`: the one attempt is under way, or its answer was
 * lost · `prompted`: the provider took it · `unknown`: silence past every wait; only a witness ends it.
 */
export const collectionStatuses = [
  'requested',
  'sending',
  'prompted',
  'paid',
  'refused',
  'expired',
  'cancelled',
  'unknown',
] as const;
export type CollectionStatus = (typeof collectionStatuses)[number];

/** Statuses in which nothing has been decided. */
export const openStatuses = ['requested', 'sending', 'prompted', 'unknown'] as const;

/** For how long a prompt may be answered that somebody stopped waiting for, generously. */
export const promptLapseMinutes = 10;

/** Statuses that ended without money; a payment that still comes is credited all the same. */
export const failedStatuses = ['refused', 'expired', 'cancelled'] as const;

export function isOpen(status: CollectionStatus): boolean {
  return openStatuses.some((open) => open === status);
}

/** True when it stayed unknown for so long that people may give it up. */
export function isClosable(collection: {
  status: CollectionStatus;
  handedOverAt: Instant | null;
}): boolean {
  return collection.status === 'unknown' && collection.handedOverAt !== null;
}

/** Who can say how a collection ended, in the order in which they are believed. */
export const witnessKinds = ['statement', 'pull', 'status', 'c2b', 'callback', 'query'] as const;
export type WitnessKind = (typeof witnessKinds)[number];

/** `failed` is final for the witness; `pending` and `unclear` decide nothing. */
export const witnessOutcomes = ['paid', 'failed', 'pending', 'unclear'] as const;
export type WitnessOutcome = (typeof witnessOutcomes)[number];

export interface Witness {
  kind: WitnessKind;
  outcome: WitnessOutcome;
  /** The provider's result code as text; null where the witness has none. */
  code: string | null;
  /** M-PESA's receipt; only payments have one, and a query never tells it. */
  receipt: string | null;
  amountCents: Cents | null;
  observedAt: Instant;
}

/** What witnesses can disagree about. */
export const disagreements = ['outcome', 'receipts', 'amount'] as const;
export type Disagreement = (typeof disagreements)[number];

/** Where the request for money came from. */
export const collectionSources = ['api', 'payment-link', 'batch', 'invoice'] as const;
export type CollectionSource = (typeof collectionSources)[number];

/** How money arrived that was not (yet) known to belong to a request. */
export const receivedSources = ['c2b', 'pull', 'statement', 'stk'] as const;
export type ReceivedSource = (typeof receivedSources)[number];

/**
 * `linked`: it is the money of a collection, which credits it · `withdrawn`: only a statement told of
 * it, which was undone · the rest speaks of allocations.
 */
export const receivedStates = [
  'received',
  'linked',
  'allocated',
  'part-allocated',
  'unallocated',
  'withdrawn',
] as const;
export type ReceivedState = (typeof receivedStates)[number];

export const targetKinds = ['collection', 'payment-link', 'customer', 'refund'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** Why an amount went where it went. */
export const allocationReasons = [
  'exact',
  'forgiving',
  'under',
  'over',
  'double',
  'late',
  'no-match',
  'desk',
] as const;
export type AllocationReason = (typeof allocationReasons)[number];
