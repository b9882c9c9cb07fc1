import { z } from 'zod';
import { hitKinds, matchedBy } from '../../db/search.ts';
import { centsSchema, instantSchema, publicIdSchema } from '../primitives.ts';
import { directions } from '../transactions/schema.ts';

const hit = z
  .strictObject({
    id: publicIdSchema,
    title: z.string().describe('A receipt, a name, or what else tells it from its neighbours'),
    detail: z.string().describe('Who, or what for; numbers are masked'),
    amountCents: centsSchema.nullable(),
    currency: z.literal('KES').nullable(),
    direction: z.enum(directions).nullable(),
    status: z.string().nullable().describe('The status words of the kind'),
    at: instantSchema.nullable(),
    matchedBy: z.enum(matchedBy).describe('Why it was found'),
  })
  .meta({ id: 'SearchHit' });

export const searchAnswer = z
  .strictObject({
    data: z.array(
      z.strictObject({
        kind: z.enum(hitKinds),
        hits: z.array(hit),
        hasMore: z.boolean().describe('There is more of this kind than is shown'),
      }),
    ),
  })
  .meta({ id: 'SearchAnswer' });
export type SearchAnswer = z.infer<typeof searchAnswer>;
export type SearchGroup = SearchAnswer['data'][number];
