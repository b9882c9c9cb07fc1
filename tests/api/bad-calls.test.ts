/**
 * What every operation does with texts nobody should send: in each part of each query and in each
 * text of each body. Whatever is taken comes back as it was.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import { anyOf } from '../support/schema-sample.ts';
import { naughtyStrings } from '../support/naughty-strings.ts';
import { idKindOf } from '../support/sample-requests.ts';

let stage: ApiStage;
let token: string;
beforeAll(async () => {
  stage = await openApiStage();
  token = await stage.token(await stage.tenant());
});
afterAll(() => stage.close());

const injections = [
  'id;drop table shared.transactions',
  "' or 1=1--",
  "'||(select pg_sleep(5))||'",
  '1);select pg_sleep(5)--',
  '$$;select pg_sleep(5);$$',
  '\\',
  '%',
];
/** What the texts ask for would take longer than this. */
const slowMs = 4_900;

const routes = allRoutes();
const isEndless = /events|stream|\/live|archive|csv|xlsx|export$|qr|\.svg/;
const pathOf = (path: string) =>
  path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    name === 'id' ? toPublicId(idKindOf(path), id(idKindOf(path), randomUUID())) : 'nothing',
  );

interface Told {
  what: string;
  status: number;
  ms: number;
}

/** A few at a time; answers what was answered with a fault or too late. */
async function troubled(calls: readonly { what: string; ask: () => Promise<Answer> }[]) {
  const told: Told[] = [];
  const waiting = [...calls];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const begun = performance.now();
      const { status } = await next.ask();
      told.push({ what: next.what, status, ms: performance.now() - begun });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  expect(told).toHaveLength(calls.length);
  return told.filter(({ status, ms }) => (status >= 500 && status !== 503) || ms > slowMs);
}

/** The names of what a query may have. */
function partsOf(query: z.ZodType | undefined): string[] {
  if (query === undefined) return [];
  const schema = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.keys(schema.properties ?? {});
}

const listed = routes.flatMap(({ method, path, request }) =>
  method === 'get' && !isEndless.test(path) && !path.startsWith('/v1/platform/')
    ? [{ path, parts: partsOf(request.query) }]
    : [],
);
const written = routes.flatMap(({ method, path, request, idempotency }) =>
  method === 'post' && request.body !== undefined && path !== '/v1/tenants'
    ? [{ path, idempotency, schema: request.body }]
    : [],
);

describe('a query', () => {
  test('with words of SQL in any of its parts is answered or refused, and never late', async () => {
    const calls = listed.flatMap(({ path, parts }) =>
      parts.flatMap((part) =>
        injections.map((text) => {
          const query = `${encodeURIComponent(part)}=${encodeURIComponent(text)}`;
          const address = `${pathOf(path)}?${query}`;
          return { what: address, ask: () => stage.fetch(address, { token }) };
        }),
      ),
    );
    expect(calls.length).toBeGreaterThan(500);
    expect(await troubled(calls)).toEqual([]);
  });

  test('for a column or an order there is not is refused, and names it', async () => {
    for (const { path } of listed) {
      for (const part of ['fields', 'sort']) {
        const answer = await stage.fetch(`${pathOf(path)}?${part}=passwordHash`, { token });
        expect([path, answer.status]).toEqual([path, 422]);
        expect(problemIn(answer).errors.map(({ pointer }) => pointer)).toContain(`/${part}`);
      }
    }
  });

  test('of days a century apart, in the wrong order or of no calendar is refused', async () => {
    const dated = listed.filter(({ parts }) => parts.includes('from') && parts.includes('to'));
    expect(dated.length).toBeGreaterThan(2);
    for (const { path } of dated) {
      for (const query of ['from=1901-01-01&to=2026-01-01', 'from=2026-02-01&to=2026-01-01']) {
        const answer = await stage.fetch(`${pathOf(path)}?${query}`, { token });
        expect([path, query, answer.status]).toEqual([path, query, 422]);
      }
      const odd = await stage.fetch(`${pathOf(path)}?from=2026-02-30&tz=Mars/X`, { token });
      expect([path, odd.status]).toEqual([path, 422]);
    }
  });
});

describe('a body', () => {
  const send = (path: string, json: unknown) =>
    stage.fetch(pathOf(path), {
      ...{ token, json, method: 'POST' },
      headers: { 'idempotency-key': randomUUID() },
    });

  test('with odd texts in all its fields is taken or refused by every operation', async () => {
    const everyEighth = (at: number) =>
      naughtyStrings.filter((_text, index) => index % 8 === at % 8);
    const calls = written.flatMap(({ path, schema }, at) =>
      [...injections.slice(0, 3), ...everyEighth(at)].map((text) => ({
        what: `${path} ${JSON.stringify(text)}`,
        ask: () => send(path, anyOf(schema, text)),
      })),
    );
    expect(calls.length).toBeGreaterThan(400);
    expect(await troubled(calls)).toEqual([]);
  });

  test.each([
    ['/v1/customers', 'name', { reference: 'X' }],
    ['/v1/saved-views', 'name', { view: { filters: {}, sort: '', columns: [], widths: {} } }],
  ])('of %s gives each text back as it was, or refuses it', async (path, field, rest) => {
    let takenCount = 0;
    for (const [index, text] of naughtyStrings.entries()) {
      const json: Record<string, unknown> = { ...rest, [field]: text };
      if ('reference' in rest) json['reference'] = `NAUGHTY-${index}`;
      const answer = await send(path, json);
      if (answer.status === 422 || answer.status === 409) continue;
      expect(answer.status).toBeLessThan(300);
      takenCount += 1;
      expect((answer.body as Record<string, unknown>)[field]).toBe(text.trim());
    }
    expect(takenCount).toBeGreaterThan(10);
  });

  test.each([
    ['no key', undefined],
    ['fifteen characters', 'x'.repeat(15)],
    ['three hundred characters', 'x'.repeat(300)],
    ['a space inside', `${'x'.repeat(10)} ${'x'.repeat(10)}`],
    ['a letter beyond ASCII', `${'x'.repeat(20)}\u00e9`],
  ])('that has to come with a key and has %s is refused', async (_what, key) => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const json = { msisdn: '254712345678', reason: 'asked by letter' };
    const asked = { token, json, headers };
    const answer = await stage.fetch('/v1/data-subjects/requests', asked);
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'idempotency-key-malformed' });
  });

  test('under the key of another business is a request of its own', async () => {
    const key = randomUUID();
    const ask = async (by: string) => {
      const json = { msisdn: '254700000001', reason: 'asked by letter' };
      const headers = { 'idempotency-key': key };
      return stage.fetch('/v1/data-subjects/requests', { token: by, json, headers });
    };
    const other = await stage.token(await stage.tenant());
    const [own, theirs] = [await ask(token), await ask(other)];
    expect([own.status, theirs.status]).toEqual([201, 201]);
    expect((own.body as { id: string }).id).not.toBe((theirs.body as { id: string }).id);
  });
});

test('the number of a payment card is taken by nothing, and stands in no log', async () => {
  const number = '4111 1111 1111 1111';
  const json = { reference: 'C-1', name: `Mary, card ${number}` };
  const headers = { 'idempotency-key': randomUUID() };
  const answer = await stage.fetch('/v1/customers', { token, json, headers });
  expect(problemIn(answer)).toMatchObject({
    ...{ status: 422, code: 'validation-failed' },
    errors: [{ in: 'body', pointer: '/name' }],
  });
  expect(answer.text).not.toContain(number);
  expect(stage.logs.some((line) => line.includes('cardNumberRefused'))).toBe(true);
  expect(stage.logs.join('')).not.toContain(number);
  const metrics = await stage.dependencies.telemetry.registry.metrics();
  expect(metrics).toMatch(/daftari_requests_refused_total\{reason="card-number"\} 1/);
});
