import { z } from 'zod';
import {
  businessDateSchema,
  centsSchema,
  currencySchema,
  instantSchema,
  publicIdSchema,
} from '../primitives.ts';

export const accountKinds = ['personal', 'till', 'paybill', 'bank'] as const;

const days = z.strictObject({ from: businessDateSchema, to: businessDateSchema });

/** An M-PESA line, till, paybill or bank account that statements were read for. */
export const account = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(accountKinds),
    label: z.string(),
    numberMasked: z.string(),
    currency: currencySchema,
    statementCount: z.int().nonnegative(),
    firstAt: instantSchema.nullable(),
    lastAt: instantSchema.nullable(),
    latestBalanceCents: centsSchema.nullable(),
    coverage: z
      .array(days)
      .describe('Stretches of days that posted statements cover, joined where they touch'),
    gaps: z.array(days).describe('Days in between that no posted statement covers, oldest first'),
    ageDays: z
      .int()
      .nonnegative()
      .nullable()
      .describe('Whole days since the last covered one; null while nothing is covered'),
    unusedSince: instantSchema
      .nullable()
      .describe('Since when nobody uses it, as somebody said; a statement posted later ends that'),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof account>;

export const accountList = z.strictObject({ data: z.array(account) }).meta({ id: 'AccountList' });
export type AccountList = z.infer<typeof accountList>;
