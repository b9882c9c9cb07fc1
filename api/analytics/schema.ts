import { z } from 'zod';
import { moneyMatterKinds } from '../../domain/ledger/attention.ts';
import { channels } from '../../domain/statements/terms.ts';
import {
  businessDateSchema,
  centsSchema,
  currencySchema,
  instantSchema,
  publicIdSchema,
} from '../primitives.ts';
import { counterparty, directions } from '../transactions/schema.ts';

const period = z.strictObject({ from: businessDateSchema, to: businessDateSchema });

/** A figure beside the same figure of the previous period of equal length. */
export const figure = z
  .strictObject({
    amountCents: centsSchema.nullable(),
    previousCents: centsSchema.nullable(),
    deltaCents: centsSchema.nullable(),
  })
  .meta({ id: 'Figure' });
export type Figure = z.infer<typeof figure>;

export const attention = z
  .strictObject({
    kind: z.string(),
    subjectId: publicIdSchema,
    title: z.string(),
    detail: z.string(),
    subject: z.string().describe('The name of the file, or of the account'),
    problem: z.string().nullable().describe('The code of what is wrong, where it has one'),
    count: z.int().nonnegative().describe('Rows that were rejected, or days without a statement'),
    period: period.nullable().describe('The newest stretch of days without a statement'),
    at: instantSchema,
  })
  .meta({ id: 'Attention' });
export type Attention = z.infer<typeof attention>;

/**
 * Cash flow of a period. In and out count ordinary money and net is their difference; charges are
 * `fees`; own money and loan principal are neither, and given as `excluded`, so that every total can
 * be explained.
 */
export const overview = z
  .strictObject({
    period,
    previous: period.nullable(),
    figures: z.strictObject({
      in: figure,
      out: figure,
      net: figure,
      fees: figure,
      balance: figure,
    }),
    excluded: z.strictObject({ inCents: centsSchema, outCents: centsSchema }),
    currency: currencySchema,
    series: z.array(
      z.strictObject({
        date: businessDateSchema,
        inCents: centsSchema,
        outCents: centsSchema,
        netCents: centsSchema,
      }),
    ),
    byChannel: z.array(
      z.strictObject({
        channel: z.enum(channels),
        direction: z.enum(directions),
        count: z.int().nonnegative(),
        amountCents: centsSchema,
      }),
    ),
    byCategory: z.array(
      z.strictObject({
        category: z.string(),
        direction: z.enum(directions),
        count: z.int().nonnegative(),
        amountCents: centsSchema,
      }),
    ),
    needsAttention: z.array(attention),
    moneyAttention: z
      .array(
        z.strictObject({
          kind: z.enum(moneyMatterKinds),
          count: z.int().positive(),
          amountCents: centsSchema.nullable(),
        }),
      )
      .describe('Money that waits for a person, of the kinds you may read'),
    updatedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof overview>;

const sums = {
  direction: z.enum(directions),
  count: z.int().positive(),
  amountCents: centsSchema,
};

/** When ordinary money moves in the week, and between whom most of it. */
export const patterns = z
  .strictObject({
    period,
    currency: currencySchema,
    hours: z
      .array(
        z.strictObject({
          weekday: z.int().min(1).max(7).describe('1 is Monday, in Nairobi'),
          hour: z.int().min(0).max(23).describe('The hour it began in'),
          ...sums,
        }),
      )
      .describe('Hours without money are left out'),
    partners: z
      .array(z.strictObject({ ...sums, counterparty }))
      .describe('Up to ten for each direction, those with most money first'),
  })
  .meta({ id: 'Patterns' });
export type Patterns = z.infer<typeof patterns>;
