/** Posted money: lists, sums, single rows and exports, all by the same filters. */
import { z } from 'zod';
import { namesOfActors } from '../../db/audit-list.ts';
import { chooseCategory } from '../../db/row-categories.ts';
import { historyOf } from '../../db/row-history.ts';
import {
  findTransaction,
  listTransactions,
  summariseTransactions,
  type Transaction,
} from '../../db/transactions.ts';
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { isPeriod, orderOf, periodRule } from '../filters.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { centsSchema, idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { ofTransactions } from '../expansions.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Route } from '../route.ts';
import { attach, detach, fetchAttachment, reattach } from './attachment-routes.ts';
import { begun, exported } from './export-route.ts';
import { filterFields, filterOf, orderFields, orders } from './filter.ts';
import { mark } from './row-marks-route.ts';
import { payments } from './payments-route.ts';
import { join, split } from './split-routes.ts';
import {
  answerWith,
  showRowEvent,
  showTransaction,
  showTransactionDetail,
  takeRow,
} from './present.ts';
import {
  categoryChanged,
  categoryRequest,
  transactionDetail,
  transactionHistory,
  transactionPage,
  transactionSummary,
} from './schema.ts';

const list = route({
  method: 'get',
  path: '/v1/transactions',
  tag: 'Transactions',
  summary: 'Transactions, newest first unless asked otherwise',
  auth: 'transactions:read',
  request: {
    query: z
      .strictObject({
        ...filterFields,
        sort: z.enum(orders).default('-occurredAt'),
        ...pageQuery(200),
      })
      .refine(isPeriod, periodRule),
  },
  sheet: exported,
  expand: ofTransactions,
  responses: { 200: { description: 'One page', schema: transactionPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, listPosition);
    const order = orderOf(query.sort, orderFields);
    const request = {
      filter: filterOf(query),
      order,
      limit: query.limit + 1,
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, (t) => listTransactions(t, request));
    const position = (row: Transaction): z.input<typeof listPosition> => ({
      value: row[order.field],
      id: toPublicId('transaction', row.id),
    });
    return { status: 200, body: pageFrom(call, query, { rows, show: showTransaction, position }) };
  },
});

const listPosition = z.strictObject({
  value: z.union([instantSchema, centsSchema]),
  id: idSchema('transaction'),
});

const summary = route({
  method: 'get',
  path: '/v1/transactions/summary',
  tag: 'Transactions',
  summary: 'Count and sums of exactly what a filter selects',
  auth: 'transactions:read',
  request: { query: z.strictObject(filterFields).refine(isPeriod, periodRule) },
  responses: { 200: { description: 'Count and sums', schema: transactionSummary } },
  problems: [],
  handler: async ({ query }, call) => {
    const sums = await readOwn(call, (t) => summariseTransactions(t, filterOf(query)));
    return { status: 200, body: { ...sums, currency: 'KES' as const } };
  },
});

const read = route({
  method: 'get',
  path: '/v1/transactions/{id}',
  tag: 'Transactions',
  summary: 'One transaction with its charges and its paper',
  auth: 'transactions:read',
  request: { params: z.strictObject({ id: idSchema('transaction') }) },
  expand: ofTransactions,
  responses: { 200: { description: 'The transaction', schema: transactionDetail } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, (t) => findTransaction(t, id));
    return found === undefined ? problem('not-found') : answerWith(found);
  },
});

const categorise = route({
  method: 'post',
  path: '/v1/transactions/{id}/category',
  tag: 'Transactions',
  summary: 'Choose the category of a transaction by hand',
  description:
    'It holds over what the wording says, also after the statement is undone and sent again. Refused when the category is no longer the one you saw.',
  auth: 'transactions:write',
  idempotency: 'required',
  request: { params: z.strictObject({ id: idSchema('transaction') }), body: categoryRequest },
  ifMatch: true,
  responses: { 200: { description: 'As it is now', schema: categoryChanged } },
  problems: ['not-found', 'row-changed-meanwhile', 'row-is-split'],
  handler: async ({ params: { id }, body }, call) => {
    const { principal, requestId } = call;
    const wish = {
      ...{ transactionId: id, ...body, actor: actorOf(principal), requestId },
      askedAs: idFor(call, 'rowChange', body),
    };
    const done = await changeOwn(call, async (t) => {
      const current = await takeRow(t, call, id);
      return 'problem' in current ? current : chooseCategory(t, wish);
    });
    if (done === undefined) return problem('not-found');
    if (done === 'changed-meanwhile') return problem('row-changed-meanwhile');
    if (done === 'is-split') return problem('row-is-split');
    if ('problem' in done) return done;
    const { changeId, transaction } = done;
    return {
      status: 200,
      body: {
        changeId: toPublicId('rowChange', changeId),
        transaction: showTransactionDetail(transaction),
      },
    };
  },
});

const history = route({
  method: 'get',
  path: '/v1/transactions/{id}/history',
  tag: 'Transactions',
  summary: 'What happened to a transaction, newest first',
  auth: 'transactions:read',
  request: { params: z.strictObject({ id: idSchema('transaction') }) },
  responses: { 200: { description: 'Everything', schema: transactionHistory } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, async (t) => {
      const events = await historyOf(t, id);
      const deeds = events?.flatMap((event) => (event.kind === 'posted' ? [] : [event])) ?? [];
      return events && { events, names: await namesOfActors(t, deeds) };
    });
    if (found === undefined) return problem('not-found');
    const data = found.events.map((event) => showRowEvent(event, found.names));
    return { status: 200, body: { data } };
  },
});

export const transactionRoutes: readonly Route[] = [
  ...[list, summary, exported, begun, read],
  ...[history, categorise, mark, split, join],
  ...[attach, fetchAttachment, detach, reattach, payments],
];
