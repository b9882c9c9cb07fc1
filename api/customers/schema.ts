import { z } from 'zod';
import { customerRowProblems, customerRowsMax } from '../../domain/collections/customer-rows.ts';
import { normaliseReference } from '../../domain/collections/reference.ts';
import { cents } from '../../domain/money.ts';
import { referenceSchema } from '../collections/schema.ts';
import { payoutAmount } from '../disbursements/schema.ts';
import {
  centsSchema,
  idSchema,
  instantSchema,
  msisdnSchema,
  pageOf,
  publicIdSchema,
  versionSchema,
} from '../primitives.ts';

export const customerRequest = z
  .strictObject({
    reference: referenceSchema
      .refine((text) => normaliseReference(text) !== '', 'must hold a letter or a digit')
      .describe('What the customer types as account reference'),
    name: z.string().trim().min(1).max(120),
    msisdn: msisdnSchema.optional(),
  })
  .meta({ id: 'CustomerRequest' });

export const customer = z
  .strictObject({
    id: publicIdSchema,
    reference: z.string(),
    name: z.string(),
    msisdn: z.string().nullable().describe('Masked'),
    creditCents: centsSchema.describe('Money that was given to them and not used yet'),
    availableCents: centsSchema.describe('Less what is reserved for payouts under way'),
    createdAt: instantSchema,
    archivedAt: instantSchema.nullable().describe('Since when they are put away'),
    version: versionSchema.describe('Of their words and whether they are put away'),
  })
  .meta({ id: 'Customer' });
export type Customer = z.infer<typeof customer>;

export const customerPage = pageOf(customer).meta({ id: 'CustomerPage' });

export const customerChange = z
  .strictObject({
    reference: customerRequest.shape.reference.optional(),
    name: customerRequest.shape.name.optional(),
    msisdn: msisdnSchema.nullable().optional().describe('Null takes the number away'),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'must change something',
  })
  .meta({ id: 'CustomerChange' });

export const customerPayment = z
  .strictObject({
    kind: z.enum(['collection', 'received', 'payout']),
    id: publicIdSchema.describe('Of the collection, the received payment or the payout'),
    amountCents: centsSchema,
    receipt: z.string().nullable(),
    at: instantSchema,
  })
  .meta({ id: 'CustomerPayment' });
export type CustomerPaymentView = z.infer<typeof customerPayment>;

export const customerPaymentPage = pageOf(customerPayment).meta({ id: 'CustomerPaymentPage' });

const cell = z.string().max(200).default('');

export const customerList = z
  .strictObject({
    rows: z
      .array(
        z.strictObject({
          name: cell,
          reference: cell,
          phone: cell.describe('A phone number; empty when none is known'),
        }),
      )
      .min(1)
      .max(customerRowsMax),
    isDryRun: z.boolean().default(false).describe('Says what would become of each row'),
  })
  .meta({ id: 'CustomerList' });

export const customerRowStates = ['recorded', 'ready', 'known', 'wrong'] as const;

export const customerListResult = z
  .strictObject({
    isDryRun: z.boolean(),
    counts: z.strictObject({ recorded: z.int(), ready: z.int(), known: z.int(), wrong: z.int() }),
    rows: z.array(
      z.strictObject({
        rowNumber: z.int(),
        state: z
          .enum(customerRowStates)
          .describe('`known`: somebody has this reference, and nothing was changed'),
        problem: z.enum(customerRowProblems).nullable(),
        name: z.string(),
        reference: z.string(),
        msisdn: z.string().nullable().describe('Masked'),
        customerId: publicIdSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'CustomerListResult' });
export type CustomerListResult = z.infer<typeof customerListResult>;

const fromCredit = {
  shortcodeId: idSchema('shortcode').describe('Where the money lies'),
  reason: z.string().trim().min(3).max(100),
};

export const creditPayoutRequest = z
  .strictObject({ amountCents: payoutAmount, ...fromCredit })
  .meta({ id: 'CreditPayoutRequest' });

export const creditRevenueRequest = z
  .strictObject({
    amountCents: z
      .int()
      .positive()
      .transform((amount) => cents(amount)),
    ...fromCredit,
  })
  .meta({ id: 'CreditRevenueRequest' });
