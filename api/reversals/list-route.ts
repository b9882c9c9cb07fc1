/** All refunds, of collections and of the desk. */
import { z } from 'zod';
import { findDisbursement } from '../../db/disbursements.ts';
import { listRefunds } from '../../db/refunds.ts';
import { toPublicId } from '../../domain/ids.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { route } from '../route.ts';
import { showRefund } from './present.ts';
import { refundPage } from './schema.ts';

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('reversal') });

export const listRoute = route({
  method: 'get',
  path: '/v1/refunds',
  tag: 'Refunds',
  summary: 'Refunds, newest first, each with the movement that gives the money back',
  auth: 'disbursements:read',
  request: {
    query: z.strictObject({
      collectionId: idSchema('collection').optional(),
      receivedPaymentId: idSchema('receivedPayment').optional(),
      ...pageQuery(100),
    }),
  },
  responses: { 200: { description: 'One page', schema: refundPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { db, temporal } = call.dependencies;
    const { collectionId, receivedPaymentId, limit } = query;
    const after = positionIn(call, query, position);
    const rows = await db.withTenant(
      call.principal.tenantId,
      async (t) => {
        const found = await listRefunds(t, {
          limit: limit + 1,
          ...(collectionId === undefined ? {} : { collectionId }),
          ...(receivedPaymentId === undefined ? {} : { receivedPaymentId }),
          ...(after === undefined ? {} : { after }),
        });
        const shown = [];
        for (const refund of found) {
          const disbursement = await findDisbursement(t, refund.disbursementId);
          if (disbursement === undefined) throw new Error('a refund has lost its payout');
          shown.push({ refund, disbursement });
        }
        return shown;
      },
      { readOnly: true },
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
