/** The trail of a payment as clients see it: a part of a collection and of a payout. */
import { z } from 'zod';
import { callbackStatuses } from '../db/shortcode-tables.ts';
import { trailKinds } from '../domain/ledger/terms.ts';
import { centsSchema, instantSchema } from './primitives.ts';

const trailEntry = z
  .strictObject({
    kind: z.enum(trailKinds),
    id: z.string(),
    at: instantSchema,
    endedAt: instantSchema
      .nullable()
      .describe(
        'When a question was answered, held money was free or gone, an event was published',
      ),
    what: z.string().describe('State of a callback or hold, kind of a posting, type of an event'),
    detail: z.string().nullable(),
    amountCents: centsSchema.nullable(),
  })
  .meta({ id: 'TrailEntry' });
export type ShownTrailEntry = z.infer<typeof trailEntry>;

/** What arrived, was asked, held, posted and told about a payment, oldest first. */
export const paymentTrail = z
  .array(trailEntry)
  .describe('What arrived, was asked, held, posted and told, oldest first');

/** Differs whenever a trail does; a part of the tags of what it belongs to. */
export function trailTag(
  trail: readonly Pick<z.input<typeof trailEntry>, 'kind' | 'what' | 'endedAt'>[],
): string {
  const count = (isOne: (entry: (typeof trail)[number]) => boolean) => trail.filter(isOne).length;
  const heard = callbackStatuses.map((status) =>
    count(({ kind, what }) => kind === 'callback' && what === status),
  );
  return [trail.length, count(({ endedAt }) => endedAt !== null), ...heard].join('.');
}
