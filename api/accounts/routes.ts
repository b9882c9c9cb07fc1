import { z } from 'zod';
import { listAccounts, noteUnused } from '../../db/accounts.ts';
import { appendAudit } from '../../db/audit.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import type { AccountId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/time.ts';
import { actorOf } from '../auth/principal.ts';
import { nowOf, todayOf } from '../now.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { showAccount } from './present.ts';
import { account, accountList } from './schema.ts';

const list = route({
  method: 'get',
  path: '/v1/accounts',
  tag: 'Accounts',
  summary: 'The accounts statements were read for, with the days they cover',
  auth: 'transactions:read',
  request: {},
  responses: { 200: { description: 'All accounts', schema: accountList } },
  problems: [],
  handler: async (_input, call) => {
    const accounts = await readOwn(call, listAccounts);
    const today = todayOf(call);
    return { status: 200, body: { data: accounts.map((one) => showAccount(one, today)) } };
  },
});

const params = z.strictObject({ id: idSchema('account') });
const changed = { 200: { description: 'The account as it is now', schema: account } };

const retire = route({
  method: 'post',
  path: '/v1/accounts/{id}/retire',
  tag: 'Accounts',
  summary: 'Say that an account is no longer used, so that its next statement is not missed',
  auth: 'statements:write',
  request: { params },
  responses: changed,
  problems: ['not-found'],
  handler: ({ params: { id } }, call) => {
    const since = nowOf(call);
    return note(call, id, { since, action: 'account.retire' });
  },
});

const resume = route({
  method: 'post',
  path: '/v1/accounts/{id}/resume',
  tag: 'Accounts',
  summary: 'Say that an account is used again',
  auth: 'statements:write',
  request: { params },
  responses: changed,
  problems: ['not-found'],
  handler: ({ params: { id } }, call) => note(call, id, { since: null, action: 'account.resume' }),
});

/** The change and its audit record in one transaction; what was known already leaves none. */
async function note(
  call: Call,
  id: AccountId,
  { since, action }: { since: Instant | null; action: AuditAction },
) {
  const { principal, requestId } = call;
  const found = await changeOwn(call, async (t) => {
    if ((await noteUnused(t, id, since)) === 'changed') {
      const object = { objectKind: 'account', objectId: id } as const;
      await appendAudit(t, { actor: actorOf(principal), action, ...object, requestId });
    }
    return (await listAccounts(t)).find((one) => one.id === id);
  });
  if (found === undefined) return problem('not-found');
  return { status: 200 as const, body: showAccount(found, todayOf(call)) };
}

export const accountRoutes: readonly Route[] = [list, retire, resume];
