import { z } from 'zod';
import { categories } from '../../domain/categories/terms.ts';
import { isPeriod, periodRule } from '../filters.ts';
import {
  centsSchema,
  currencySchema,
  idSchema,
  instantSchema,
  pageOf,
  publicIdSchema,
} from '../primitives.ts';
import { filterFields } from '../transactions/filter.ts';

const idsMax = 1_000;

export const rowChange = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(['category']),
    category: z.string().nullable(),
    status: z.enum(['applying', 'done', 'undoing', 'undone']),
    rowCount: z.int().nonnegative(),
    changedCount: z.int().nonnegative().describe('Rows that follow it now'),
    inCents: centsSchema,
    outCents: centsSchema,
    currency: currencySchema,
    actor: z.string(),
    actorName: z.string().nullable(),
    at: instantSchema,
    undoneBy: z.string().nullable(),
    undoneByName: z.string().nullable(),
    undoneAt: instantSchema.nullable(),
  })
  .meta({ id: 'RowChange' });
export type RowChange = z.infer<typeof rowChange>;

export const rowChangePage = pageOf(rowChange).meta({ id: 'RowChangePage' });
export type RowChangePage = z.infer<typeof rowChangePage>;

const chosen = z.strictObject({ ids: z.array(idSchema('transaction')).min(1).max(idsMax) });
const matching = z.strictObject({
  filter: z.strictObject(filterFields).refine(isPeriod, periodRule),
});

export const rowChangeRequest = z
  .strictObject({
    category: z.enum(categories),
    rows: z.union([chosen, matching]).describe('Single rows, or everything a filter selects'),
    expectedCount: z.int().positive().describe('How many rows you saw; refused when it is another'),
  })
  .meta({ id: 'RowChangeRequest' });
