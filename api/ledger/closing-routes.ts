/** Accounts that nobody is to use any more, and their way back. */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import { listAccountBalances } from '../../db/ledger-balances.ts';
import { closeAccount, reopenAccount } from '../../db/ledger-closing.ts';
import type { LedgerAccountId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { showAccount } from './present.ts';
import { ledgerAccount, reversalRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('ledgerAccount') });
const answer = { 200: { description: 'The account as it is now', schema: ledgerAccount } };

const close = route({
  method: 'post',
  path: '/v1/ledger/accounts/{id}/close',
  tag: 'Ledger',
  summary: 'Close an empty account',
  description:
    'It refuses what people ask for from then on. Money that M-PESA moved all the same opens it again.',
  auth: 'ledger:adjust',
  idempotency: 'optional',
  request: { params, body: reversalRequest },
  responses: answer,
  problems: ['not-found', 'account-not-empty', 'account-needed'],
  handler: async ({ params: { id }, body }, call) =>
    changeOwn(call, async (t) => {
      const refusal = await closeAccount(t, id, saidBy(call, body.reason));
      return refusal === undefined ? shown(t, id) : problem(refusal);
    }),
});

const reopen = route({
  method: 'post',
  path: '/v1/ledger/accounts/{id}/reopen',
  tag: 'Ledger',
  summary: 'Use a closed account again',
  auth: 'ledger:adjust',
  idempotency: 'optional',
  request: { params, body: reversalRequest },
  responses: answer,
  problems: ['not-found'],
  handler: async ({ params: { id }, body }, call) =>
    changeOwn(call, async (t) => {
      const isKnown = await reopenAccount(t, id, saidBy(call, body.reason));
      return isKnown ? shown(t, id) : problem('not-found');
    }),
});

function saidBy({ principal }: Call, reason: string) {
  return { actor: actorOf(principal), reason };
}

async function shown(t: TenantHandle, id: LedgerAccountId) {
  const [account] = await listAccountBalances(t, { id, limit: 1 });
  return account === undefined
    ? problem('not-found')
    : { status: 200 as const, body: showAccount(account) };
}

export const ledgerClosingRoutes: readonly Route[] = [close, reopen];
