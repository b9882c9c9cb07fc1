import { z } from 'zod';
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
  })
  .meta({ id: 'Customer' });
export type Customer = z.infer<typeof customer>;

export const customerPage = pageOf(customer).meta({ id: 'CustomerPage' });

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
