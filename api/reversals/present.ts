import type { z } from 'zod';
import type { Disbursement } from '../../db/disbursements.ts';
import type { Refund } from '../../db/refunds.ts';
import { toPublicId } from '../../domain/ids.ts';
import { showDisbursement } from '../disbursements/present.ts';
import type { refund } from './schema.ts';

/** A refund as clients see it, with the movement it follows. */
export function showRefund(
  { refund: stored, disbursement }: { refund: Refund; disbursement: Disbursement },
  runUrl: (workflowId: string) => string,
): z.input<typeof refund> {
  const { method, originalReceipt, originalCents, amountCents, reason, requestedBy } = stored;
  return {
    id: toPublicId('reversal', stored.id),
    collectionId:
      stored.collectionId === null ? null : toPublicId('collection', stored.collectionId),
    receivedPaymentId:
      stored.receivedPaymentId && toPublicId('receivedPayment', stored.receivedPaymentId),
    ...{ method, originalReceipt, originalCents, amountCents, reason, requestedBy },
    createdAt: stored.createdAt,
    disbursement: showDisbursement(disbursement, runUrl),
  };
}
