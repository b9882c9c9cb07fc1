/** Inputs, results and messages of the runs that bring money in. */
import type { CollectionStatus } from '../domain/collections/terms.ts';
import type { CollectionId, Id, ReceivedPaymentId, ShortcodeId, TenantId } from '../domain/ids.ts';
import type { StartFacts } from './types.ts';

export interface CollectByStkInput {
  tenantId: TenantId;
  collectionId: CollectionId;
  /** Every wait is multiplied by it: 1 in production, less where tests must not wait. */
  timeScale: number;
}

export interface CollectionResult {
  status: CollectionStatus;
  /** The provider's code of the end; null when there was none. */
  code: string | null;
}

export interface LateCollectionInput {
  tenantId: TenantId;
  collectionId: CollectionId;
  witnessId: string;
}

export interface ConfirmPaymentInput {
  tenantId: TenantId;
  receivedPaymentId: ReceivedPaymentId;
}

export interface ConfirmPaymentResult {
  /** `linked`: the money of a collection · `allocated`: whole or in part · `desk`: a person decides. */
  outcome: 'linked' | 'allocated' | 'desk';
}

export interface CollectBatchInput {
  tenantId: TenantId;
  batchId: Id<'collectionBatch'>;
  timeScale: number;
}

export interface CollectBatchResult {
  startedCount: number;
}

export interface PullPaymentsInput {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
}

export interface PullPaymentsResult {
  /** Payments that nobody had told us of. */
  newCount: number;
}

/** Somebody said something about the collection; what it was stands in the database. */
export interface WitnessedSignal {
  witnessId: string;
}

/** What the caller of a push is told while it goes on. */
export type Acceptance =
  | { kind: 'prompted'; customerMessage: string }
  | { kind: 'refused'; code: string; words: string }
  /** Sent, and the answer was lost: the phone may or may not ring. */
  | { kind: 'silent' };

export interface CancelCollectionInput {
  requestedBy: string;
}

export interface CancelVerdict {
  /** How the collection ended: `cancelled`, or what it turned out to be when it was asked about. */
  status: CollectionStatus;
}

export interface CollectionState {
  phase: 'sending' | 'waiting' | 'unresolved' | 'closed';
  asked: number;
}

/** Starts of this capability. */
export type CollectionStart =
  | (StartFacts & { workflow: 'collectByStk'; input: CollectByStkInput })
  | (StartFacts & { workflow: 'lateCollection'; input: LateCollectionInput })
  | (StartFacts & { workflow: 'confirmPayment'; input: ConfirmPaymentInput })
  | (StartFacts & { workflow: 'pullPayments'; input: PullPaymentsInput })
  | (StartFacts & { workflow: 'collectBatch'; input: CollectBatchInput });
