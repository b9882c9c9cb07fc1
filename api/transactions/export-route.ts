/** Exactly what a filter selects, as a file. */
import { z } from 'zod';
import { findTenant } from '../../db/tenant-record.ts';
import { streamTransactions, summariseTransactions } from '../../db/transactions.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { isPeriod, orderOf, periodRule } from '../filters.ts';
import { problem } from '../problems.ts';
import { route, type Call } from '../route.ts';
import { download, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { streamed } from '../stream-body.ts';
import { filterFields, filterOf, orderFields, orders } from './filter.ts';
import { printedRowsMax, printedTransactions } from './printed-list.ts';
import { transactionSheet } from './sheet-cells.ts';

const formats = [...sheetFormats, 'pdf'] as const;

export const exported = route({
  method: 'get',
  path: '/v1/transactions/export',
  tag: 'Transactions',
  summary: 'Exactly what a filter selects, as a file',
  description:
    "In the order asked for, oldest first otherwise. Texts that a spreadsheet would run as a formula start with `'`. A PDF holds at most 5,000 rows, with their sums.",
  auth: 'transactions:export',
  request: {
    query: z
      .strictObject({
        format: z.enum(formats).default('csv'),
        ...filterFields,
        sort: z.enum(orders).default('occurredAt'),
      })
      .refine(isPeriod, periodRule),
  },
  responses: {
    200: { description: 'The file', media: [...sheetMedia, 'application/pdf'] },
  },
  problems: ['too-many-to-print'],
  handler: async ({ query }, call) => {
    const { db } = call.dependencies;
    const { tenantId } = call.principal;
    const { format, sort, ...fields } = query;
    const chosen = { filter: filterOf(fields), order: orderOf(sort, orderFields) };
    const batches = () => streamTransactions(db, tenantId, chosen);
    if (format !== 'pdf')
      return download(transactionSheet, { name: 'transactions', format, batches });
    const { count } = await db.withTenant(
      tenantId,
      (t) => summariseTransactions(t, chosen.filter),
      { readOnly: true },
    );
    if (count > printedRowsMax) return problem('too-many-to-print');
    const list = { ...(await namesOf(call)), filter: chosen.filter };
    return {
      status: 200 as const,
      body: streamed('application/pdf', () => printedTransactions(list, batches())),
      headers: { 'Content-Disposition': 'attachment; filename="transactions.pdf"' },
    };
  },
});

async function namesOf({ principal, dependencies }: Call) {
  const tenant = await findTenant(dependencies.db, principal.tenantId);
  if (tenant === undefined) throw new Error('the tenant of a principal exists');
  return { business: tenant.name, printedAt: instantFromEpochMs(dependencies.now()) };
}
