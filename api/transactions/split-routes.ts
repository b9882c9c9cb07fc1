/** One transaction split into parts, and joined again. */
import { z } from 'zod';
import { joinRow, splitRow } from '../../db/row-parts.ts';
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route } from '../route.ts';
import { answerWith, showTransactionDetail, takeRow } from './present.ts';
import { categoryChanged, splitRequest, transactionDetail } from './schema.ts';

const params = z.strictObject({ id: idSchema('transaction') });

export const split = route({
  method: 'post',
  path: '/v1/transactions/{id}/split',
  tag: 'Transactions',
  summary: 'Split a transaction into parts',
  description:
    'Two to twenty parts, each with a category and an amount, which sum to the amount of the transaction. From then on its category is `split`, figures and filters by category go by the parts, and changes of the category leave it alone. Sent again, it is split otherwise. The change can be taken back.',
  auth: 'transactions:write',
  idempotency: 'required',
  request: { params, body: splitRequest },
  ifMatch: true,
  responses: { 200: { description: 'As it is now', schema: categoryChanged } },
  problems: ['not-found', 'row-changed-meanwhile', 'parts-do-not-add-up'],
  handler: async ({ params: { id }, body }, call) => {
    const { parts, was } = body;
    const wish = {
      ...{ transactionId: id, was, actor: actorOf(call.principal), requestId: call.requestId },
      parts: parts.map((part) => ({ ...part, note: part.note === '' ? null : part.note })),
      askedAs: idFor(call, 'rowChange', body),
    };
    const done = await changeOwn(call, async (t) => {
      const current = await takeRow(t, call, id);
      return 'problem' in current ? current : splitRow(t, wish);
    });
    if (done === 'not-found') return problem('not-found');
    if (done === 'changed-meanwhile') return problem('row-changed-meanwhile');
    if (done === 'not-its-amount') return problem('parts-do-not-add-up');
    if ('problem' in done) return done;
    const changeId = toPublicId('rowChange', done.changeId);
    return {
      status: 200,
      body: { changeId, transaction: showTransactionDetail(done.transaction) },
    };
  },
});

export const join = route({
  method: 'post',
  path: '/v1/transactions/{id}/join',
  tag: 'Transactions',
  summary: 'Take back every split of a transaction',
  description: 'It says again what it said before it was split first. A repeat changes nothing.',
  auth: 'transactions:write',
  idempotency: 'optional',
  request: { params, body: z.strictObject({}) },
  ifMatch: true,
  responses: { 200: { description: 'As it is now', schema: transactionDetail } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { principal, requestId } = call;
    const wish = { transactionId: id, actor: actorOf(principal), requestId };
    const joined = await changeOwn(call, async (t) => {
      const current = await takeRow(t, call, id);
      return 'problem' in current ? current : joinRow(t, wish);
    });
    if (joined === undefined) return problem('not-found');
    return 'problem' in joined ? joined : answerWith(joined);
  },
});
