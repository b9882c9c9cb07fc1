import { z } from 'zod';
import {
  allocationReasons,
  receivedSources,
  receivedStates,
  targetKinds,
} from '../../domain/collections/terms.ts';
import { disbursementStatuses } from '../../domain/disbursements/terms.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { payoutAmount } from '../disbursements/schema.ts';
import {
  centsSchema,
  currencySchema,
  idSchema,
  instantSchema,
  pageOf,
  publicIdSchema,
} from '../primitives.ts';

const guess = z.strictObject({
  kind: z.enum(['payment-link', 'customer', 'collection']),
  id: publicIdSchema,
  reference: z.string(),
  name: z.string(),
  openCents: centsSchema.nullable().describe('The most it takes; null for any amount'),
  score: z.number().min(0).max(1),
  reasons: z.array(
    z.strictObject({
      kind: z.enum(['reference', 'payer', 'amount', 'timing', 'taught']),
      words: z.string(),
      wordsSw: z.string().nullable().describe('The same in Swahili'),
    }),
  ),
});

const allocation = z.strictObject({
  id: z.uuid(),
  kind: z.enum(targetKinds),
  targetId: z.string(),
  amountCents: centsSchema,
  reason: z.enum(allocationReasons),
  actor: z.string(),
  at: instantSchema,
  undoneAt: instantSchema.nullable(),
});

/** Money of this payment that goes back; its status is that of the payout that brings it. */
const deskRefund = z.strictObject({
  id: publicIdSchema,
  disbursementId: publicIdSchema,
  method: z.enum(['reversal', 'payout']),
  amountCents: centsSchema,
  status: z.enum(disbursementStatuses),
  reason: z.string(),
  requestedBy: z.string(),
  createdAt: instantSchema,
});

const fields = {
  id: publicIdSchema,
  receipt: z.string(),
  state: z.enum(receivedStates),
  reason: z.enum(allocationReasons).describe('Why it is where it is'),
  source: z.enum(receivedSources),
  amountCents: centsSchema,
  allocatedCents: centsSchema,
  leftCents: centsSchema.describe('What can still be allocated'),
  currency: currencySchema,
  reference: z.string().describe('As the payer typed it'),
  payerName: z.string(),
  msisdn: z.string().nullable().describe('Masked'),
  shortcode: z.strictObject({ id: publicIdSchema, number: z.string(), name: z.string() }),
  collectionId: publicIdSchema.nullable(),
  occurredAt: instantSchema,
  receivedAt: instantSchema,
  runUrl: z.string(),
  version: z.int(),
};

/** Money that arrived, with the likeliest owners while it waits for one. */
export const receivedPayment = z
  .strictObject({ ...fields, guesses: z.array(guess) })
  .meta({ id: 'ReceivedPayment' });

export const receivedPaymentDetail = z
  .strictObject({
    ...fields,
    guesses: z.array(guess),
    allocations: z.array(allocation),
    refunds: z.array(deskRefund),
    ledgerTransactionId: publicIdSchema.nullable(),
    transactionId: publicIdSchema
      .nullable()
      .describe('The row of a posted statement that proves it'),
  })
  .meta({ id: 'ReceivedPaymentDetail' });

export const receivedPaymentPage = pageOf(receivedPayment).meta({ id: 'ReceivedPaymentPage' });

export const deskSummary = z
  .strictObject({ count: z.int(), waitingCents: centsSchema, currency: currencySchema })
  .meta({ id: 'UnallocatedSummary' });

const positive = z
  .int()
  .min(1)
  .max(100_000_000_000)
  .transform((amount): Cents => cents(amount));

export const allocateRequest = z
  .strictObject({
    parts: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({
            kind: z.literal('customer'),
            id: idSchema('customer'),
            amountCents: positive,
          }),
          z.strictObject({
            kind: z.literal('payment-link'),
            id: idSchema('paymentLink'),
            amountCents: positive,
          }),
        ]),
      )
      .min(1)
      .max(20),
  })
  .meta({ id: 'AllocateRequest' });

export const deskRefundRequest = z
  .strictObject({
    amountCents: payoutAmount,
    why: z.string().trim().min(1).max(200),
    method: z
      .enum(['reversal', 'payout'])
      .default('reversal')
      .describe('M-PESA undoes the payment, or the payer is paid'),
  })
  .meta({ id: 'DeskRefundRequest' });

export const undoRequest = z
  .strictObject({ allocationId: z.uuid() })
  .meta({ id: 'UndoAllocation' });
