/** Books a payout that was paid: the reservation, or what replaces it when it was given up before. */
import type { TenantHandle } from '../db/database.ts';
import { moveDisbursement, noteOnDisbursement, type Disbursement } from '../db/disbursements.ts';
import { commitReservation, postTransaction } from '../db/ledger.ts';
import { consumeReleased, endHold } from '../db/limits.ts';
import { recountRefund } from '../db/refunds.ts';
import { findShortcode } from '../db/shortcodes.ts';
import type { Standing } from '../domain/disbursements/decide.ts';
import { outside, paidOutFrom } from '../domain/ledger/movements.ts';
import type { Source } from '../domain/ledger/terms.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import { payoutReference, sourceOf } from './authorisation.ts';
import { permanentFault } from './faults.ts';
import { auditPayout, tellPayout } from './payout-events.ts';

/** Moves the payout to paid and the money out of the books, in the caller's transaction. */
export async function bookPaid(
  t: TenantHandle,
  payout: Disbursement,
  standing: Extract<Standing, { status: 'paid' }>,
  nowMs: number,
): Promise<void> {
  const { receipt, isDisputed } = standing;
  const paid = await moveDisbursement(t, payout.id, {
    ...{ to: 'paid', by: 'provider', receipt, isDisputed, isFinished: true },
    note: payout.status === 'refused' ? 'It was paid after all.' : `Receipt ${receipt}.`,
  });
  if (paid === undefined) {
    const words = `a disbursement that is ${payout.status} cannot become paid`;
    throw permanentFault(failureTypes.disbursementInconsistent, words);
  }
  const reference = payoutReference(payout);
  if (!(await endHold(t, reference, 'consumed'))) await consumeReleased(t, reference);
  if (payout.purpose === 'refund' && !(await recountRefund(t, payout.id))) {
    await noteOnDisbursement(t, payout.id, { needsAttention: true });
  }
  await tellPayout(t, paid, 'disbursement.paid');
  await auditPayout(t, payout, {
    actor: 'service:payments',
    action: 'disbursement.paid',
    detail: { receipt },
  });
  // Last, because the rows of accounts stay locked until the transaction ends.
  await postPaid(t, payout, receipt, nowMs);
}

async function postPaid(
  t: TenantHandle,
  payout: Disbursement,
  receipt: string,
  nowMs: number,
): Promise<void> {
  const { shortcodeId, amountCents, chargeCents } = payout;
  const shortcode = await findShortcode(t, shortcodeId);
  const from = sourceOf(payout, shortcode ?? { kind: 'paybill' });
  const kind = payout.kind === 'reversal' ? 'collection.reversed' : 'disbursement.paid';
  const postings = paidOutFrom({ shortcodeId, amountCents, from, chargeCents });
  const occurredAt = instantFromEpochMs(nowMs);
  const source: Source = {
    kind: payout.purpose === 'refund' ? 'refund' : 'disbursement',
    id: payout.id,
    workflowId: payout.workflowId,
    receipt,
    actor: payout.requestedBy,
  };
  const reference = payoutReference(payout);
  const committed = await commitReservation(t, { reference, occurredAt, postings, source, kind });
  if (committed.ok) return;
  // The reservation was given up when the payout counted as refused: the money left all the same.
  const draft = { reference: `${reference}/late`, kind, occurredAt, source };
  const late = await postTransaction(t, { ...draft, postings });
  if (late.ok) return;
  await noteOnDisbursement(t, payout.id, { needsAttention: true });
  const adjustment = { kind: 'adjustment', owner: '' } as const;
  const forced = await postTransaction(t, {
    ...draft,
    postings: [{ from: adjustment, to: outside(shortcodeId), amountCents }],
    reason: 'Paid after it counted as refused, when the account no longer held it',
  });
  if (!forced.ok) {
    const words = `the ledger refused a paid payout: ${forced.refusal.code}`;
    throw permanentFault(failureTypes.disbursementInconsistent, words);
  }
}
