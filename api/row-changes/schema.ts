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
import { tags as tagsSchema } from '../transactions/schema.ts';

const idsMax = 1_000;

export const rowChange = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(['category', 'tags', 'split']),
    category: z.string().nullable(),
    tagsAdded: z.array(z.string()).describe('Tags it put on'),
    tagsRemoved: z.array(z.string()).describe('Tags it took off'),
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

const tags = tagsSchema.default([]);

/** Either a category, or tags; the same tag is not put on and taken off at once. */
export const rowChangeRequest = z
  .strictObject({
    category: z.enum(categories).optional(),
    addTags: tags.describe('Tags to put on; rows that have them already stay as they are'),
    removeTags: tags.describe('Tags to take off'),
    rows: z.union([chosen, matching]).describe('Single rows, or everything a filter selects'),
    expectedCount: z.int().positive().describe('How many rows you saw; refused when it is another'),
  })
  .refine(
    ({ category, addTags, removeTags }) =>
      (category === undefined) !== (addTags.length + removeTags.length === 0),
    { path: ['category'], message: 'either a category or tags, and not both' },
  )
  .refine(({ addTags, removeTags }) => !addTags.some((tag) => removeTags.includes(tag)), {
    ...{ path: ['removeTags'], message: 'a tag cannot be put on and taken off at once' },
  })
  .meta({ id: 'RowChangeRequest' });
