/** Books the money of a payout that M-PESA gave back and two people agree about. */
import type { TenantHandle } from '../db/database.ts';
import { noteOnDisbursement, noteReturned, type Disbursement } from '../db/disbursements.ts';
import { creditReceipt } from '../db/ledger.ts';
import { giveBack } from '../db/limits.ts';
import { findShortcode } from '../db/shortcodes.ts';
import { endReturn, latestWord } from '../db/words-of-two.ts';
import { outside } from '../domain/ledger/movements.ts';
import { formatMoney } from '../domain/money.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { payoutReference, sourceOf } from './authorisation.ts';
import { auditPayout, tellPayout } from './payout-events.ts';

/**
 * Puts the money back where it was taken from, once: the receipt of the return is claimed like any
 * other. A receipt that was credited before brings nothing and asks for a person. M-PESA keeps its
 * charge, so that stays where it is. What came back no longer counts as paid, nor in the limits of
 * the day it left on.
 */
export async function bookReturn(
  t: TenantHandle,
  payout: Disbursement,
  nowMs: number,
): Promise<void> {
  const agreed = await latestWord(t, { kind: 'payoutReturn', aboutId: payout.id });
  if (agreed?.status !== 'agreed' || payout.status !== 'paid') return;
  const { shortcodeId } = payout;
  const { receipt, amountCents } = agreed;
  const shortcode = await findShortcode(t, shortcodeId);
  const into = sourceOf(payout, shortcode ?? { kind: 'paybill' });
  const credited = await creditReceipt(t, {
    ...{ shortcodeId, receipt, amountCents, kind: 'disbursement.returned' },
    occurredAt: instantFromEpochMs(nowMs),
    postings: [{ from: outside(shortcodeId), to: into, amountCents }],
    source: {
      ...{ kind: 'disbursement', id: payout.id, workflowId: payout.workflowId },
      actor: agreed.requestedBy,
    },
  });
  await endReturn(t, agreed.id, credited.isNew ? credited.transactionId : null);
  if (!credited.isNew) return noteOnDisbursement(t, payout.id, { needsAttention: true });
  const note = `${formatMoney(amountCents)} · ${receipt}`;
  const returned = await noteReturned(t, payout.id, { amountCents, note });
  await giveBack(t, payoutReference(payout), amountCents);
  await tellPayout(t, returned, 'disbursement.returned');
  await auditPayout(t, payout, {
    actor: 'service:payments',
    action: 'disbursement.returned',
    detail: { receipt, returnedCents: amountCents },
  });
}
