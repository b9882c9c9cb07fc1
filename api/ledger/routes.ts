/** The journal, single transactions, and the story behind a receipt. */
import { z } from 'zod';
import { lineageOf, type Lineage, type LineageStart } from '../../db/ledger-lineage.ts';
import {
  findLedgerTransaction,
  listJournal,
  type JournalTransaction,
} from '../../db/ledger-reading.ts';
import { parsePublicId, toPublicId, type IdKind } from '../../domain/ids.ts';
import { exportRoutes } from '../downloads/list-export.ts';
import { isPeriod, periodRule, wholeNumber } from '../filters.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { businessDateSchema, idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { sheetFormats } from '../sheets/download.ts';
import { showLineage, showTransaction } from './present.ts';
import { journalPage, ledgerTransaction, lineage } from './schema.ts';

const receiptField = z
  .string()
  .regex(/^[A-Za-z0-9]{6,32}$/)
  .transform((text) => text.toUpperCase());

/** What transactions follow from, by the id that other routes show or as the books keep it. */
const sourceKinds: readonly IdKind[] = [
  ...(['collection', 'disbursement', 'receivedPayment', 'reversal', 'postingRequest'] as const),
];
const sourceField = z
  .string()
  .min(1)
  .max(100)
  .transform(
    (text) => sourceKinds.flatMap((kind) => parsePublicId(kind, text) ?? [])[0] ?? String(text),
  );

const filterFields = {
  from: businessDateSchema.optional(),
  to: businessDateSchema.optional(),
  accountId: idSchema('ledgerAccount').optional(),
  kind: z
    .string()
    .regex(/^[a-z][a-z.-]{0,63}$/)
    .optional(),
  receipt: receiptField.optional(),
  sourceId: sourceField.optional(),
};

const place = z.strictObject({ at: instantSchema, id: idSchema('ledgerTransaction') });
const transactionParams = z.strictObject({ id: idSchema('ledgerTransaction') });

const { exported, begun } = exportRoutes({
  list: 'journal',
  path: '/v1/ledger/transactions/export',
  tag: 'Ledger',
  summary: 'The journal as a file, one row an entry',
  description: "Newest first. Texts that a spreadsheet would run as a formula start with `'`.",
  auth: 'ledger:export',
  formats: sheetFormats,
  asked: z
    .strictObject({ format: z.enum(sheetFormats).default('csv'), ...filterFields })
    .refine(isPeriod, periodRule),
  choiceOf: ({ format: _format, ...filter }) => filter,
});

const journal = route({
  method: 'get',
  path: '/v1/ledger/transactions',
  tag: 'Ledger',
  summary: 'The journal: transactions with their entries, newest first',
  auth: 'ledger:read',
  request: {
    query: z.strictObject({ ...filterFields, ...pageQuery(200) }).refine(isPeriod, periodRule),
  },
  sheet: exported,
  responses: { 200: { description: 'One page', schema: journalPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, place);
    const { limit, cursor: _cursor, ...filter } = query;
    const request = { filter, limit: limit + 1, ...(after === undefined ? {} : { after }) };
    const rows = await readOwn(call, (t) => listJournal(t, request));
    const position = ({ occurredAt, id: last }: JournalTransaction) => ({
      at: occurredAt,
      id: toPublicId('ledgerTransaction', last),
    });
    return { status: 200, body: pageFrom(call, query, { rows, show: shownBy(call), position }) };
  },
});

function shownBy({ dependencies: { temporal } }: Call) {
  return (transaction: JournalTransaction) => showTransaction(transaction, temporal.runUrl);
}

const read = route({
  method: 'get',
  path: '/v1/ledger/transactions/{id}',
  tag: 'Ledger',
  summary: 'One transaction with its entries',
  auth: 'ledger:read',
  request: { params: transactionParams },
  responses: { 200: { description: 'The transaction', schema: ledgerTransaction } },
  problems: ['not-found'],
  handler: async ({ params }, call) => {
    const found = await readOwn(call, (t) => findLedgerTransaction(t, params.id));
    return found === undefined ? problem('not-found') : { status: 200, body: shownBy(call)(found) };
  },
});

const placeInStory = z.strictObject({ at: instantSchema, id: idSchema('ledgerTransaction') });

/** Where a story is taken up; exactly one of them is given. */
const startFields = {
  receipt: receiptField.optional(),
  transactionId: idSchema('ledgerTransaction').optional(),
  sourceId: sourceField.optional().describe('A collection, payout, payment or request to post'),
  eventId: z.uuid().optional(),
  callbackId: idSchema('callback').optional(),
  workflowId: z.string().min(1).max(200).optional(),
};
const startNames = Object.keys(startFields) as (keyof typeof startFields)[];
const startRule = {
  path: ['receipt'],
  message: `give one of ${startNames.map((name) => `\`${name}\``).join(', ')}`,
};

const story = route({
  method: 'get',
  path: '/v1/ledger/lineage',
  tag: 'Ledger',
  summary: 'Everything that belongs to a receipt, a transaction, an object, an event or a run',
  description:
    'Transactions in the order the books learnt of them, page by page; each page has what is known of the objects that appear on it first.',
  auth: 'ledger:read',
  request: {
    query: z
      .strictObject({ ...startFields, ...pageQuery(200), limit: wholeNumber(1, 200).default(200) })
      .refine((query) => startsOf(query).length === 1, startRule),
  },
  responses: { 200: { description: 'A page of the story', schema: lineage } },
  problems: ['not-found', 'invalid-cursor'],
  handler: async ({ query }, call) => {
    const { temporal } = call.dependencies;
    const after = positionIn(call, query, placeInStory);
    const [start] = startsOf(query);
    if (start === undefined) return problem('not-found');
    const page = { limit: query.limit, ...(after === undefined ? {} : { after }) };
    const found = await readOwn(call, (t) =>
      lineageOf(t, { [start]: query[start] } as LineageStart, page),
    );
    const { transactions: rows, ...traces } = found;
    const { data, ...rest } = pageFrom(call, query, {
      ...{ rows, show: shownBy(call) },
      position: ({ recordedAt: at, id: last }: JournalTransaction) => ({
        ...{ at, id: toPublicId('ledgerTransaction', last) },
      }),
    });
    if (after === undefined && !isKnown(found)) return problem('not-found');
    const body = { transactions: data, ...showLineage(traces, temporal.runUrl), ...rest };
    return { status: 200, body };
  },
});

function startsOf(query: Partial<Record<(typeof startNames)[number], unknown>>) {
  return startNames.filter((name) => query[name] !== undefined);
}

/** Records of the audit alone are no story of money: everything has those. */
function isKnown({ transactions, receipts, reservations, events, callbacks }: Lineage): boolean {
  const lists = [transactions, receipts, reservations, events, callbacks];
  return lists.some((rows) => rows.length > 0);
}

export const ledgerRoutes: readonly Route[] = [journal, exported, begun, read, story];
