import { z } from 'zod';
import { normaliseReference } from '../../domain/collections/reference.ts';
import { referenceSchema } from '../collections/schema.ts';
import { instantSchema, pageOf, publicIdSchema, msisdnSchema } from '../primitives.ts';

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
    createdAt: instantSchema,
  })
  .meta({ id: 'Customer' });
export type Customer = z.infer<typeof customer>;

export const customerPage = pageOf(customer).meta({ id: 'CustomerPage' });
