/** All refunds, of collections and of the desk: as pages, and as a file. */
import { z } from 'zod';
import { listRefunds, streamRefunds, type RefundFilter } from '../../db/refund-lists.ts';
import { disbursementStatuses } from '../../domain/disbursements/terms.ts';
import { toPublicId } from '../../domain/ids.ts';
import { isPeriod, periodRule, wordList } from '../filters.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { businessDateSchema, idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { route } from '../route.ts';
import { download, exportStepUp, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { showRefund } from './present.ts';
import { refundPage } from './schema.ts';
import { refundSheet } from './sheet.ts';

const filterFields = {
  from: businessDateSchema.optional().describe('First business date of the wish'),
  to: businessDateSchema.optional().describe('Last business date, included'),
  status: wordList(disbursementStatuses)
    .optional()
    .describe('Statuses of the movement that gives the money back'),
  method: z.enum(['reversal', 'payout']).optional(),
  shortcodeId: idSchema('shortcode').optional(),
  collectionId: idSchema('collection').optional(),
  receivedPaymentId: idSchema('receivedPayment').optional(),
  receipt: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{8,12}$/)
    .transform((text) => text.toUpperCase())
    .optional()
    .describe('Of the payment, or of what gave it back'),
};

function filterOf(fields: z.output<z.ZodObject<typeof filterFields>>): RefundFilter {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('reversal') });

export const exportRoute = route({
  method: 'get',
  path: '/v1/refunds/export',
  tag: 'Refunds',
  summary: 'Exactly the refunds a filter selects, as a file',
  description: "Oldest first. Texts a spreadsheet would run as a formula start with `'`.",
  auth: 'transactions:export',
  stepUp: exportStepUp,
  request: {
    query: z
      .strictObject({ format: z.enum(sheetFormats).default('csv'), ...filterFields })
      .refine(isPeriod, periodRule),
  },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: [],
  handler: async ({ query }, call) => {
    const { principal, dependencies } = call;
    const { format, ...asked } = query;
    const batches = () => streamRefunds(dependencies.db, principal.tenantId, filterOf(asked));
    return download(call, refundSheet, { list: 'refunds', format, asked, batches });
  },
});

export const listRoute = route({
  method: 'get',
  path: '/v1/refunds',
  tag: 'Refunds',
  summary: 'Refunds, newest first, each with the movement that gives the money back',
  auth: 'disbursements:read',
  request: {
    query: z.strictObject({ ...filterFields, ...pageQuery(100) }).refine(isPeriod, periodRule),
  },
  sheet: exportRoute,
  responses: { 200: { description: 'One page', schema: refundPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { temporal } = call.dependencies;
    const { limit, cursor: _cursor, ...fields } = query;
    const after = positionIn(call, query, position);
    const place = after === undefined ? {} : { after };
    const rows = await readOwn(call, (t) =>
      listRefunds(t, { filter: filterOf(fields), limit: limit + 1, ...place }),
    );
    const body = pageFrom(call, query, {
      rows,
      show: (row) => showRefund(row, temporal.runUrl),
      position: ({ refund: { createdAt, id } }): z.input<typeof position> => ({
        createdAt,
        id: toPublicId('reversal', id),
      }),
    });
    return { status: 200, body };
  },
});
