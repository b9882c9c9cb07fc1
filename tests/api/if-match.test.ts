/**
 * Two people change the same thing: generated from the routes. Every operation that edits something
 * others may have read looks at If-Match; every other one is named here with its reason.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { openApiDocument } from '../../api/openapi-document.ts';
import type { Route } from '../../api/route.ts';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId, type IdKind } from '../../domain/ids.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import { bodies, idKindOf } from '../support/sample-requests.ts';
import { makeOperator } from '../support/tenants.ts';
import { aVictim, type Victim } from '../support/victim.ts';

jest.setTimeout(60_000);

const nameOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;
const changing = allRoutes().filter(({ method }) => method !== 'get');
const editing = changing.filter(({ ifMatch }) => ifMatch === true);

/** Why an operation has nothing to compare; the first that fits counts. */
const reasons: readonly [string, (route: Route) => boolean][] = [
  ['what is gone is gone, whoever changed it before', ({ method }) => method === 'delete'],
  [
    'it is about the asker alone, or a token that is good once',
    ({ path }) =>
      /^\/v1\/(?:sessions|registrations|password-resets|invitations|me|pay)(?:\/|$)/.test(path),
  ],
  [
    'it makes something new',
    ({ path, responses }) =>
      !path.includes('{') && (201 in responses || 202 in responses) && !(204 in responses),
  ],
  ['it sends a file in', ({ upload }) => upload !== undefined],
  [
    'a step along states: whoever comes second is refused, because the state does not fit',
    ({ path }) =>
      /\/(?:approve|reject|withdraw|decision|closing|return|cancel|close|reopen|submit|retry|void)$/.test(
        path,
      ) ||
      /\/(?:retire|restore|resume|suspend|password|mapping|rerun|undo|allocate|plan)$/.test(path),
  ],
  [
    'it adds a deed to something without overwriting any of it',
    ({ path }) =>
      /\/(?:refund|refunds|reverse|payout|revenue|checks|check|rotate|session|requests)$/.test(
        path,
      ) ||
      path.endsWith('/transaction-status') ||
      /\/(?:measures|tell|authority|businesses)$/.test(path),
  ],
  [
    'it only answers',
    ({ path }) =>
      /\/(?:number|dry-run|preview|report|look)$/.test(path) || path === '/v1/statements/mapping',
  ],
  ['reading twice is reading once', ({ path }) => path === '/v1/notices/read'],
  ['a view of the same name is replaced on purpose', ({ path }) => path === '/v1/saved-views'],
  ['who is there already stays as they are', ({ path }) => path === '/v1/customer-lists'],
];

test('every operation looks at If-Match, or there is a reason why it has nothing to compare', () => {
  const unexplained = changing
    .filter(({ ifMatch }) => ifMatch === undefined)
    .filter((route) => !reasons.some(([, fits]) => fits(route)));

  expect(unexplained.map(nameOf)).toEqual([]);
  expect(editing.map(nameOf)).toEqual(
    expect.arrayContaining(['POST /v1/settings', 'POST /v1/platform/flags/{key}']),
  );
});

test('no reason stands here for nothing', () => {
  const used = changing
    .filter(({ ifMatch }) => ifMatch === undefined)
    .map((route) => reasons.find(([, fits]) => fits(route))?.[0]);

  expect(reasons.map(([why]) => why).filter((why) => !used.includes(why))).toEqual([]);
});

test('the document says so, with the header and the refusal', () => {
  const operation = z.looseObject({
    parameters: z.array(z.looseObject({ name: z.string() })),
    responses: z.record(z.string(), z.unknown()),
  });
  const { paths } = openApiDocument(allRoutes()) as { paths: Record<string, object> };
  for (const { path, method, ifMatch } of changing) {
    const { parameters, responses } = operation.parse(
      new Map<string, unknown>(Object.entries(paths[path] ?? {})).get(method),
    );
    const isNamed = parameters.some(({ name }) => name === 'if-match');
    expect([path, isNamed, '412' in responses]).toEqual([path, ifMatch === true, ifMatch === true]);
  }
});

const flag = {
  ...{ description: 'A thing on trial', isOn: true, plans: [], tenants: [], rolloutPercent: 50 },
  ...{ isTenantsChoice: false, environment: 'test' },
};

/** Good bodies of operations the samples do not have. */
const own: Readonly<Record<string, object>> = {
  '/v1/settings': { name: 'Duka la Njeri' },
  '/v1/flags/{key}': { isOn: false },
  '/v1/platform/flags/{key}': flag,
  '/v1/platform/business-lists/{name}': { tenants: [] },
};
function sampleOf(path: string): object | undefined {
  const body = bodies[path];
  return typeof body === 'object' && body !== null ? body : undefined;
}

const row = z.looseObject({ version: z.union([z.string(), z.int()]) });
type Row = z.infer<typeof row>;

const places: Readonly<Record<string, string>> = { key: 'weekly-summary', name: 'pilot' };

describe('a change', () => {
  let stage: ApiStage;
  let victim: Victim;
  let token: string;
  beforeAll(async () => {
    stage = await openApiStage({ config: { flagRequestsIn: [] } });
    victim = await aVictim(stage, 'starter');
    await makeOperator(stage.database, victim);
    const { tenantId, userId } = victim;
    token = await stage.token({
      ...{ tenantId: id('tenant', tenantId), userId: id('user', userId) },
      email: 'njeri@duka.test',
    });
  });
  afterAll(() => stage.close());

  function change(
    route: Pick<Route, 'path'>,
    tag: string | undefined,
    sent: object | undefined = own[route.path] ?? sampleOf(route.path),
  ): Promise<Answer> {
    const path = route.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
      if (name !== 'id') return places[name] ?? '';
      const kind = idKindOf(route.path);
      return toPublicId(kind, id(kind, victim.ids[kind] ?? ''));
    });
    const headers = {
      'idempotency-key': randomUUID(),
      ...(tag === undefined ? {} : { 'if-match': tag }),
    };
    return stage.fetch(path, { method: 'POST', token, headers, ...(sent ? { json: sent } : {}) });
  }

  // Rows that could not be read have versions of their own, and a suite: mended-rejects.test.ts.
  const withObject = editing.filter(({ path }) => path !== '/v1/statements/{id}/rejects');

  test.each(withObject.map((route) => [nameOf(route), route] as const))(
    '%s made for another version is refused, and leaves nothing behind',
    async (_name, route) => {
      const count = async () =>
        stage.database.asOwner('select count(*)::int as n from shared.audit_log');
      const before = await count();

      const answer = await change(route, 'W/"what-it-was"');

      expect([answer.status, problemIn(answer).code]).toEqual([412, 'precondition-failed']);
      expect(await count()).toEqual(before);
    },
  );

  const rowOf = async (path: string, isIt: (row: Row) => boolean): Promise<Row> => {
    const { body } = await stage.fetch(path, { token });
    const { data } = z.looseObject({ data: z.array(row) }).parse(body);
    const found = data.find(isIt);
    if (found === undefined) throw new Error(`nothing at ${path}`);
    return found;
  };
  const one = async (path: string) => row.parse((await stage.fetch(path, { token })).body);
  const publicIdOf = (kind: IdKind) => toPublicId(kind, id(kind, victim.ids[kind] ?? ''));
  const named = (name: string) => ({ name });

  const contested: readonly [string, () => Promise<Row>, string, (name: string) => object][] = [
    ['the settings', () => one('/v1/settings'), '/v1/settings', named],
    [
      'a customer',
      () => one(`/v1/customers/${publicIdOf('customer')}`),
      '/v1/customers/{id}/details',
      named,
    ],
    [
      'a shortcode',
      () => one(`/v1/shortcodes/${publicIdOf('shortcode')}`),
      '/v1/shortcodes/{id}/settings',
      named,
    ],
    [
      'a monitor',
      () => rowOf('/v1/ledger/monitors', () => true),
      '/v1/ledger/monitors/{id}',
      named,
    ],
    ['a view', () => rowOf('/v1/saved-views', () => true), '/v1/saved-views/{id}', named],
    [
      'a row',
      () => one(`/v1/transactions/${publicIdOf('transaction')}`),
      '/v1/transactions/{id}/marks',
      (note) => ({ note }),
    ],
    [
      'a flag',
      () =>
        rowOf(
          '/v1/platform/flags',
          ({ key, environment }) => key === 'weekly-summary' && environment === 'test',
        ),
      '/v1/platform/flags/{key}',
      (description) => ({ ...flag, description }),
    ],
  ];

  test.each(contested)(
    'of %s by two at once counts once; the other one reads again and goes on',
    async (_what, read, path, body) => {
      const route = editing.find((candidate) => candidate.path === path);
      if (route === undefined) throw new Error(`${path} does not look at If-Match`);
      const { version } = await read();

      const both = await Promise.all(
        ['Asha', 'Baraka'].map((name) => change(route, `W/"${version}"`, body(name))),
      );

      expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
      const late = both.find(({ status }) => status === 412);
      const now = await read();
      expect(now.version).not.toBe(version);
      expect(late?.headers.get('etag')).toBe(`W/"${now.version}"`);
      const again = await change(route, late?.headers.get('etag') ?? '', body('Cherono'));
      expect([again.status, (await read()).version === now.version]).toEqual([200, false]);
    },
  );

  test('without If-Match the later change holds, as ever; `*` asks for a thing that is there', async () => {
    const route = editing.find(({ path }) => path === '/v1/platform/flags/{key}');
    if (route === undefined) throw new Error('flags are edited');
    const fresh = { ...route, path: '/v1/platform/flags/not-there-yet' };

    expect((await change(fresh, '*', flag)).status).toBe(412);
    expect((await change(fresh, undefined, flag)).status).toBe(200);
    expect((await change(fresh, '*', flag)).status).toBe(200);
  });

  test('what is read tells its version as ETag, and is not sent again while it is the same', async () => {
    for (const path of [
      '/v1/settings',
      `/v1/customers/${publicIdOf('customer')}`,
      `/v1/shortcodes/${publicIdOf('shortcode')}`,
      `/v1/transactions/${publicIdOf('transaction')}`,
    ]) {
      const first = await stage.fetch(path, { token });
      const tag = first.headers.get('etag') ?? '';
      expect([path, tag]).toEqual([path, `W/"${row.parse(first.body).version}"`]);
      const second = await stage.fetch(path, { token, headers: { 'if-none-match': tag } });
      expect([path, second.status]).toEqual([path, 304]);
    }
  });
});
