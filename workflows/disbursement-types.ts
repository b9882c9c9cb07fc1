/** Inputs, results and messages of the runs of money out. */
import type { DisbursementStatus } from '../domain/disbursements/terms.ts';
import type { DisbursementId, PayoutBatchId, ShortcodeId, TenantId } from '../domain/ids.ts';
import type { StartFacts } from './types.ts';

export interface DisburseInput {
  tenantId: TenantId;
  disbursementId: DisbursementId;
  /** Multiplies every wait for provider and people; 1 except in tests. */
  timeScale: number;
  /** How long fraud, limits and ledger together may take. */
  deadlineMs: number;
}

export type DisburseResult =
  | { status: 'paid'; receipt: string; isDisputed: boolean }
  | { status: 'refused' | 'cancelled' | 'expired'; code: string }
  /** Nobody could tell within a week; reconciliation with the statement settles it. */
  | { status: 'unknown' };

export interface LateResultInput {
  tenantId: TenantId;
  disbursementId: DisbursementId;
}

export interface PayoutBatchInput {
  tenantId: TenantId;
  batchId: PayoutBatchId;
  /** 0 for the first time, then one for every time failed rows are tried again. */
  round: number;
  needsApproval: boolean;
  timeScale: number;
  deadlineMs: number;
}

export type PayoutBatchResult =
  | { status: 'finished'; paid: number; refused: number; open: number }
  | { status: 'rejected' | 'cancelled' | 'expired' };

export interface CheckBalanceInput {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
  queryId: string;
  askedBy: string;
  /** Asks about this receipt instead of the balances. */
  receipt?: string;
  timeScale: number;
}

export interface CheckBalanceResult {
  status: 'recorded' | 'unanswered' | 'not-asked';
}

export interface DecideInput {
  /** The actor who decides, as records keep it. */
  by: string;
  reason?: string;
}

export type DecideVerdict =
  { accepted: true } | { accepted: false; problem: 'own-request' | 'closed' };

export interface ResultedSignal {
  /** The callback that brought the news; the run looks everything up itself. */
  callbackId: string;
}

export type PayoutPhase =
  'checking' | 'waiting-approval' | 'sending' | 'waiting-result' | 'asking' | 'closed';

export interface PayoutState {
  phase: PayoutPhase;
  status: DisbursementStatus;
  questions: number;
}

export type DisbursementStart =
  | (StartFacts & { workflow: 'disburse' | 'reverseCollection'; input: DisburseInput })
  | (StartFacts & { workflow: 'settleLateResult'; input: LateResultInput })
  | (StartFacts & { workflow: 'payoutBatch'; input: PayoutBatchInput })
  | (StartFacts & { workflow: 'checkBalance'; input: CheckBalanceInput });
