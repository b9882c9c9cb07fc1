/** Shapes of refunds: received money that is given back. */
import { z } from 'zod';
import { disbursement, payoutAmount } from '../disbursements/schema.ts';
import { instantSchema, pageOf, publicIdSchema } from '../primitives.ts';

export const refundRequest = z.strictObject({
  amountCents: payoutAmount.optional().describe('All that is left when it is left out'),
  method: z
    .enum(['reversal', 'payout'])
    .default('reversal')
    .describe('M-PESA undoes the payment, or the payer is paid'),
  reason: z.string().trim().min(3).max(100),
});

export const refund = z
  .strictObject({
    id: publicIdSchema,
    collectionId: publicIdSchema.nullable(),
    receivedPaymentId: publicIdSchema.nullable().describe('The payment of the desk given back'),
    method: z.enum(['reversal', 'payout']),
    originalReceipt: z.string(),
    originalCents: z.int(),
    amountCents: z.int(),
    reason: z.string(),
    requestedBy: z.string(),
    createdAt: instantSchema,
    /** The movement that gives the money back; its status is that of the refund. */
    disbursement,
  })
  .meta({ id: 'Refund' });

export const refundPage = pageOf(refund).meta({ id: 'RefundPage' });
