import { z } from 'zod';
import { batchStatuses } from '../../db/collection-tables.ts';
import { collectionStatuses } from '../../domain/collections/terms.ts';
import {
  centsSchema,
  currencySchema,
  instantSchema,
  pageOf,
  publicIdSchema,
} from '../primitives.ts';

const resultWords = z.strictObject({ en: z.string(), sw: z.string() });

export const batchRowStates = ['invalid', 'waiting', ...collectionStatuses] as const;

export const collectionBatch = z
  .strictObject({
    id: publicIdSchema,
    fileName: z.string(),
    status: z.enum(batchStatuses),
    rowCount: z.int(),
    badRowCount: z.int(),
    amountCents: centsSchema.describe('Of the rows that can be sent'),
    round: z.int().describe('How often its failed rows were tried again'),
    currency: currencySchema,
    shortcodeId: publicIdSchema,
    counts: z.array(
      z.strictObject({
        state: z.enum(batchRowStates),
        count: z.int(),
        amountCents: centsSchema,
      }),
    ),
    runUrl: z.string(),
    createdAt: instantSchema,
    version: z.int(),
  })
  .meta({ id: 'CollectionBatch' });

export const collectionBatchPage = pageOf(collectionBatch).meta({ id: 'CollectionBatchPage' });

export const collectionBatchRow = z
  .strictObject({
    rowNumber: z.int(),
    state: z.enum(batchRowStates),
    problem: z.enum(['number', 'amount', 'reference', 'description', 'repeated']).nullable(),
    amountCents: centsSchema.nullable(),
    msisdn: z.string().nullable().describe('Masked'),
    reference: z.string(),
    collectionId: publicIdSchema.nullable(),
    receipt: z.string().nullable(),
    resultCode: z.string().nullable().describe("M-PESA's code of the end"),
    resultWords: resultWords.nullable(),
  })
  .meta({ id: 'CollectionBatchRow' });

export const collectionBatchRowPage = pageOf(collectionBatchRow).meta({
  id: 'CollectionBatchRowPage',
});
