/** Who took which list along stands in the audit log, once, and before the file is whole. */
import { allRoutes } from '../../api/routes.ts';
import { fileMedia } from '../../api/sheets/download.ts';
import { listAudit } from '../../db/audit.ts';
import { id, toPublicId, type IdKind } from '../../domain/ids.ts';
import { aShopWithRows } from '../support/shop-with-rows.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';
import { aVictim } from '../support/victim.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const aShop = (count: number) => aShopWithRows(stage, count);

const takings = ({ tenantId }: Pick<Somebody, 'tenantId'>, list: string) =>
  stage.database.db.withTenant(tenantId, (t) => listAudit(t, { objectId: list, limit: 20 }));

/** What is made in the background was noted when it was made. */
const isMadeBefore = (path: string) => path.startsWith('/v1/downloads/');

/** Lists have no id in their address but for the rows of one thing; what only operators take along is left out. */
const files = allRoutes().filter(
  ({ method, path, responses }) =>
    method === 'get' &&
    !isMadeBefore(path) &&
    !path.startsWith('/v1/platform/') &&
    responses[200]?.media?.includes(fileMedia.csv),
);

test('lists and rows of lists are among what is looked at here', () => {
  expect(files.map(({ path }) => path).toSorted()).toEqual([
    '/v1/audit/export',
    '/v1/breaches/export',
    '/v1/collection-batches/{id}/results',
    '/v1/collections/export',
    '/v1/customers/export',
    '/v1/disbursements/export',
    '/v1/invoices/export',
    '/v1/ledger/transactions/export',
    '/v1/ledger/trial-balance/export',
    '/v1/payout-batches/{id}/results',
    '/v1/refunds/export',
    '/v1/statements/{id}/rejects',
    '/v1/transactions/export',
  ]);
});

test('every list that is taken along is noted once, by whom and with how many rows', async () => {
  const victim = await aVictim(stage, 'starter');
  const tenantId = id('tenant', victim.tenantId);
  const kinds: Record<string, IdKind> = {
    ...{ 'collection-batches': 'collectionBatch', 'payout-batches': 'payoutBatch' },
    statements: 'statement',
  };
  const publicIdOf = (kind: IdKind) => toPublicId(kind, id(kind, victim.ids[kind] ?? ''));
  for (const { path } of files) {
    const [, , noun = ''] = path.split('/');
    const kind = kinds[noun];
    const address = kind === undefined ? path : path.replace('{id}', publicIdOf(kind));
    const before = await countOf(tenantId);
    const needed = address.includes('trial-balance') ? '?format=csv' : '';
    const answer = await stage.fetch(address + needed, {
      ...{ token: victim.token, headers: { accept: 'text/csv' } },
    });

    expect([path, answer.status]).toEqual([path, 200]);
    const found = await downloadsOf(tenantId);
    expect([path, found.length]).toEqual([path, before + 1]);
    const [newest] = found;
    expect(newest).toMatchObject({
      actor: `user:${victim.userId}`,
      detail: { format: 'csv', isWhole: true },
    });
    // A head, and a line for each row; none of ours has a line break inside.
    expect([path, newest?.detail['rows']]).toEqual([path, answer.text.split('\r\n').length - 2]);
  }
});

async function downloadsOf(tenantId: Somebody['tenantId']) {
  return stage.database.db.withTenant(tenantId, (t) =>
    t.query
      .selectFrom('audit_log')
      .select(['actor', 'detail', 'object_id'])
      .where('action', '=', 'list.download')
      .orderBy('seq', 'desc')
      .execute(),
  );
}
const countOf = async (tenantId: Somebody['tenantId']) => (await downloadsOf(tenantId)).length;

test('codes and amounts of the filter are noted, what somebody typed is not', async () => {
  const { somebody, token } = await aShop(9);
  const query = 'format=xlsx&direction=in&amountCents[gte]=100&q=Wanjiru%20Kamau&from=2020-01-01';

  expect((await stage.fetch(`/v1/transactions/export?${query}`, { token })).status).toBe(200);

  const [taking] = await takings(somebody, 'transactions');
  expect(taking?.detail).toEqual({
    ...{ format: 'xlsx', isWhole: true, rows: 0 },
    filter: { direction: ['in'], 'amountCents[gte]': 100, from: '2020-01-01', q: true },
  });
  expect(JSON.stringify(taking)).not.toMatch(/wanjiru/i);
});

test('who leaves in the middle is noted with the rows that were read for them', async () => {
  const { somebody, token } = await aShop(12_000);
  const leaving = new AbortController();
  const answer = await fetch(`${stage.baseUrl}/v1/transactions/export`, {
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' },
    signal: leaving.signal,
  });
  await answer.body?.getReader().read();
  leaving.abort();

  await until(async () => (await takings(somebody, 'transactions')).length === 1);

  const [taking] = await takings(somebody, 'transactions');
  expect(taking?.detail).toMatchObject({ isWhole: false });
  expect(Number(taking?.detail['rows'])).toBeGreaterThan(0);
  expect(Number(taking?.detail['rows'])).toBeLessThan(12_000);
});

test('a list that cannot be noted does not come to its end', async () => {
  const { somebody, token } = await aShop(5);
  await stage.database.asOwner(
    `create function platform.no_taking() returns trigger language plpgsql as
       $$ begin raise exception 'the log is full' using errcode = '53100'; end $$`,
  );
  await stage.database.asOwner(
    `create trigger no_taking before insert on shared.audit_log for each row
       when (new.action = 'list.download') execute function platform.no_taking()`,
  );
  try {
    const taking = fetch(`${stage.baseUrl}/v1/transactions/export`, {
      headers: { authorization: `Bearer ${token}` },
    }).then((answer) => answer.text());

    await expect(taking).rejects.toThrow();
  } finally {
    await stage.database.asOwner('drop function platform.no_taking cascade');
  }
  expect(await takings(somebody, 'transactions')).toEqual([]);
});
