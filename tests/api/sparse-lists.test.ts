/** Lists answer with the fields that are asked for, and with nothing else of a row. */
import { z } from 'zod';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { idKindOf } from '../support/sample-requests.ts';
import { aVictim, type Victim } from '../support/victim.ts';

let stage: ApiStage;
let business: Victim;
beforeAll(async () => {
  stage = await openApiStage();
  business = await aVictim(stage, 'starter');
});
afterAll(() => stage.close());

const page = z.looseObject({
  data: z.array(z.record(z.string(), z.unknown())),
  nextCursor: z.string().nullable(),
});
const lists = allRoutes().flatMap((route) =>
  route.rowFields === undefined ? [] : [[route.path, [...route.rowFields]] as const],
);
/** Lists that had a row to look at. */
const seen: string[] = [];

function get(path: string) {
  const kind = path.includes('{id}') ? idKindOf(path) : undefined;
  const uuid = kind && business.ids[kind];
  const publicId = kind && uuid && toPublicId(kind, id(kind, uuid));
  return stage.fetch(publicId ? path.replace('{id}', publicId) : path, { token: business.token });
}

test.each(lists.filter(([path]) => !path.startsWith('/v1/platform/')))(
  '%s has rows of the wanted fields, and refuses a field there is not',
  async (path, fields) => {
    const whole = await get(path);
    expect(whole.status).toBe(200);
    const wanted = [fields.at(-1) ?? '', fields[0] ?? ''];

    const sparse = await get(`${path}?fields=${wanted.join(',')}`);
    const odd = await get(`${path}?fields=${wanted[0]},noSuchField`);

    const rows = page.parse(whole.body).data;
    if (rows.length > 0) seen.push(path);
    const expected = rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => wanted.includes(name))),
    );
    expect(sparse.body).toEqual({ ...page.parse(whole.body), data: expected });
    expect(problemIn(odd)).toMatchObject({
      code: 'validation-failed',
      errors: [{ in: 'query', pointer: '/fields' }],
    });
  },
);

test('most lists had rows, and many take fields', () => {
  expect(lists.length).toBeGreaterThan(15);
  expect(seen.length).toBeGreaterThan(10);
});

test('a cursor goes on with other fields, and operations without pages know no fields', async () => {
  const first = page.parse((await get('/v1/transactions?limit=1&fields=id')).body);
  const next = `/v1/transactions?limit=1&cursor=${encodeURIComponent(first.nextCursor ?? '')}`;
  const second = page.parse((await get(`${next}&fields=receipt`)).body);

  expect(first.data.map((row) => Object.keys(row))).toEqual([['id']]);
  expect(second.data.map((row) => Object.keys(row))).toEqual([['receipt']]);
  for (const path of ['/v1/me', '/v1/transactions/summary', '/v1/transactions/export']) {
    expect(problemIn(await get(`${path}?fields=id`)).code).toBe('validation-failed');
  }
  expect(problemIn(await get('/v1/transactions?fields=')).errors).toMatchObject([
    { pointer: '/fields' },
  ]);
});
