import type { MovedRefund } from '../../db/refund-lists.ts';
import { toPublicId } from '../../domain/ids.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';

/** Refunds with what came of each; the payer stays masked. */
export const refundSheet: Sheet<MovedRefund> = {
  name: 'refunds',
  columns: [
    ['Id', ({ refund }) => text(toPublicId('reversal', refund.id))],
    ['Asked for (Nairobi)', ({ refund }) => text(nairobiText(refund.createdAt))],
    ['Status', ({ disbursement }) => text(disbursement.status)],
    ['Method', ({ refund }) => text(refund.method)],
    ['Amount (KES)', ({ refund }) => amount(refund.amountCents)],
    ['Of the payment (KES)', ({ refund }) => amount(refund.originalCents)],
    ['Receipt of the payment', ({ refund }) => text(refund.originalReceipt)],
    ['Receipt of the refund', ({ disbursement }) => text(disbursement.receipt)],
    ['Payer (masked)', ({ disbursement }) => text(disbursement.payeeMasked)],
    ['Reason', ({ refund }) => text(refund.reason)],
    ['Refusal', ({ disbursement }) => text(disbursement.providerCode ?? disbursement.refusalCode)],
    ['Refusal in words', ({ disbursement }) => text(disbursement.refusalDetail)],
    ['Payout', ({ disbursement }) => text(toPublicId('disbursement', disbursement.id))],
    ['Asked for by', ({ refund }) => text(refund.requestedBy)],
  ],
};
