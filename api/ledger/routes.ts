/** The journal, single transactions, the story behind a receipt, and the two things a person may post. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { listAccountBalances } from '../../db/ledger-balances.ts';
import { lineageOf, type LineageStart } from '../../db/ledger-lineage.ts';
import {
  findLedgerTransaction,
  listJournal,
  streamJournal,
  type JournalTransaction,
} from '../../db/ledger-reading.ts';
import { postTransaction, reverseTransaction, type PostResult } from '../../db/ledger.ts';
import type { LedgerTransactionId } from '../../domain/ids.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { adjusted } from '../../domain/ledger/movements.ts';
import type { Source } from '../../domain/ledger/terms.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { actorOf } from '../auth/principal.ts';
import { isPeriod, periodRule } from '../filters.ts';
import { pageFrom, positionIn } from '../page.ts';
import {
  businessDateSchema,
  centsSchema,
  idSchema,
  instantSchema,
  pageQuery,
} from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { download, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { showLineage, showTransaction } from './present.ts';
import { journalPage, ledgerTransaction, lineage } from './schema.ts';
import { journalRows, journalSheet } from './sheets.ts';

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
const reasonField = z.string().trim().min(5).max(500).describe('Why, for whoever reads the books');

const journal = route({
  method: 'get',
  path: '/v1/ledger/transactions',
  tag: 'Ledger',
  summary: 'The journal: transactions with their entries, newest first',
  auth: 'ledger:read',
  request: {
    query: z.strictObject({ ...filterFields, ...pageQuery(200) }).refine(isPeriod, periodRule),
  },
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

const exported = route({
  method: 'get',
  path: '/v1/ledger/transactions/export',
  tag: 'Ledger',
  summary: 'The journal as a file, one row an entry',
  auth: 'ledger:export',
  request: {
    query: z
      .strictObject({ format: z.enum(sheetFormats), ...filterFields })
      .refine(isPeriod, periodRule),
  },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: [],
  handler: async ({ query: { format, ...filter } }, { principal, dependencies: { db } }) => {
    const batches = () => journalRows(streamJournal(db, principal.tenantId, filter));
    return download(journalSheet, { name: 'journal', format, batches });
  },
});

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

const refusals = ['insufficient-funds', 'already-reversed', 'account-closed'] as const;

const adjust = route({
  method: 'post',
  path: '/v1/ledger/adjustments',
  tag: 'Ledger',
  summary: 'Correct an account by hand, with a reason',
  auth: 'ledger:adjust',
  idempotency: 'required',
  request: {
    body: z.strictObject({
      accountId: idSchema('ledgerAccount'),
      amountCents: centsSchema.refine((amount) => amount > 0 && amount <= 1e13, {
        message: 'must be above zero and below a hundred billion shillings',
      }),
      side: z.enum(['in', 'out']).describe('`in` puts money into the account, `out` takes it out'),
      reason: reasonField,
    }),
  },
  responses: { 201: { description: 'What was posted', schema: ledgerTransaction } },
  problems: ['not-found', ...refusals],
  handler: async ({ body }, call) => {
    const { accountId, amountCents, side, reason } = body;
    return postByHand(call, body, async (t, source) => {
      const [account] = await listAccountBalances(t, { id: accountId, limit: 1 });
      if (account === undefined || account.kind === 'adjustment') return undefined;
      return postTransaction(t, {
        reference: `adjustment/${source.id}`,
        kind: 'ledger.adjusted',
        occurredAt: instantFromEpochMs(call.dependencies.now()),
        postings: adjusted({ kind: account.kind, owner: account.owner }, amountCents, side),
        ...{ source, reason },
      });
    });
  },
});

const reverse = route({
  method: 'post',
  path: '/v1/ledger/transactions/{id}/reverse',
  tag: 'Ledger',
  summary: 'Undo a transaction by its opposite, once',
  description:
    'Corrects the books only. Money that M-PESA moved is returned by a refund or a reversal there.',
  auth: 'ledger:adjust',
  idempotency: 'required',
  request: { params: transactionParams, body: z.strictObject({ reason: reasonField }) },
  responses: { 201: { description: 'The opposite', schema: ledgerTransaction } },
  problems: ['not-found', ...refusals],
  handler: async ({ params, body }, call) =>
    postByHand(call, body, async (t, source) => {
      const posted = await reverseTransaction(t, {
        transactionId: params.id,
        reference: `manual/${source.id}`,
        occurredAt: instantFromEpochMs(call.dependencies.now()),
        ...{ source, reason: body.reason },
      });
      if (posted.ok) return posted;
      const { refusal } = posted;
      return refusal.code === 'not-found' ? undefined : { ok: false, refusal };
    }),
});

/** Posts in one transaction with its audit record, and answers with what was posted. */
async function postByHand(
  call: Call,
  body: { reason: string },
  work: (t: TenantHandle, source: Source) => Promise<PostResult | undefined>,
) {
  const { principal, dependencies } = call;
  const actor = actorOf(principal);
  const { reason } = body;
  const asked = idFor(call, 'ledgerTransaction', body);
  const source: Source = { kind: 'manual', id: asked, actor };
  const outcome = await dependencies.db.withTenant(principal.tenantId, async (t) => {
    const posted = await work(t, source);
    if (posted === undefined) return problem('not-found');
    if (!posted.ok) return refusalOf(posted.refusal.code);
    if (posted.isNew) await recordByHand(t, { actor, reason, transactionId: posted.transactionId });
    return findLedgerTransaction(t, posted.transactionId);
  });
  if (outcome === undefined) throw new Error('what was posted cannot be read');
  if ('problem' in outcome) return outcome;
  return { status: 201 as const, body: shownBy(call)(outcome) };
}

function refusalOf(code: string): Problem {
  const known = refusals.find((refusal) => refusal === code);
  if (known === undefined) throw new Error(`the ledger refused a posting by hand: ${code}`);
  return problem(known);
}

async function recordByHand(
  t: TenantHandle,
  {
    actor,
    reason,
    transactionId,
  }: {
    actor: string;
    reason: string;
    transactionId: LedgerTransactionId;
  },
): Promise<void> {
  await appendAudit(t, {
    ...{ actor, action: 'ledger.posted-by-hand', objectKind: 'ledger-transaction' },
    objectId: id('ledgerTransaction', transactionId),
    detail: { reason },
  });
}

export const ledgerRoutes: readonly Route[] = [journal, exported, read, story, adjust, reverse];
