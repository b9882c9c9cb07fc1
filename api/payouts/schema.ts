/** Shapes of payout batches as clients see them. */
import { z } from 'zod';
import { batchStatuses } from '../../db/payout-tables.ts';
import { batchRowsMax } from '../../domain/disbursements/batch-rows.ts';
import { disbursementKinds, shownStatuses } from '../../domain/disbursements/terms.ts';
import { currencySchema, idSchema, instantSchema, pageOf, publicIdSchema } from '../primitives.ts';

/** Tax is paid one registration number at a time. */
export const batchKindSchema = z.enum(
  disbursementKinds.filter((kind) => kind !== 'reversal' && kind !== 'tax'),
);

export const batchName = z.string().trim().min(1).max(100);

const cell = z.string().max(200).default('');

export const batchRequest = z.strictObject({
  shortcodeId: idSchema('shortcode'),
  kind: batchKindSchema,
  name: batchName,
  rows: z
    .array(
      z.strictObject({
        number: cell.describe('Phone number, pay bill or till'),
        account: cell,
        amount: cell.describe('Shillings as a text, like in a file'),
        name: cell,
        reference: cell,
        remarks: cell,
      }),
    )
    .min(1)
    .max(batchRowsMax),
});

export const batchQuery = z.strictObject({
  shortcodeId: idSchema('shortcode'),
  kind: batchKindSchema,
  name: batchName,
});

const counts = z.strictObject({
  waiting: z.int(),
  paid: z.int(),
  returned: z.int().describe('Paid, and given back whole by M-PESA'),
  refused: z.int(),
  calledBack: z.int().describe('Taken back by a person before they were sent; never tried again'),
  open: z.int(),
  errors: z.int(),
});

export const payoutBatch = z
  .strictObject({
    id: publicIdSchema,
    shortcodeId: publicIdSchema,
    kind: z.enum(disbursementKinds),
    name: z.string(),
    source: z.enum(['api', 'csv', 'xlsx']),
    status: z.enum(batchStatuses),
    rowCount: z.int(),
    totalCents: z.int().describe('Sum of the rows that can be paid'),
    paidCents: z.int().describe('What was paid and is still away'),
    returnedCents: z.int(),
    refusedCents: z
      .int()
      .describe('What paying the failed rows again would move; nothing unknown is in it'),
    currency: currencySchema,
    counts,
    round: z.int(),
    requestedBy: z.string(),
    submittedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    reason: z.string().nullable(),
    runUrl: z.url(),
    createdAt: instantSchema,
    submittedAt: instantSchema.nullable(),
    approvedAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable(),
    version: z.int(),
  })
  .meta({ id: 'PayoutBatch' });

export const payoutBatchPage = pageOf(payoutBatch);

export const batchRowStates = [...shownStatuses, 'waiting', 'error'] as const;

export const batchRow = z.strictObject({
  ordinal: z.int(),
  state: z.enum(batchRowStates),
  payeeMasked: z.string(),
  name: z.string(),
  reference: z.string(),
  amountCents: z.int().nullable(),
  problem: z.string().nullable(),
  detail: z.string().nullable().describe('What keeps the row from being paid, in English'),
  detailSw: z.string().nullable().describe('The same in Swahili, where there is one'),
  disbursementId: publicIdSchema.nullable(),
  receipt: z.string().nullable(),
});

export const batchRowPage = pageOf(batchRow);

export const batchApproval = z.strictObject({});

export const batchRejection = z.strictObject({ reason: z.string().trim().min(3).max(300) });
