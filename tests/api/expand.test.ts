/** What rows name comes beside them, as its own address gives it, and to nobody who may not read that. */
import { z } from 'zod';
import { ofCollections, ofPayouts, ofTransactions } from '../../api/expansions.ts';
import type { Call } from '../../api/route.ts';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId, type IdKind } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aVictim, type Victim } from '../support/victim.ts';

jest.setTimeout(60_000);

let stage: ApiStage;
let business: Victim;
beforeAll(async () => {
  stage = await openApiStage();
  business = await aVictim(stage, 'starter');
  const { collection, customer, paymentLink, disbursement, payoutBatch } = business.ids;
  await stage.database.asOwner(
    'update shared.collections set customer_id = $2, payment_link_id = $3 where id = $1',
    [collection, customer, paymentLink],
  );
  await stage.database.asOwner(
    'update shared.disbursements set batch_id = $2, batch_row = 1 where id = $1',
    [disbursement, payoutBatch],
  );
});
afterAll(() => stage.close());

const record = z.record(z.string(), z.unknown());
const row = z.looseObject({ id: z.string(), expanded: record.optional() });
const page = z.looseObject({ data: z.array(row) });

const get = (path: string, token = business.token) => stage.fetch(path, { token });

function publicIdOf(kind: IdKind): string {
  return toPublicId(kind, id(kind, business.ids[kind] ?? ''));
}

async function body(path: string): Promise<unknown> {
  const answer = await get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
}

/** Of each list: the kind of its rows, and where what they name is read by itself. */
const lists = [
  [
    '/v1/transactions',
    'transaction',
    'statement',
    () => `/v1/statements/${publicIdOf('statement')}`,
  ],
  ['/v1/collections', 'collection', 'customer', () => `/v1/customers/${publicIdOf('customer')}`],
  [
    '/v1/collections',
    'collection',
    'paymentLink',
    () => `/v1/payment-links/${publicIdOf('paymentLink')}`,
  ],
  [
    '/v1/disbursements',
    'disbursement',
    'batch',
    () => `/v1/payout-batches/${publicIdOf('payoutBatch')}`,
  ],
] as const;

test.each(lists)('%s: a %s comes with its %s', async (path, kind, noun, place) => {
  const own = await body(place());

  const { data } = page.parse(await body(`${path}?expand=${noun}`));
  const one = row.parse(await body(`${path}/${publicIdOf(kind)}?expand=${noun}`));

  const found = data.find((each) => each.id === publicIdOf(kind));
  expect(found?.expanded).toEqual({ [noun]: own });
  expect(one.expanded).toEqual({ [noun]: own });
});

test('a transaction comes with its account too, and with both as with one', async () => {
  const accounts = page.parse(await body('/v1/accounts')).data;
  const { data } = page.parse(await body('/v1/transactions?expand=account,statement'));

  expect(data.length).toBeGreaterThan(1);
  for (const { expanded } of data) {
    expect(Object.keys(expanded ?? {})).toEqual(['account', 'statement']);
    expect(expanded?.['account']).toEqual(accounts[0]);
  }
});

test('every route that says so is tried here, and unknown names are refused with the known ones', async () => {
  const routes = allRoutes().filter(({ expand }) => expand !== undefined);
  const tried = new Set(lists.flatMap(([path]) => [path, `${path}/{id}`]));
  expect(new Set(routes.map(({ path }) => path))).toEqual(tried);

  for (const { path, expand } of routes) {
    const kind = lists.find(([start]) => path.startsWith(start))?.[1] ?? 'transaction';
    const asked = path.replace('{id}', publicIdOf(kind));
    const odd = problemIn(await get(`${asked}?expand=tenant`));
    expect(odd).toMatchObject({ code: 'validation-failed', errors: [{ pointer: '/expand' }] });
    for (const name of Object.keys(expand ?? {})) expect(odd.errors[0]?.detail).toContain(name);
    expect(problemIn(await get(`${asked}?expand=`)).code).toBe('validation-failed');
  }
  expect(problemIn(await get('/v1/statements?expand=account')).code).toBe('validation-failed');
});

test('nothing is said of what was not asked for, nor of what a row does not name', async () => {
  const plain = page.parse(await body('/v1/collections'));
  expect(plain.data.filter((each) => 'expanded' in each)).toEqual([]);

  await stage.database.asOwner('update shared.collections set payment_link_id = null');
  const { data } = page.parse(await body('/v1/collections?expand=customer,paymentLink'));
  expect(data.map(({ expanded }) => expanded?.['paymentLink'])).toEqual(data.map(() => null));
});

test('with `fields` rows have those fields and what was asked for', async () => {
  const { data } = page.parse(await body('/v1/transactions?fields=id,receipt&expand=statement'));

  expect(Object.keys(data[0] ?? {}).toSorted()).toEqual(['expanded', 'id', 'receipt']);
});

test('an answer with what it names has no ETag, which would not tell of changes of that', async () => {
  const path = `/v1/transactions/${publicIdOf('transaction')}`;

  expect((await get(path)).headers.get('etag')).not.toBeNull();
  expect((await get(`${path}?expand=statement`)).headers.get('etag')).toBeNull();
});

test('who may not read a noun by itself gets it nowhere, and the whole answer is refused', async () => {
  const made = await stage.fetch('/v1/api-keys', {
    ...{ token: business.token, json: { name: 'Rows alone', scopes: ['transactions:read'] } },
  });
  const { key } = z.looseObject({ key: z.string() }).parse(made.body);

  expect((await get('/v1/transactions?expand=account', key)).status).toBe(200);
  const refused = await get('/v1/transactions?expand=account,statement', key);
  expect(problemIn(refused).code).toBe('forbidden');
  expect(refused.text).not.toContain('stm_');
});

test('an id of another business finds nothing, whoever put it into a row', async () => {
  const other = await aVictim(stage, 'starter');
  const principal = { tenantId: id('tenant', business.tenantId) };
  const call = { principal, dependencies: stage.dependencies } as unknown as Call;
  const kinds = { statement: 'statement', account: 'account', customer: 'customer' } as const;
  const rest = { paymentLink: 'paymentLink', batch: 'payoutBatch' } as const;
  const known = { ...ofTransactions, ...ofCollections, ...ofPayouts };

  for (const [name, kind] of Object.entries({ ...kinds, ...rest })) {
    const load = new Map(Object.entries(known)).get(name)?.load;
    const own = publicIdOf(kind);
    const foreign = toPublicId(kind, id(kind, other.ids[kind] ?? ''));
    expect([...((await load?.(call, [own, foreign])) ?? new Map()).keys()]).toEqual([own]);
  }
});

test('a page asks once for each noun, however many rows it has', async () => {
  // Who asks is known by then.
  await body('/v1/accounts');
  const looks = jest.spyOn(stage.dependencies.db, 'withTenant');

  const { data } = page.parse(await body('/v1/transactions?expand=statement,account'));

  expect(data.length).toBeGreaterThan(1);
  // One for the rows, and one for each noun.
  expect(looks).toHaveBeenCalledTimes(3);
  looks.mockRestore();
});
