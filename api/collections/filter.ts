/** The filters of collections, the same for the list, the summary and the export. */
import { z } from 'zod';
import type { CollectionFilter } from '../../db/collection-lists.ts';
import { collectionSources, collectionStatuses } from '../../domain/collections/terms.ts';
import { centsText, wordList } from '../filters.ts';
import { businessDateSchema, idSchema, msisdnSchema } from '../primitives.ts';

export const filterFields = {
  from: businessDateSchema.optional().describe('First business date'),
  to: businessDateSchema.optional().describe('Last business date, included'),
  status: wordList(collectionStatuses).optional(),
  source: wordList(collectionSources).optional(),
  shortcodeId: idSchema('shortcode').optional(),
  customerId: idSchema('customer').optional(),
  paymentLinkId: idSchema('paymentLink').optional(),
  batchId: idSchema('collectionBatch').optional(),
  msisdn: msisdnSchema.optional(),
  'amountCents[gte]': centsText.optional(),
  'amountCents[lte]': centsText.optional(),
  disputed: z.enum(['true']).optional().describe('Only those whose witnesses disagree'),
  q: z.string().trim().min(1).max(40).optional().describe('An account reference or a receipt'),
};

type Query = z.output<z.ZodObject<typeof filterFields>>;

/** The filter of a checked query, without the fields that were not given. */
export function filterOf(query: Query): CollectionFilter {
  const {
    'amountCents[gte]': amountFrom,
    'amountCents[lte]': amountTo,
    disputed,
    ...plain
  } = query;
  const given = {
    ...plain,
    ...{ amountFrom, amountTo },
    isDisputed: disputed === undefined ? undefined : true,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
