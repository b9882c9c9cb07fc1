/** Accounts with what they hold, their statements, and the trial balance. */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import { balanceOf } from '../../db/ledger.ts';
import {
  listAccountBalances,
  trialBalance,
  type AccountBalance,
} from '../../db/ledger-balances.ts';
import { listAccountEntries, type StatementEntry } from '../../db/ledger-reading.ts';
import type { LedgerAccountId } from '../../domain/ids.ts';
import { toPublicId } from '../../domain/ids.ts';
import { accountKinds } from '../../domain/ledger/terms.ts';
import { subtract, zero, type Cents } from '../../domain/money.ts';
import {
  addDays,
  epochMsOf,
  instantFromEpochMs,
  startOfBusinessDate,
  type BusinessDate,
  type Instant,
} from '../../domain/time.ts';
import { isPeriod, periodRule, wordList } from '../filters.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import {
  businessDateSchema,
  centsSchema,
  idSchema,
  instantSchema,
  pageQuery,
} from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { download, exportStepUp, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { showAccount, showStatementEntry, showTrialBalance } from './present.ts';
import {
  accountStatement,
  ledgerAccount,
  ledgerAccountPage,
  trialBalance as trialBalanceSchema,
} from './schema.ts';
import { trialBalanceSheet } from '../../activities/sheets/ledger.ts';

const atField = instantSchema.describe('Balances of that instant; of now when left out').optional();
const accountParams = z.strictObject({ id: idSchema('ledgerAccount') });
const accountPosition = z.strictObject({ kind: z.string(), id: idSchema('ledgerAccount') });

const list = route({
  method: 'get',
  path: '/v1/ledger/accounts',
  tag: 'Ledger',
  summary: 'Accounts with what they hold, now or at a past time',
  auth: 'ledger:read',
  request: {
    query: z.strictObject({
      at: atField,
      kind: wordList(accountKinds).optional(),
      ...pageQuery(200),
    }),
  },
  responses: { 200: { description: 'One page', schema: ledgerAccountPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, accountPosition);
    const request = {
      ...{ at: query.at, kinds: query.kind, limit: query.limit + 1 },
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, (t) => listAccountBalances(t, request));
    const position = ({ kind, id }: AccountBalance) => ({
      kind,
      id: toPublicId('ledgerAccount', id),
    });
    return { status: 200, body: pageFrom(call, query, { rows, show: showAccount, position }) };
  },
});

const read = route({
  method: 'get',
  path: '/v1/ledger/accounts/{id}',
  tag: 'Ledger',
  summary: 'One account with what it holds, now or at a past time',
  auth: 'ledger:read',
  request: { params: accountParams, query: z.strictObject({ at: atField }) },
  responses: { 200: { description: 'The account', schema: ledgerAccount } },
  problems: ['not-found'],
  handler: async ({ params, query: { at } }, call) => {
    const account = await readOwn(call, (t) => findAccount(t, params.id, at));
    return account === undefined
      ? problem('not-found')
      : { status: 200, body: showAccount(account) };
  },
});

async function findAccount(t: TenantHandle, id: LedgerAccountId, at?: Instant) {
  const [found] = await listAccountBalances(t, { at, id, limit: 1 });
  return found;
}

const entryPosition = z.strictObject({
  at: instantSchema,
  id: idSchema('ledgerTransaction'),
  leg: z.int(),
  balanceCents: centsSchema,
});

const statement = route({
  method: 'get',
  path: '/v1/ledger/accounts/{id}/statement',
  tag: 'Ledger',
  summary: 'Entries of an account, newest first, between an opening and a closing balance',
  auth: 'ledger:read',
  request: {
    params: accountParams,
    query: z
      .strictObject({
        from: businessDateSchema.optional(),
        to: businessDateSchema.optional(),
        ...pageQuery(200),
      })
      .refine(isPeriod, periodRule),
  },
  responses: { 200: { description: 'One page', schema: accountStatement } },
  problems: ['not-found', 'invalid-cursor'],
  handler: async ({ params, query }, call) => {
    const after = positionIn(call, query, entryPosition);
    const { from, to, limit } = query;
    const found = await readOwn(call, async (t) => {
      const account = await findAccount(t, params.id);
      if (account === undefined) return undefined;
      const edges = await edgesOf(t, account, { from, to });
      const rows = await listAccountEntries(t, {
        ...{ accountId: params.id, from, to, closingCents: edges.closingCents },
        ...{ limit: limit + 1, ...(after === undefined ? {} : { after }) },
      });
      return { account, edges, rows };
    });
    if (found === undefined) return problem('not-found');
    const { account, edges, rows } = found;
    const page = pageFrom(call, query, { rows, show: showStatementEntry, position: placeAfter });
    const period = { from: from ?? null, to: to ?? null };
    return { status: 200, body: { account: showAccount(account), ...period, ...edges, ...page } };
  },
});

function placeAfter({ occurredAt, transactionId, leg, balanceCents, amountCents }: StatementEntry) {
  return {
    ...{ at: occurredAt, id: toPublicId('ledgerTransaction', transactionId), leg },
    balanceCents: subtract(balanceCents, amountCents),
  };
}

/** What the account held before the first day and after the last. */
async function edgesOf(
  t: TenantHandle,
  account: AccountBalance,
  { from, to }: { from?: BusinessDate | undefined; to?: BusinessDate | undefined },
): Promise<{ openingCents: Cents; closingCents: Cents }> {
  const endOf = (day: BusinessDate) =>
    instantFromEpochMs(epochMsOf(startOfBusinessDate(addDays(day, 1))) - 1);
  const held = async (at: Instant) => (await balanceOf(t, account, { at })).balanceCents;
  return {
    openingCents: from === undefined ? zero : await held(endOf(addDays(from, -1))),
    closingCents: to === undefined ? account.balanceCents : await held(endOf(to)),
  };
}

const trial = route({
  method: 'get',
  path: '/v1/ledger/trial-balance',
  tag: 'Ledger',
  summary: 'Every account that is not empty; both columns have the same sum',
  auth: 'ledger:read',
  request: { query: z.strictObject({ at: atField }) },
  responses: { 200: { description: 'The trial balance', schema: trialBalanceSchema } },
  problems: [],
  handler: async ({ query }, call) => {
    const { now } = call.dependencies;
    const at = query.at ?? instantFromEpochMs(now());
    const lines = await readOwn(call, (t) => trialBalance(t, at));
    return { status: 200, body: showTrialBalance(at, lines) };
  },
});

const trialExport = route({
  method: 'get',
  path: '/v1/ledger/trial-balance/export',
  tag: 'Ledger',
  summary: 'The trial balance as a file',
  auth: 'ledger:export',
  stepUp: exportStepUp,
  request: { query: z.strictObject({ format: z.enum(sheetFormats), at: atField }) },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: [],
  handler: async ({ query }, call) => {
    const { dependencies } = call;
    const { now } = dependencies;
    const at = query.at ?? instantFromEpochMs(now());
    async function* batches() {
      yield await readOwn(call, (t) => trialBalance(t, at));
    }
    const { format } = query;
    const taking = { list: 'trial-balance', format, asked: { at } };
    return download(call, trialBalanceSheet, { ...taking, batches });
  },
});

export const ledgerAccountRoutes: readonly Route[] = [list, read, statement, trial, trialExport];
