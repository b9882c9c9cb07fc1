/** Lists that have a file give it to whoever asks for `text/csv`: the same one, to the same people. */
import { isPermitted, roles } from '../../api/auth/permissions.ts';
import { allRoutes } from '../../api/routes.ts';
import type { Route } from '../../api/route.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { postStatement } from '../db/fixture.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;

beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  const rows = [
    {
      receipt: 'SA10000001',
      direction: 'in',
      amountCents: 100_00,
      minute: 0,
      balanceCents: 100_00,
    },
    { receipt: 'SA10000002', direction: 'out', amountCents: 30_00, minute: 1, details: 'Duka' },
  ] as const;
  const { accountId, inserted } = await postStatement(stage.database.db, somebody, {
    rows: [...rows],
  });
  const days = inserted.map(({ businessDate }) => businessDate);
  await stage.database.db.withTenant(somebody.tenantId, (t) =>
    recomputeRollups(t, accountId, days),
  );
  const customer = { reference: 'A-1', name: 'Amina Yusuf' };
  expect((await stage.fetch('/v1/customers', { token, json: customer })).status).toBe(201);
});
afterAll(() => stage.close());

const asked = (path: string, accept: string, as = token) =>
  stage.fetch(path, { token: as, headers: { accept } });
const withSheet = allRoutes().flatMap((route) =>
  route.sheet === undefined ? [] : [[route.path, route, route.sheet] as const],
);

test('the lists with a file of their own are among them', () => {
  expect(withSheet.map(([path]) => path).toSorted()).toEqual([
    ...['/v1/audit', '/v1/collections', '/v1/customers', '/v1/disbursements'],
    ...['/v1/invoices', '/v1/ledger/transactions', '/v1/refunds', '/v1/transactions'],
  ]);
});

describe.each(withSheet)('GET %s', (path, list, sheet) => {
  test('gives its file to text/csv and a page to everybody else', async () => {
    const file = await asked(sheet.path, '*/*');
    const csv = await asked(path, 'text/csv');

    expect(csv.status).toBe(200);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('vary')).toContain('Accept');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/);
    // That a list was taken along stands in the audit log itself.
    const listed = csv.text.split('\r\n').filter((line) => !line.includes('list.download'));
    expect(listed.join('\r\n')).toBe(file.text.replace(/.*list\.download.*\r\n/g, ''));
    expect(listed.length).toBeGreaterThan(1);
    for (const accept of ['*/*', 'application/json', 'application/json, text/csv;q=0.5']) {
      const page = await asked(path, accept);
      expect(page.body).toMatchObject({ data: expect.any(Array) });
      expect(page.headers.get('vary')).toContain('Accept');
    }
  });

  test('has no other type, and a file has no pages and no other format', async () => {
    expect(problemIn(await asked(path, 'application/xml')).code).toBe('not-acceptable');
    for (const query of ['limit=2', 'cursor=x', 'format=xlsx']) {
      const [name] = query.split('=');
      const refused = problemIn(await asked(`${path}?${query}`, 'text/csv'));
      expect(refused.errors).toMatchObject([{ in: 'query', pointer: `/${name}` }]);
    }
  });

  test('asks whoever wants the file for what the file asks for', async () => {
    const reader = readerWithout(list, sheet);
    if (reader !== undefined) {
      const lesser = await stage.token(somebody, reader);
      expect((await asked(path, 'application/json', lesser)).status).toBe(200);
      expect(problemIn(await asked(path, 'text/csv', lesser)).code).toBe('forbidden');
    }
    const stale = await stage.token(somebody, { hasSecondFactor: false });
    expect((await asked(path, 'application/json', stale)).status).toBe(200);
    expect(problemIn(await asked(path, 'text/csv', stale)).code).toBe('step-up-required');
    expect((await stage.fetch(path, { headers: { accept: 'text/csv' } })).status).toBe(401);
  });
});

test('rows of the file are those a filter selects', async () => {
  const all = await asked('/v1/transactions', 'text/csv');
  const some = await asked('/v1/transactions?direction=out', 'text/csv');

  expect([all.text, some.text].map((text) => text.trim().split('\n').length)).toEqual([3, 2]);
  expect(some.text).toContain('SA10000002');
  expect((await asked('/v1/customers', 'text/csv')).text).toContain('Amina Yusuf');
});

/** A role that may read the list and may not take it along; undefined when there is none. */
function readerWithout(list: Route, sheet: Route) {
  if (list.auth === 'public' || sheet.auth === 'public') return undefined;
  const [mayRead, mayTake] = [list.auth, sheet.auth];
  return roles.find((role) => isPermitted(role, mayRead) && !isPermitted(role, mayTake));
}
