/** The filters of transactions, the same for the list, the summary and the export. */
import { z } from 'zod';
import type { TransactionFilter } from '../../db/transaction-filter.ts';
import { channels } from '../../domain/statements/terms.ts';
import { centsText, slugList, tagList, wordList } from '../filters.ts';
import { businessDateSchema, idSchema } from '../primitives.ts';
import { confidences, directions, natures } from './schema.ts';

export const filterFields = {
  from: businessDateSchema.optional().describe('First business date'),
  to: businessDateSchema.optional().describe('Last business date, included'),
  direction: wordList(directions).optional(),
  channel: wordList(channels).optional(),
  category: slugList.optional().describe('Comma-separated; `uncategorised` for none'),
  nature: wordList(natures).optional(),
  purpose: slugList.optional(),
  confidence: wordList(confidences).optional(),
  tag: tagList.optional().describe('Comma-separated; rows that have one of them'),
  accountId: idSchema('account').optional(),
  statementId: idSchema('statement').optional(),
  'amountCents[gte]': centsText.optional(),
  'amountCents[lte]': centsText.optional(),
  q: z.string().trim().min(1).max(200).optional().describe('Whole words, all of them'),
};

export const orders = ['-occurredAt', 'occurredAt', '-amountCents', 'amountCents'] as const;
export const orderFields = ['occurredAt', 'amountCents'] as const;

type Query = z.output<z.ZodObject<typeof filterFields>>;

/** The filter of a checked query, without the fields that were not given. */
export function filterOf(query: Query): TransactionFilter {
  const { from, to, direction, channel, category, nature, purpose, confidence } = query;
  const { accountId, statementId, q, tag } = query;
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(direction === undefined ? {} : { direction }),
    ...(channel === undefined ? {} : { channel }),
    ...(category === undefined ? {} : { category }),
    ...(nature === undefined ? {} : { nature }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(tag === undefined ? {} : { tag }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(statementId === undefined ? {} : { statementId }),
    ...(q === undefined ? {} : { q }),
    ...amountsOf(query),
  };
}

function amountsOf(query: Query): Pick<TransactionFilter, 'amountFrom' | 'amountTo'> {
  const { 'amountCents[gte]': amountFrom, 'amountCents[lte]': amountTo } = query;
  return {
    ...(amountFrom === undefined ? {} : { amountFrom }),
    ...(amountTo === undefined ? {} : { amountTo }),
  };
}
