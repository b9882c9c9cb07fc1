import { z } from 'zod';
import { fileFormats } from '../../domain/downloads/terms.ts';
import { exportRoutes } from '../downloads/list-export.ts';
import { isPeriod, orderOf, periodRule } from '../filters.ts';
import { filterFields, filterOf, orderFields, orders } from './filter.ts';

export const { exported, begun } = exportRoutes({
  list: 'transactions',
  path: '/v1/transactions/export',
  tag: 'Transactions',
  summary: 'Exactly what a filter selects, as a file',
  description:
    "In the order asked for, oldest first otherwise. Texts that a spreadsheet would run as a formula start with `'`. A PDF holds at most 5,000 rows, with their sums.",
  auth: 'transactions:export',
  formats: fileFormats,
  asked: z
    .strictObject({
      format: z.enum(fileFormats).default('csv'),
      ...filterFields,
      sort: z.enum(orders).default('occurredAt'),
    })
    .refine(isPeriod, periodRule),
  choiceOf: ({ format: _format, sort, ...fields }) => ({
    filter: filterOf(fields),
    order: orderOf(sort, orderFields),
  }),
});
