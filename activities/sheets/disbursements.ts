import type { Disbursement } from '../../db/disbursements.ts';
import { shownStatus } from '../../domain/disbursements/status.ts';
import { toPublicId } from '../../domain/ids.ts';
import { amount, text, type Sheet } from './cells.ts';

/** Payouts with what came of each; numbers stay masked. */
export const disbursementSheet: Sheet<Disbursement> = {
  name: 'Payouts',
  columns: [
    ['id', (payout) => text(toPublicId('disbursement', payout.id))],
    ['asked for at', (payout) => text(payout.createdAt)],
    ['status', (payout) => text(shownStatus(payout))],
    ['kind', (payout) => text(payout.kind)],
    ['amount', (payout) => amount(payout.amountCents)],
    ['came back', (payout) => amount(payout.returnedCents === 0 ? null : payout.returnedCents)],
    ['charge', (payout) => amount(payout.chargeCents)],
    ['payee', (payout) => text(payout.payeeMasked)],
    ['payee name', (payout) => text(payout.payeeName)],
    ['reference', (payout) => text(payout.reference)],
    ['receipt', (payout) => text(payout.receipt)],
    ['refusal', (payout) => text(payout.providerCode ?? payout.refusalCode)],
    ['refusal in words', (payout) => text(payout.refusalDetail)],
    ['batch', (payout) => text(payout.batchId && toPublicId('payoutBatch', payout.batchId))],
    ['row', (payout) => text(payout.batchRow)],
    ['finished at', (payout) => text(payout.finishedAt)],
  ],
};
