/** A payout with what was said about it, as one moment has it. */
import { findDisbursement, type Disbursement } from '../../db/disbursements.ts';
import { rowOfPayment } from '../../db/linked-payments.ts';
import { evidenceAbout } from '../../db/payout-evidence.ts';
import { trailOf, type TrailEntry } from '../../db/payment-trail.ts';
import { latestWord, type WordsOfTwo } from '../../db/words-of-two.ts';
import type { Evidence } from '../../domain/disbursements/decide.ts';
import type { DisbursementId, TransactionId } from '../../domain/ids.ts';
import { readOwn } from '../own-data.ts';
import type { Call } from '../route.ts';

export interface PayoutDetail {
  payout: Disbursement;
  evidence: readonly Evidence[];
  /** The newest wish of people to say how it ended. */
  closing: WordsOfTwo['payoutClosing'] | undefined;
  /** The newest word about its money coming back. */
  returned: WordsOfTwo['payoutReturn'] | undefined;
  /** The row of a statement that proves it. */
  transactionId: TransactionId | null;
  trail: readonly TrailEntry[];
}

/** Undefined when the tenant has no such payout. */
export function readDetail(call: Call, id: DisbursementId): Promise<PayoutDetail | undefined> {
  return readOwn(call, async (t) => {
    const payout = await findDisbursement(t, id);
    if (payout === undefined) return undefined;
    const closing = await latestWord(t, { kind: 'payoutClosing', aboutId: id });
    const returned = await latestWord(t, { kind: 'payoutReturn', aboutId: id });
    const transactionId = await rowOfPayment(t, { receipt: payout.receipt, direction: 'out' });
    const trail = await trailOf(t, { objectId: id });
    const evidence = await evidenceAbout(t, id);
    return { payout, evidence, closing, returned, transactionId, trail };
  });
}
