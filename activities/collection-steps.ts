/**
 * The steps of money in as the workflows see them. Each may run more than once and leaves the same
 * result; what the business or the provider refuses is an answer.
 */
import type { CollectionStatus } from '../domain/collections/terms.ts';
import type { CollectionId, Id, ReceivedPaymentId, TenantId } from '../domain/ids.ts';

export interface CollectionKey {
  tenantId: TenantId;
  collectionId: CollectionId;
}

export interface PromptIds {
  merchantRequestId: string;
  checkoutRequestId: string;
}

export type PushOutcome =
  | {
      kind: 'prompted';
      customerMessage: string;
      /** Present when the database was away after the provider had accepted. */
      unsaved?: PromptIds;
    }
  /** The provider said no: nothing was sent to the phone. */
  | { kind: 'refused'; code: string; words: string }
  /** Provably not sent; it may be tried again. */
  | { kind: 'not-sent'; cause: string; retryAfterMs: number }
  /** The attempt was made and its answer is lost. It is never made again. */
  | { kind: 'silent'; detail: string }
  /** The collection had ended before anything was sent. */
  | { kind: 'ended' };

/**
 * `heard`: there is a new witness · `cannot-ask`: the provider never gave us a number to ask for, and
 * its list of payments cannot be read (yet).
 */
export type AskOutcome = { kind: 'heard' | 'pending' | 'unreachable' | 'cannot-ask' };

export interface Standing {
  status: CollectionStatus;
  isOpen: boolean;
  code: string | null;
  /** For the run's page; no personal data. */
  words: string;
}

/** Steps that call Daraja; they run on its queue. */
export interface PushSteps {
  sendStkPush(input: CollectionKey): Promise<PushOutcome>;
  askAboutPush(input: CollectionKey): Promise<AskOutcome>;
}

export interface SettleInput extends CollectionKey {
  /** The run that settles, for lineage. */
  workflowId: string;
}

export interface EndUnpaidInput extends CollectionKey {
  status: 'refused' | 'cancelled';
  code: string;
  words: string;
  actor: string;
}

export type AllocationOutcome =
  | { outcome: 'linked'; collectionWorkflowId: string; witnessId: string }
  | { outcome: 'allocated' | 'desk' }
  /** Several pushes fit; the callback of one of them is about to tell which. */
  | { outcome: 'wait'; afterMs: number };

/** Short database steps; they run inside the workflow worker. */
export interface CollectionSteps {
  savePrompt(input: CollectionKey & PromptIds): Promise<void>;
  /** Decides over all witnesses, posts what is paid, and tells how the collection stands. */
  settleCollection(input: SettleInput): Promise<Standing>;
  endUnpaid(input: EndUnpaidInput): Promise<Standing>;
  markUnresolved(input: CollectionKey): Promise<void>;
  handOver(input: CollectionKey): Promise<void>;
  allocateReceived(input: {
    tenantId: TenantId;
    receivedPaymentId: ReceivedPaymentId;
    workflowId: string;
    isLastTry: boolean;
  }): Promise<AllocationOutcome>;
  /** Starts the next rows of a batch; `isDone` when none is left. */
  startBatchRows(input: {
    tenantId: TenantId;
    batchId: Id<'collectionBatch'>;
    limit: number;
  }): Promise<{ startedCount: number; isDone: boolean }>;
}
