/** How a payout shows where it stands: in words on its page, and as `BusinessStatus` in lists. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { DisbursementStatus } from '../domain/disbursements/terms.ts';
import { businessStatusKey, needsAttentionKey } from '../temporal/search-attributes.ts';
import type { PayoutDesk } from './disbursement-desk.ts';
import type { PayoutPhase } from './disbursement-types.ts';

/** Shows a phase; only a change of status reaches the search attributes. */
export function showPayout(
  desk: PayoutDesk,
  ...[phase, status, words, needsAttention = false]: [
    phase: PayoutPhase,
    status: DisbursementStatus,
    words: string,
    needsAttention?: boolean,
  ]
): void {
  setCurrentDetails(words);
  if (desk.status !== status || needsAttention) showStatus(status, needsAttention);
  desk.phase = phase;
  desk.status = status;
}

/** Shows how a run ended. */
export function showPayoutEnd(status: string, words: string, needsAttention = false): void {
  setCurrentDetails(words);
  showStatus(status, needsAttention);
}

function showStatus(status: string, needsAttention: boolean): void {
  upsertSearchAttributes([
    { key: businessStatusKey, value: status },
    { key: needsAttentionKey, value: needsAttention },
  ]);
}
