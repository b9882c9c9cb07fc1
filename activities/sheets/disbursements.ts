import type { Disbursement } from '../../db/disbursements.ts';
import { shownStatus } from '../../domain/disbursements/status.ts';
import { toPublicId } from '../../domain/ids.ts';
import { amount, text, type Sheet } from './cells.ts';

/** Payouts with what came of each; numbers stay masked. */
export const disbursementSheet: Sheet<Disbursement> = {
  name: { en: 'Payouts', sw: 'Malipo' },
  columns: [
    ['id', 'kitambulisho', (payout) => text(toPublicId('disbursement', payout.id))],
    ['asked for at', 'iliombwa', (payout) => text(payout.createdAt)],
    ['status', 'hali', (payout) => text(shownStatus(payout))],
    ['kind', 'aina', (payout) => text(payout.kind)],
    ['amount', 'kiasi', (payout) => amount(payout.amountCents)],
    [
      'came back',
      'kilichorudi',
      (payout) => amount(payout.returnedCents === 0 ? null : payout.returnedCents),
    ],
    ['charge', 'ada', (payout) => amount(payout.chargeCents)],
    ['payee', 'mlipwaji', (payout) => text(payout.payeeMasked)],
    ['payee name', 'jina la mlipwaji', (payout) => text(payout.payeeName)],
    ['reference', 'kumbukumbu', (payout) => text(payout.reference)],
    ['receipt', 'risiti', (payout) => text(payout.receipt)],
    [
      'refusal',
      'msimbo wa kukataliwa',
      (payout) => text(payout.providerCode ?? payout.refusalCode),
    ],
    ['refusal in words', 'sababu ya kukataliwa', (payout) => text(payout.refusalDetail)],
    [
      'batch',
      'orodha',
      (payout) => text(payout.batchId && toPublicId('payoutBatch', payout.batchId)),
    ],
    ['row', 'safu', (payout) => text(payout.batchRow)],
    ['finished at', 'ilikamilika', (payout) => text(payout.finishedAt)],
  ],
};
