import { z } from 'zod';
import { linkStatuses } from '../../db/collection-tables.ts';
import { collectionStatuses } from '../../domain/collections/terms.ts';
import { invoiceLine } from '../invoices/schema.ts';
import { collectibleSchema, referenceSchema } from '../collections/schema.ts';
import {
  businessDateSchema,
  centsSchema,
  currencySchema,
  idSchema,
  instantSchema,
  pageOf,
  publicIdSchema,
  msisdnSchema,
} from '../primitives.ts';

export const paymentLinkRequest = z
  .strictObject({
    shortcodeId: idSchema('shortcode'),
    title: z.string().trim().min(1).max(80),
    reference: referenceSchema,
    amountCents: collectibleSchema.optional().describe('Left out, the payer chooses'),
    isReusable: z.boolean().default(false).describe('Takes any number of payments'),
    customerId: idSchema('customer').optional(),
    expiresAt: instantSchema.optional(),
  })
  .refine((link) => link.isReusable || link.amountCents !== undefined, {
    path: ['amountCents'],
    message: 'is needed unless the link is reusable',
  })
  .meta({ id: 'PaymentLinkRequest' });

export const paymentLink = z
  .strictObject({
    id: publicIdSchema,
    status: z.enum(linkStatuses),
    title: z.string(),
    reference: z.string(),
    amountCents: centsSchema.nullable(),
    currency: currencySchema,
    isReusable: z.boolean(),
    paidCents: centsSchema,
    paidCount: z.int(),
    shortcodeId: publicIdSchema,
    customerId: publicIdSchema.nullable(),
    invoiceId: publicIdSchema.nullable().describe('The invoice that is paid through it'),
    url: z.string().describe('What the payer opens'),
    expiresAt: instantSchema.nullable(),
    createdAt: instantSchema,
    closedAt: instantSchema.nullable(),
    version: z.int(),
  })
  .meta({ id: 'PaymentLink' });
export type PaymentLink = z.infer<typeof paymentLink>;

export const paymentLinkPage = pageOf(paymentLink).meta({ id: 'PaymentLinkPage' });

/** A push as its payer may see it: no number, no names. */
export const payerRequest = z
  .strictObject({
    id: publicIdSchema,
    status: z.enum(collectionStatuses),
    words: z.strictObject({ en: z.string(), sw: z.string() }).nullable(),
    receipt: z.string().nullable(),
    promptEndsAt: instantSchema.nullable(),
    resolvesBy: instantSchema.nullable(),
  })
  .meta({ id: 'PayerRequest' });

/** What the hosted page shows. */
export const payPage = z
  .strictObject({
    title: z.string(),
    business: z.string(),
    reference: z.string(),
    amountCents: centsSchema
      .nullable()
      .describe('What is still to be paid; null: the payer chooses'),
    currency: currencySchema,
    state: z.enum(['open', 'settled', 'closed']),
    shortcode: z.strictObject({ number: z.string(), kind: z.enum(['paybill', 'till']) }),
    invoice: z
      .strictObject({
        dueOn: businessDateSchema,
        isOverdue: z.boolean(),
        totalCents: centsSchema,
        paidCents: centsSchema,
        lines: z.array(invoiceLine),
      })
      .nullable()
      .describe('What is invoiced; it may be paid in parts'),
    promptMaxCents: centsSchema
      .nullable()
      .describe('The most one prompt can ask for; null: the payer chooses'),
    request: payerRequest.nullable(),
  })
  .meta({ id: 'PayPage' });

export const pushRequest = z
  .strictObject({
    msisdn: msisdnSchema,
    amountCents: collectibleSchema
      .optional()
      .describe('Where the link leaves it to the payer, or a part of an invoice'),
  })
  .meta({ id: 'PayRequest' });
