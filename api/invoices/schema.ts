import { z } from 'zod';
import {
  descriptionMax,
  invoiceStatuses,
  linesMax,
  quantityMax,
  totalMaxCents,
  totalProblem,
} from '../../domain/invoices/invoice.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { collectibleSchema } from '../collections/schema.ts';
import {
  businessDateSchema,
  centsSchema,
  currencySchema,
  idSchema,
  instantSchema,
  msisdnSchema,
  pageOf,
  publicIdSchema,
} from '../primitives.ts';

const lineRequest = z.strictObject({
  description: z.string().trim().min(1).max(descriptionMax),
  quantity: z.int().min(1).max(quantityMax).default(1),
  unitCents: z
    .int()
    .min(1)
    .max(totalMaxCents)
    .transform((amount): Cents => cents(amount))
    .describe('What one costs, in cents'),
});

const totalWords = {
  'not-whole-shillings': 'must add up to whole shillings, as M-PESA moves no cents',
  'too-much': 'add up to more than KES 100,000,000',
} as const;

export const invoiceRequest = z
  .strictObject({
    customerId: idSchema('customer').describe('Who owes it'),
    shortcodeId: idSchema('shortcode').describe('Where it is paid'),
    dueOn: businessDateSchema.describe('The last day to pay, today or later'),
    lines: z
      .array(lineRequest)
      .min(1)
      .max(linesMax)
      .superRefine((lines, context) => {
        const problem = totalProblem(lines);
        if (problem !== undefined)
          context.addIssue({ code: 'custom', message: totalWords[problem] });
      }),
  })
  .meta({ id: 'InvoiceRequest' });

const invoiceFields = {
  id: publicIdSchema,
  number: z.string().describe('What payers type as account number'),
  status: z.enum(invoiceStatuses),
  customer: z.strictObject({ id: publicIdSchema, name: z.string() }),
  issuedOn: businessDateSchema,
  dueOn: businessDateSchema,
  totalCents: centsSchema,
  paidCents: centsSchema,
  openCents: centsSchema.describe('What is still to be paid; nothing once it is void'),
  currency: currencySchema,
  shortcodeId: publicIdSchema,
  paymentLinkId: publicIdSchema.describe('The link it is paid through, with its QR code'),
  url: z.string().describe('What the payer opens'),
  createdAt: instantSchema,
  voidedAt: instantSchema.nullable(),
  voidReason: z.string().nullable(),
  version: z.int(),
};

export const invoice = z.strictObject(invoiceFields).meta({ id: 'Invoice' });
export type Invoice = z.infer<typeof invoice>;

export const invoicePage = pageOf(invoice).meta({ id: 'InvoicePage' });

export const invoiceLine = z
  .strictObject({
    description: z.string(),
    quantity: z.int(),
    unitCents: centsSchema,
    amountCents: centsSchema,
  })
  .meta({ id: 'InvoiceLine' });

/** An invoice with its lines and what was paid on it. */
export const invoiceDetail = z
  .strictObject({
    ...invoiceFields,
    lines: z.array(invoiceLine),
    payments: z
      .array(
        z.strictObject({
          kind: z.enum(['collection', 'received']),
          id: publicIdSchema,
          receipt: z.string().nullable(),
          amountCents: centsSchema,
          at: instantSchema,
        }),
      )
      .describe('Newest first, at most 100'),
    customerMsisdn: z.string().nullable().describe('Masked; where a prompt goes unless told'),
  })
  .meta({ id: 'InvoiceDetail' });
export type InvoiceDetail = z.infer<typeof invoiceDetail>;

export const invoiceSummary = z
  .strictObject({
    count: z.int(),
    openCents: centsSchema.describe('Still to be paid of all of them'),
    byStatus: z.array(
      z.strictObject({
        status: z.enum(invoiceStatuses),
        count: z.int(),
        totalCents: centsSchema,
        openCents: centsSchema,
      }),
    ),
    currency: currencySchema,
  })
  .meta({ id: 'InvoiceSummary' });
export type InvoiceSummary = z.infer<typeof invoiceSummary>;

export const voidRequest = z
  .strictObject({ reason: z.string().trim().min(3).max(300) })
  .meta({ id: 'VoidInvoiceRequest' });

export const invoicePushRequest = z
  .strictObject({
    msisdn: msisdnSchema.optional().describe('Left out, the number of the customer'),
    amountCents: collectibleSchema
      .optional()
      .describe('Left out, what is open, or as much of it as one prompt can ask for'),
  })
  .meta({ id: 'InvoicePushRequest' });
