/**
 * Every POST is sent, its stored answer is taken away as if the process had died before keeping it,
 * and it is sent again with the same key: there is no second thing.
 */
import { sql } from 'kysely';
import type { Route } from '../../api/route.ts';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId, type IdKind } from '../../domain/ids.ts';
import { openApiStage, type Answer, type ApiStage } from '../support/api.ts';
import { bodies, idKindOf } from '../support/sample-requests.ts';
import { aVictim, type Victim } from '../support/victim.ts';

const posts = allRoutes().filter(({ method, auth }) => method === 'post' && auth !== 'public');
const keyed = posts.filter(({ idempotency }) => idempotency !== undefined);

/** What only changes something that is there, or makes what its own contents or state keep single. */
const withoutKey = [
  ...['/v1/me/password', '/v1/me/totp', '/v1/me/totp/confirm', '/v1/me/recovery-codes'],
  ...['/v1/me/passkeys', '/v1/me/passkeys/options', '/v1/sessions/step-up'],
  ...['/v1/sessions/step-up/options', '/v1/tenants/{id}/session', '/v1/invitations/accept'],
  ...['/v1/accounts/{id}/retire', '/v1/accounts/{id}/resume', '/v1/members/{id}/role'],
  ...['/v1/statements/{id}/password', '/v1/statements/{id}/mapping/preview'],
  ...['/v1/shortcodes/{id}/settings', '/v1/shortcodes/{id}/credentials'],
  ...['/v1/shortcodes/{id}/balances/watch', '/v1/callbacks/{id}/decision', '/v1/settings'],
  ...['/v1/saved-views', '/v1/saved-views/{id}', '/v1/closing', '/v1/closing/withdraw'],
  ...['/v1/collections/{id}/number', '/v1/disbursements/{id}/number'],
  ...['/v1/imports', '/v1/data-subjects/report', '/v1/flags/{key}', '/v1/platform/flags/{key}'],
  '/v1/platform/business-lists/{name}',
  ...['/v1/platform/tenants/{id}/suspend', '/v1/platform/tenants/{id}/resume'],
  ...['/v1/platform/tenants/{id}/closing', '/v1/notices/read', '/v1/breaches/{id}/authority'],
  ...['/v1/platform/breaches/{id}/authority', '/v1/platform/breaches/{id}/tell'],
  '/v1/platform/breaches/{id}/close',
];

let stage: ApiStage;
let business: Victim;
/** Routes that took their request, and so were tried a second time. */
const taken: string[] = [];

beforeAll(async () => {
  stage = await openApiStage();
  business = await aVictim(stage, 'starter');
  await stage.database.asOwner('delete from shared.tenant_exports');
});
afterAll(() => stage.close());

function publicIdOf(kind: IdKind): string {
  const uuid = business.ids[kind];
  if (uuid === undefined) throw new Error(`tests/support/victim.ts makes no ${kind}`);
  return toPublicId(kind, id(kind, uuid));
}

/** Good bodies of routes that make something; those of other routes are samples all tests share. */
function wishes(): Record<string, object> {
  const shortcodeId = publicIdOf('shortcode');
  const toPhone = { kind: 'msisdn', msisdn: '0712345678' };
  const row = { number: '0712345678', amount: '100' };
  return {
    '/v1/api-keys': { name: 'Till', scopes: ['collections:read'] },
    '/v1/shortcodes': { number: '600111', kind: 'paybill', name: 'Another' },
    '/v1/collections': {
      ...{ shortcodeId, msisdn: '0712345678', amountCents: 10_000, accountReference: 'X' },
    },
    '/v1/customers': { reference: 'CUS-9', name: 'Otieno' },
    '/v1/customer-lists': { rows: [{ name: 'Achieng', reference: 'CUS-8', phone: '' }] },
    '/v1/invoices': {
      ...{ shortcodeId, customerId: publicIdOf('customer'), dueOn: '2099-12-31' },
      lines: [{ description: 'Rent', unitCents: 10_000 }],
    },
    '/v1/invoices/{id}/requests': { msisdn: '0712345678' },
    '/v1/payment-links': { shortcodeId, title: 'Rent', reference: 'RENT', isReusable: true },
    '/v1/disbursements': {
      ...{ shortcodeId, kind: 'business-payment', amountCents: 10_000, payee: toPhone },
    },
    '/v1/payout-batches': { shortcodeId, kind: 'salary-payment', name: 'Wages', rows: [row] },
    '/v1/limits/changes': { kind: 'per-day', amountCents: 100, reason: 'a test' },
    '/v1/ledger/adjustments': {
      ...{ accountId: publicIdOf('ledgerAccount'), side: 'in', amountCents: 100, reason: 'found' },
    },
    '/v1/ledger/monitors': {
      ...{ accountId: publicIdOf('ledgerAccount'), name: 'Low', direction: 'below' },
      thresholdCents: 500,
    },
    '/v1/tenants': { name: 'A second business' },
    '/v1/invitations': { email: 'guest@daftari.test', role: 'analyst' },
    '/v1/data-subjects/requests': { name: 'Wanjiku Kamau', reason: 'She asked for it' },
  };
}

const queries: Readonly<Record<string, () => string>> = {
  '/v1/collection-batches/upload': () => `?shortcodeId=${publicIdOf('shortcode')}&fileName=a.csv`,
  '/v1/customer-lists/upload': () => '',
  '/v1/payout-batches/upload': () =>
    `?shortcodeId=${publicIdOf('shortcode')}&kind=salary-payment&name=Wages`,
};
const file = 'phone,amount,reference,name\n0712345678,100,R-1,Kamau\n';

function ask(route: Route, key: string): Promise<Answer> {
  const path = route.path.includes('{id}')
    ? route.path.replace('{id}', publicIdOf(idKindOf(route.path)))
    : route.path;
  const headers = { 'idempotency-key': key };
  const call = { method: 'POST', token: business.token };
  if (route.upload !== undefined) {
    const upload = { ...headers, 'content-type': 'text/csv' };
    return stage.fetch(path + (queries[path]?.() ?? ''), { ...call, headers: upload, body: file });
  }
  const json = wishes()[route.path] ?? bodies[route.path] ?? {};
  return stage.fetch(path, { ...call, headers, json });
}

/** Rows of the business by table; what tells of deeds may tell of two, and keys are the means. */
async function counted(): Promise<Record<string, number>> {
  const tenant = id('tenant', business.tenantId);
  return stage.database.db.withTenant(tenant, async (t) => {
    const { rows: tables } = await sql<{ name: string }>`
      select table_schema || '.' || table_name as name from information_schema.columns
      where column_name = 'tenant_id' and (table_schema = 'shared' or table_name = 'api_keys')
        and table_name not in ('idempotency_keys', 'audit_log')
      order by 1`.execute(t.query);
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const of = sql<{ n: number }>`select count(*)::int as n from ${sql.table(name)}
        where tenant_id = ${t.tenantId}`;
      counts[name] = (await of.execute(t.query)).rows[0]?.n ?? 0;
    }
    return counts;
  });
}

test('every POST takes a key, or is known to need none', () => {
  const open = posts.filter(({ idempotency }) => idempotency === undefined);

  expect(open.map(({ path }) => path).sort()).toEqual([...withoutKey].sort());
});

test.each(keyed.map((route) => [route.path, route] as const))(
  '%s makes no second thing when its first answer was lost',
  async (path, route) => {
    const key = `a-key-for-${path}`;
    const first = await ask(route, key);
    expect(first.status).not.toBe(500);
    if (first.status >= 300) return;
    taken.push(path);
    const before = await counted();
    const forgotten = await stage.database.asOwner(
      'delete from shared.idempotency_keys where tenant_id = $1 returning 1',
      [business.tenantId],
    );

    const second = await ask(route, key);

    expect(forgotten.length).toBeGreaterThan(0);
    expect(second.status).not.toBe(500);
    const after = await counted();
    // The invitation before is replaced, because its link cannot be told again.
    if (path === '/v1/invitations') after['shared.invitations'] = before['shared.invitations'] ?? 0;
    if (path === '/v1/invitations') after['shared.outbox'] = before['shared.outbox'] ?? 0;
    expect(after).toEqual(before);
  },
);

test('everything that makes something was really made', () => {
  const makers = [...Object.keys(wishes()), ...Object.keys(queries), '/v1/exports'];
  const onThings = ['checks', 'balances/check', 'transaction-status'].map(
    (deed) => `/v1/shortcodes/{id}/${deed}`,
  );

  expect(taken).toEqual(expect.arrayContaining([...makers, ...onThings]));
});
