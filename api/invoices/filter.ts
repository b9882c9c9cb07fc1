/** The filters of invoices, the same for the list, the summary and the file. */
import { z } from 'zod';
import type { InvoiceFilter } from '../../db/invoices.ts';
import { invoiceStatuses } from '../../domain/invoices/invoice.ts';
import { wordList } from '../filters.ts';
import { businessDateSchema, idSchema } from '../primitives.ts';

export const filterFields = {
  status: wordList(invoiceStatuses).optional(),
  customerId: idSchema('customer').optional(),
  dueFrom: businessDateSchema.optional().describe('Due on this day or later'),
  dueTo: businessDateSchema.optional().describe('Due on this day or earlier'),
  q: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .optional()
    .describe('A number, whole words of the name of a customer, or their reference'),
};

type Query = z.output<z.ZodObject<typeof filterFields>>;

/** The filter of a checked query, without the fields that were not given. */
export function filterOf(query: Query): InvoiceFilter {
  const { status, customerId, dueFrom, dueTo, q } = query;
  const given = { status, customerId, dueFrom, dueTo, q };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
