import { listAccounts, type AccountSummary } from '../../db/accounts.ts';
import { toPublicId } from '../../domain/ids.ts';
import { route, type Route } from '../route.ts';
import { accountList } from './schema.ts';

const list = route({
  method: 'get',
  path: '/v1/accounts',
  tag: 'Accounts',
  summary: 'The accounts statements were read for, with the days they cover',
  auth: 'transactions:read',
  request: {},
  responses: { 200: { description: 'All accounts', schema: accountList } },
  problems: [],
  handler: async (_input, { principal, dependencies: { db } }) => {
    const accounts = await db.withTenant(principal.tenantId, listAccounts, { readOnly: true });
    return { status: 200, body: { data: accounts.map(shown) } };
  },
});

function shown({ id, holderName: _name, createdAt: _at, ...account }: AccountSummary) {
  return { id: toPublicId('account', id), ...account };
}

export const accountRoutes: readonly Route[] = [list];
