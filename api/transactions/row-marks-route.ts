/** Tags and the note people put on a transaction. */
import { z } from 'zod';
import { markRow } from '../../db/row-marks.ts';
import { findTransaction } from '../../db/transactions.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route } from '../route.ts';
import { answerWith, takeRow } from './present.ts';
import { marksRequest, transactionDetail } from './schema.ts';

export const mark = route({
  method: 'post',
  path: '/v1/transactions/{id}/marks',
  tag: 'Transactions',
  summary: 'Put tags and a note on a transaction',
  description:
    'They belong to the row, also after the statement is undone and sent again. Tags are added and taken off one by one, so that two people do not undo each other; of two notes the later one stands. A repeat changes nothing.',
  auth: 'transactions:write',
  idempotency: 'optional',
  request: { params: z.strictObject({ id: idSchema('transaction') }), body: marksRequest },
  ifMatch: true,
  responses: { 200: { description: 'As it is now', schema: transactionDetail } },
  problems: ['not-found', 'too-many-tags'],
  handler: async ({ params: { id }, body }, call) => {
    const { principal, requestId } = call;
    const { add, remove, note } = body;
    const wish = {
      ...{ transactionId: id, add, remove, note: note === '' ? null : note },
      ...{ actor: actorOf(principal), requestId },
    };
    const outcome = await changeOwn(call, async (t) => {
      const current = await takeRow(t, call, id);
      if ('problem' in current) return current;
      const marked = await markRow(t, wish);
      return marked === 'marked' ? findTransaction(t, id) : marked;
    });
    if (outcome === undefined) return problem('not-found');
    if (typeof outcome === 'string') return problem(outcome);
    return 'problem' in outcome ? outcome : answerWith(outcome);
  },
});
