/** What the runs of money out ask of the world. Each step may be repeated; sending is the exception. */
import type { Verdict } from '../domain/authorisation/decide.ts';
import type { FraudVerdict } from '../domain/authorisation/fraud.ts';
import type { Standing } from '../domain/disbursements/decide.ts';
import type { RefusalCode } from '../domain/disbursements/terms.ts';
import type { DisbursementId, PayoutBatchId, ShortcodeId, TenantId } from '../domain/ids.ts';

export interface PayoutKey {
  tenantId: TenantId;
  disbursementId: DisbursementId;
}

/** What limits and ledger say when a payout asks for its hold. */
export interface Hold {
  revenue: Exclude<Verdict, { check: 'fraud' }>;
  core: Exclude<Verdict, { check: 'fraud' }>;
}

/** Where a payout goes after its checks. */
export type Admission = { kind: 'proceed' } | { kind: 'approval'; reasons: string[] };

export interface StopInput extends PayoutKey {
  to: 'refused' | 'cancelled' | 'expired';
  code: RefusalCode;
  detail: string;
  /** Who or what stops it. */
  by: string;
}

export type SendOutcome =
  /** It was handed over, or nobody knows; what is known is kept as evidence. */
  | { kind: 'handed-over' }
  /** It is certain that nothing left us; it may be tried again after the wait. */
  | { kind: 'not-sent'; cause: string; retryAfterMs: number }
  /** The sending was begun before, by this run or another. */
  | { kind: 'begun-before' };

export interface AuthorisationSteps {
  judgeFraud(key: PayoutKey): Promise<FraudVerdict>;
  /** Holds limits and money in one transaction; what is refused holds nothing. */
  holdPayout(key: PayoutKey): Promise<Hold>;
}

export interface DisbursementSteps {
  /** Writes down that the checks let it go on, or that a person has to agree. */
  admitPayout(key: PayoutKey & { reviewReasons: readonly string[] }): Promise<Admission>;
  approvePayout(key: PayoutKey & { approvedBy: string }): Promise<void>;
  /** Ends a payout that was not sent, and gives back what was held. */
  stopPayout(input: StopInput): Promise<void>;
  /** Whether the one sending was begun; asked after a sending that died. */
  wasSendingBegun(key: PayoutKey): Promise<boolean>;
  /** Makes up the standing from all evidence and books what follows from it, once. */
  settlePayout(key: PayoutKey): Promise<Standing>;
  flagPayout(key: PayoutKey & { needsAttention: boolean }): Promise<void>;
}

/** On the queue of Daraja: these call the provider. */
export interface PayoutCalls {
  /** Sends once; a second call finds that the sending was begun. */
  sendPayout(key: PayoutKey): Promise<SendOutcome>;
  /** Asks for the standing of a payout; the answer comes by callback. False when it was not asked. */
  askPayoutStatus(key: PayoutKey & { queryId: string }): Promise<boolean>;
  /** Asks for balances, or about a receipt when one is given; the answer comes by callback. */
  askProvider(input: BalanceKey): Promise<boolean>;
}

export interface BalanceKey {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
  queryId: string;
  askedBy: string;
  receipt?: string;
}

export interface BalanceSteps {
  /** Whether the question was answered; a lost signal is made up for by asking the database. */
  wasAnswered(input: { tenantId: TenantId; queryId: string }): Promise<boolean>;
}

export interface BatchKey {
  tenantId: TenantId;
  batchId: PayoutBatchId;
  round: number;
}

/** A row of a batch that is to be paid now. */
export interface BatchPayout {
  ordinal: number;
  disbursementId: DisbursementId;
  workflowId: string;
}

export interface BatchSteps {
  approveBatch(key: BatchKey & { approvedBy: string }): Promise<void>;
  stopBatch(
    key: BatchKey & { to: 'rejected' | 'cancelled' | 'expired'; by: string; reason: string },
  ): Promise<void>;
  /** Turns the next rows into payouts, each once a round; rows already paid are passed over. */
  nextPayouts(
    key: BatchKey & { afterOrdinal: number; limit: number },
  ): Promise<{ payouts: BatchPayout[]; lastOrdinal: number | null }>;
  finishBatch(key: BatchKey): Promise<BatchCounts>;
}

export interface BatchCounts {
  paid: number;
  refused: number;
  open: number;
}
