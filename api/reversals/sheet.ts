import type { MovedRefund } from '../../db/refund-lists.ts';
import { toPublicId } from '../../domain/ids.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';

/** Refunds with what came of each; the payer stays masked. */
export const refundSheet: Sheet<MovedRefund> = {
  name: { en: 'refunds', sw: 'marejesho' },
  columns: [
    ['Id', 'Kitambulisho', ({ refund }) => text(toPublicId('reversal', refund.id))],
    [
      'Asked for (Nairobi)',
      'Iliombwa (Nairobi)',
      ({ refund }) => text(nairobiText(refund.createdAt)),
    ],
    ['Status', 'Hali', ({ disbursement }) => text(disbursement.status)],
    ['Method', 'Njia', ({ refund }) => text(refund.method)],
    ['Amount (KES)', 'Kiasi (KES)', ({ refund }) => amount(refund.amountCents)],
    ['Of the payment (KES)', 'Malipo ya awali (KES)', ({ refund }) => amount(refund.originalCents)],
    ['Receipt of the payment', 'Risiti ya malipo', ({ refund }) => text(refund.originalReceipt)],
    [
      'Receipt of the refund',
      'Risiti ya marejesho',
      ({ disbursement }) => text(disbursement.receipt),
    ],
    ['Payer (masked)', 'Mlipaji (amefichwa)', ({ disbursement }) => text(disbursement.payeeMasked)],
    ['Reason', 'Sababu', ({ refund }) => text(refund.reason)],
    [
      'Refusal',
      'Msimbo wa kukataliwa',
      ({ disbursement }) => text(disbursement.providerCode ?? disbursement.refusalCode),
    ],
    [
      'Refusal in words',
      'Sababu ya kukataliwa',
      ({ disbursement }) => text(disbursement.refusalDetail),
    ],
    ['Payout', 'Malipo', ({ disbursement }) => text(toPublicId('disbursement', disbursement.id))],
    ['Asked for by', 'Aliyeomba', ({ refund }) => text(refund.requestedBy)],
  ],
};
