/** The journal, single transactions, and the story behind a receipt. */
import { z } from 'zod';
import { lineageOf, type LineageStart } from '../../db/ledger-lineage.ts';
import {
  findLedgerTransaction,
  listJournal,
  type JournalTransaction,
} from '../../db/ledger-reading.ts';
import { toPublicId } from '../../domain/ids.ts';
import { exportRoutes } from '../downloads/list-export.ts';
import { isPeriod, periodRule } from '../filters.ts';
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

const filterFields = {
  from: businessDateSchema.optional(),
  to: businessDateSchema.optional(),
  accountId: idSchema('ledgerAccount').optional(),
  kind: z
    .string()
    .regex(/^[a-z][a-z.-]{0,63}$/)
    .optional(),
  receipt: receiptField.optional(),
  sourceId: z.string().min(1).max(100).optional(),
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
    const rows = await call.dependencies.db.withTenant(
      call.principal.tenantId,
      (t) => listJournal(t, request),
      { readOnly: true },
    );
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
    const found = await call.dependencies.db.withTenant(
      call.principal.tenantId,
      (t) => findLedgerTransaction(t, params.id),
      { readOnly: true },
    );
    return found === undefined ? problem('not-found') : { status: 200, body: shownBy(call)(found) };
  },
});

const story = route({
  method: 'get',
  path: '/v1/ledger/lineage',
  tag: 'Ledger',
  summary: 'Everything that belongs to a receipt, a transaction or an object',
  auth: 'ledger:read',
  request: {
    query: z
      .strictObject({
        receipt: receiptField.optional(),
        transactionId: idSchema('ledgerTransaction').optional(),
        sourceId: z.string().min(1).max(100).optional(),
      })
      .refine((query) => Object.values(query).filter((value) => value !== undefined).length === 1, {
        path: ['receipt'],
        message: 'give one of `receipt`, `transactionId` and `sourceId`',
      }),
  },
  responses: { 200: { description: 'The story', schema: lineage } },
  problems: ['not-found'],
  handler: async ({ query }, { principal, dependencies: { db, temporal } }) => {
    const { receipt = '', transactionId, sourceId } = query;
    const start: LineageStart =
      transactionId !== undefined
        ? { transactionId }
        : sourceId !== undefined
          ? { sourceId }
          : { receipt };
    const found = await db.withTenant(principal.tenantId, (t) => lineageOf(t, start), {
      readOnly: true,
    });
    const isKnown =
      found.transactions.length + found.receipts.length + found.reservations.length > 0;
    if (!isKnown) return problem('not-found');
    return { status: 200, body: showLineage(found, temporal.runUrl) };
  },
});

export const ledgerRoutes: readonly Route[] = [journal, exported, begun, read, story];
