import { listAccounts, type AccountSummary } from '../../db/accounts.ts';
import { toPublicId } from '../../domain/ids.ts';
import {
  businessDateOf,
  daysBetween,
  instantFromEpochMs,
  type BusinessDate,
} from '../../domain/time.ts';
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
  handler: async (_input, { principal, dependencies: { db, now } }) => {
    const accounts = await db.withTenant(principal.tenantId, listAccounts, { readOnly: true });
    const today = businessDateOf(instantFromEpochMs(now()));
    return { status: 200, body: { data: accounts.map((account) => shown(account, today)) } };
  },
});

function shown(summary: AccountSummary, today: BusinessDate) {
  const { id, holderName: _name, createdAt: _at, ...account } = summary;
  const newest = account.coverage.at(-1)?.to;
  const ageDays = newest === undefined ? null : Math.max(0, daysBetween(newest, today));
  return { id: toPublicId('account', id), ...account, ageDays };
}

export const accountRoutes: readonly Route[] = [list];
