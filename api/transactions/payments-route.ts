/** The payments a transaction proves: what was asked for, what arrived, what was paid out. */
import { z } from 'zod';
import { paymentsOfRow, type LinkedPayment } from '../../db/linked-payments.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { Permission } from '../auth/permissions.ts';
import { mayDo } from '../auth/principal.ts';
import { readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route } from '../route.ts';
import { linkedPayments, type LinkedPayments } from './schema.ts';

/** What it takes to read each kind where it is at home. */
const asks: Readonly<Record<LinkedPayment['kind'], Permission>> = {
  collection: 'collections:read',
  receivedPayment: 'collections:read',
  paymentLink: 'collections:read',
  disbursement: 'disbursements:read',
};

export const payments = route({
  method: 'get',
  path: '/v1/transactions/{id}/payments',
  tag: 'Transactions',
  summary: 'The payments a transaction proves, by their receipt',
  description:
    'Collections, money that arrived by itself, the payment links both came by, and payouts, refunds included. Only what you may read is in it. From there a `transactionId` leads back.',
  auth: 'transactions:read',
  request: { params: z.strictObject({ id: idSchema('transaction') }) },
  responses: { 200: { description: 'Mostly one; none for most rows', schema: linkedPayments } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { principal } = call;
    const found = await readOwn(call, (t) => paymentsOfRow(t, id));
    if (found === undefined) return problem('not-found');
    const readable = found.filter(({ kind }) => mayDo(principal, asks[kind]));
    return { status: 200, body: { data: readable.map(showLinked) } };
  },
});

function showLinked(linked: LinkedPayment): LinkedPayments['data'][number] {
  return { ...linked, id: publicIdOf(linked), currency: 'KES' };
}

function publicIdOf(linked: LinkedPayment): string {
  switch (linked.kind) {
    case 'collection':
      return toPublicId('collection', linked.id);
    case 'receivedPayment':
      return toPublicId('receivedPayment', linked.id);
    case 'disbursement':
      return toPublicId('disbursement', linked.id);
    case 'paymentLink':
      return toPublicId('paymentLink', linked.id);
  }
}
