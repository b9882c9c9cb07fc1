/** Shapes of limits on money out. */
import { z } from 'zod';
import { limitKinds } from '../../domain/limits/terms.ts';
import { cents, type Cents } from '../../domain/money.ts';
import {
  businessDateSchema,
  currencySchema,
  instantSchema,
  publicIdSchema,
} from '../primitives.ts';

export const limitChange = z.strictObject({
  id: publicIdSchema,
  kind: z.enum(limitKinds),
  amountCents: z.int(),
  effectiveFrom: z.iso.date(),
  /** From this day on the limit before it holds again; null means for good. */
  expiresOn: z.iso.date().nullable(),
  status: z.enum(['proposed', 'active', 'rejected']),
  isRaise: z.boolean(),
  reason: z.string(),
  proposedBy: z.string(),
  decidedBy: z.string().nullable(),
  createdAt: instantSchema,
});

const limitView = z.strictObject({
  kind: z.enum(limitKinds),
  limitCents: z.int(),
  /** Null for limits that are not used up. */
  usedCents: z.int().nullable(),
  leftCents: z.int().nullable(),
  /** What M-PESA itself allows; null where it says nothing. */
  maximumCents: z.int().nullable(),
});

export const limitsView = z.strictObject({
  businessDate: z.iso.date(),
  currency: currencySchema,
  limits: z.array(limitView),
  changes: z.array(limitChange),
});

export const limitChangeRequest = z.strictObject({
  kind: z.enum(limitKinds),
  amountCents: z
    .int()
    .min(0)
    .max(100_000_000_000)
    .transform((amount): Cents => cents(amount)),
  effectiveFrom: businessDateSchema.optional().describe('Today when left out'),
  expiresOn: businessDateSchema.nullable().default(null),
  reason: z.string().trim().min(3).max(300),
});

export const limitDecision = z.strictObject({ decision: z.enum(['approve', 'reject']) });
