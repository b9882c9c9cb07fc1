import { z } from 'zod';
import {
  collectionSources,
  collectionStatuses,
  disagreements,
  witnessKinds,
  witnessOutcomes,
} from '../../domain/collections/terms.ts';
import {
  amountMaxCents,
  amountMinCents,
  descriptionMax,
  isCollectible,
  isDescription,
  isReference,
  referenceMax,
} from '../../domain/collections/request.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { wordStatuses } from '../../domain/waiting.ts';
import { paymentTrail } from '../payment-trail.ts';
import {
  centsSchema,
  currencySchema,
  idSchema,
  instantSchema,
  msisdnSchema,
  pageOf,
  publicIdSchema,
  expandedField,
} from '../primitives.ts';
import { wordFields } from '../words-of-two.ts';

/** Whole shillings within Daraja's limits, in cents. */
export const collectibleSchema = z
  .int()
  .min(amountMinCents)
  .max(amountMaxCents)
  .refine(isCollectible, 'must be whole shillings from 1 to 250,000')
  .describe('Cents; whole shillings from KES 1 to 250,000')
  .transform((amount): Cents => cents(amount));

export const referenceSchema = z
  .string()
  .min(1)
  .max(referenceMax)
  .refine(isReference, 'must be printable and neither start nor end with a space');

export const descriptionSchema = z
  .string()
  .min(1)
  .max(descriptionMax)
  .refine(isDescription, 'must be printable and neither start nor end with a space');

export const collectionRequest = z
  .strictObject({
    shortcodeId: idSchema('shortcode'),
    msisdn: msisdnSchema,
    amountCents: collectibleSchema,
    accountReference: referenceSchema.describe('Shown in the prompt'),
    description: descriptionSchema.default('Payment').describe('Shown in the prompt'),
    customerId: idSchema('customer').optional(),
    unlessOpen: z
      .boolean()
      .default(false)
      .describe('Refuse it while an equal request of this phone may still be paid'),
  })
  .meta({ id: 'CollectionRequest' });

export const closeRequest = z
  .strictObject({ reason: z.string().trim().min(3).max(300) })
  .meta({ id: 'CloseCollectionRequest' });

const shortcodePlace = z.strictObject({
  id: publicIdSchema,
  number: z.string(),
  name: z.string(),
});

const collectionFields = {
  id: publicIdSchema,
  status: z.enum(collectionStatuses),
  amountCents: centsSchema,
  currency: currencySchema,
  msisdn: z.string().describe('Masked'),
  accountReference: z.string(),
  description: z.string(),
  source: z.enum(collectionSources),
  shortcode: shortcodePlace,
  customerId: publicIdSchema.nullable(),
  paymentLinkId: publicIdSchema.nullable(),
  batchId: publicIdSchema.nullable(),
  receipt: z.string().nullable(),
  isReceiptUnknown: z.boolean().describe('Paid, and M-PESA has not told the receipt yet'),
  paidCents: centsSchema.nullable(),
  paidAt: instantSchema.nullable(),
  isLate: z.boolean().describe('Paid after it had ended otherwise'),
  resultCode: z.string().nullable(),
  resultWords: z
    .strictObject({ en: z.string(), sw: z.string() })
    .nullable()
    .describe('What the code means and what to do'),
  isRetryable: z.boolean().describe('Asking again can succeed without anybody changing anything'),
  disagreements: z.array(z.enum(disagreements)),
  sentAt: instantSchema.nullable(),
  promptEndsAt: instantSchema.nullable().describe('About when the prompt leaves the phone'),
  resolvesBy: instantSchema.nullable().describe('Silence is shown as unknown from here on'),
  isHandedOver: z.boolean().describe('Reconciliation has it'),
  canCancel: z.boolean(),
  runUrl: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  version: z.int(),
  expanded: expandedField,
};

/** A request for money by STK push. */
export const collection = z.strictObject(collectionFields).meta({ id: 'Collection' });
export type Collection = z.infer<typeof collection>;

const timelineEntry = z.strictObject({
  seq: z.int(),
  type: z.string(),
  at: instantSchema,
  data: z.record(z.string(), z.unknown()),
});

const witness = z.strictObject({
  kind: z.enum(witnessKinds),
  outcome: z.enum(witnessOutcomes),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  receipt: z.string().nullable(),
  amountCents: centsSchema.nullable(),
  callbackId: publicIdSchema.nullable(),
  occurredAt: instantSchema.nullable(),
  observedAt: instantSchema,
});

/** A collection with everything that was said about it and everything that followed. */
export const collectionDetail = z
  .strictObject({
    ...collectionFields,
    ledgerTransactionId: publicIdSchema.nullable(),
    keptCents: centsSchema.describe(
      'What it brought beyond what its link still asked for: credit of the customer',
    ),
    leftToRefundCents: centsSchema
      .nullable()
      .describe('What may still be given back; null until it is paid with a receipt'),
    transactionId: publicIdSchema
      .nullable()
      .describe('The row of a posted statement that proves it'),
    canClose: z.boolean().describe('It stayed unknown for so long that people may give it up'),
    closeNeedsTwo: z.boolean().describe('A second person has to agree before it is given up'),
    closing: z
      .strictObject({ status: z.enum(wordStatuses), ...wordFields })
      .nullable()
      .describe('The newest wish of somebody to give it up'),
    witnesses: z.array(witness),
    timeline: z.array(timelineEntry),
    trail: paymentTrail,
  })
  .meta({ id: 'CollectionDetail' });
export type CollectionDetail = z.infer<typeof collectionDetail>;

export const collectionPage = pageOf(collection).meta({ id: 'CollectionPage' });
export type CollectionPage = z.infer<typeof collectionPage>;

/** Count and sum of exactly what a filter selects; paid ones count what was paid. */
export const collectionSummary = z
  .strictObject({
    count: z.int(),
    byStatus: z.array(
      z.strictObject({
        status: z.enum(collectionStatuses),
        count: z.int(),
        amountCents: centsSchema,
      }),
    ),
    currency: currencySchema,
  })
  .meta({ id: 'CollectionSummary' });
export type CollectionSummary = z.infer<typeof collectionSummary>;
