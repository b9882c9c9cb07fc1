import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { z } from 'zod';
import { isOfTheHouse, isPermitted } from '../../api/auth/permissions.ts';
import { apiChanges } from '../../api/meta/changes.ts';
import { openApiDocument } from '../../api/openapi-document.ts';
import { catalogue } from '../../api/problems.ts';
import { renderOpenApi } from '../../api/render-openapi.ts';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { bodies, idKindOf } from '../support/sample-requests.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({
    folders: { swaggerUi: 'node_modules/swagger-ui-dist', guide: 'docs/guide' },
  });
});
afterAll(() => stage.close());

describe('the OpenAPI document', () => {
  const operations = z.object({
    paths: z.record(
      z.string(),
      z.record(
        z.string(),
        z.looseObject({
          operationId: z.string(),
          responses: z.record(z.string(), z.unknown()),
          'x-permission': z.string().optional(),
        }),
      ),
    ),
  });

  test('the committed file is the one the routes give', () => {
    const committed: unknown = JSON.parse(readFileSync('api/openapi.json', 'utf8'));

    expect(committed).toEqual(JSON.parse(renderOpenApi()));
  });

  test('every route is in it, with its permission and with every status it can answer', () => {
    const { paths } = operations.parse(openApiDocument(allRoutes()));

    for (const route of allRoutes()) {
      const operation = paths[route.path]?.[route.method];
      expect(operation?.['x-permission'] ?? 'public').toBe(route.auth);
      const statuses = [
        ...Object.keys(route.responses),
        ...route.problems.map((code) => String(catalogue[code].status)),
      ];
      expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(statuses));
    }
  });

  test('every address is under its major version, but for those about the document itself', () => {
    const outside = allRoutes()
      .map(({ path }) => path)
      .filter((path) => !path.startsWith('/v1/') && !path.startsWith('/problems'));

    expect(new Set(outside)).toEqual(
      new Set(['/openapi.json', '/.well-known/jwks.json', '/changes.json']),
    );
  });

  test('no two operations share an id', () => {
    const { paths } = operations.parse(openApiDocument(allRoutes()));
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );

    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every reference leads to a component', () => {
    const text = renderOpenApi();
    const components = z
      .object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) })
      .parse(JSON.parse(text)).components.schemas;
    const referred = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);

    expect(referred.length).toBeGreaterThan(50);
    expect(referred.filter((name) => !Object.hasOwn(components, name ?? ''))).toEqual([]);
  });

  test('it is served, and so is a page that shows it without any other host', async () => {
    const document = await stage.fetch('/openapi.json');
    const page = await stage.fetch('/docs');

    expect(document.status).toBe(200);
    expect(document.body).toEqual(JSON.parse(renderOpenApi()));
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).not.toMatch(/https?:\/\//);
    for (const [, file] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await stage.fetch(file ?? '')).status).toBe(200);
    }
  });
});

describe('the feed of changes', () => {
  const feed = z.looseObject({
    version: z.literal('https://jsonfeed.org/version/1.1'),
    title: z.string().min(1),
    items: z.array(
      z.looseObject({
        id: z.url(),
        content_text: z.string().min(1),
        date_published: z.iso.datetime(),
        tags: z.array(z.string()).length(1),
      }),
    ),
  });
  const document = z.looseObject({
    info: z.looseObject({ version: z.string() }),
    paths: z.record(
      z.string(),
      z.record(z.string(), z.looseObject({ 'x-since': z.string().regex(/^\d+\.\d+\.\d+$/) })),
    ),
  });

  test('is a JSON Feed, newest first, whose newest version is that of the document', async () => {
    const answer = await stage.fetch('/changes.json');

    expect(answer.headers.get('content-type')).toMatch(/^application\/feed\+json/);
    const { items } = feed.parse(answer.body);
    const dates = items.map((item) => item.date_published);
    expect(dates).toEqual(dates.toSorted().toReversed());
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    const { info } = document.parse((await stage.fetch('/openapi.json')).body);
    expect(items[0]?.tags).toEqual([info.version]);
  });

  test('says since when each operation is there, and names none that is not', () => {
    const { paths } = document.parse(openApiDocument(allRoutes()));
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => [
        `${method.toUpperCase()} ${path}`,
        one['x-since'],
      ]),
    );
    const since = new Map(operations.map(([name = '', version = '']) => [name, version]));

    for (const { version, adds } of apiChanges) {
      for (const operation of adds)
        expect([operation, since.get(operation)]).toEqual([operation, version]);
    }
    const versions = apiChanges.map(({ version }) => version);
    expect(
      [...since.values()].filter((version) => !versions.some((one) => one === version)),
    ).toEqual([]);
  });
});

describe('every route that needs a permission', () => {
  const guarded = allRoutes().filter(({ auth }) => auth !== 'public');
  const nobody = id('tenant', '00000000-0000-0000-0000-000000000000');
  const pathOf = (path: string) =>
    path.includes('{id}')
      ? path.replace('{id}', toPublicId(idKindOf(path), id(idKindOf(path), nobody)))
      : path;

  test.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s is closed to strangers and to roles without it',
    async (_name, route) => {
      const method = route.method.toUpperCase();
      const stranger = await stage.fetch(pathOf(route.path), { method });
      expect(problemIn(stranger).code).toBe('unauthenticated');

      if (route.auth === 'public' || isPermitted('analyst', route.auth)) return;
      const token = await stage.token(await stage.tenant(), 'analyst');
      const analyst = await stage.fetch(pathOf(route.path), { method, token });
      // Who is no operator of the house is not told that there is a door.
      const refusal = isOfTheHouse(route.auth) ? 'not-found' : 'forbidden';
      expect(problemIn(analyst).code).toBe(refusal);
    },
  );

  test.each(
    guarded
      .filter(({ path }) => path.includes('{id}'))
      .map((route) => [`${route.method} ${route.path}`, route] as const),
  )('%s answers an id of nobody and an impossible id with the same 404', async (_name, route) => {
    const token = await stage.token(await stage.tenant());
    const body = route.method === 'get' ? undefined : bodies[route.path];
    const ask = (path: string) =>
      stage.fetch(path, {
        method: route.method.toUpperCase(),
        token,
        ...(body === undefined ? {} : { json: body }),
        ...(route.idempotency === 'required'
          ? { headers: { 'idempotency-key': randomUUID() } }
          : {}),
      });
    const texts = await Promise.all(
      [
        pathOf(route.path),
        route.path.replace('{id}', 'stm_1'),
        route.path.replace('{id}', '%20'),
      ].map(async (path) => withoutPlace(await ask(path))),
    );

    expect(texts[0]).toContain('"not-found"');
    expect(new Set(texts).size).toBe(1);
  });

  function withoutPlace(answer: { text: string }): string {
    return answer.text.replace(/"(?:instance|requestId)":"[^"]*"/g, '');
  }
});

describe('errors', () => {
  test.each(Object.keys(catalogue))('the type of %s can be dereferenced', async (code) => {
    const json = await stage.fetch(`/problems/${code}`);
    const page = await stage.fetch(`/problems/${code}`, { headers: { accept: 'text/html' } });

    expect(json.body).toMatchObject({ code, cause: expect.any(String), fix: expect.any(String) });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  });

  test('the type of an answer is the address of its description', async () => {
    const answer = await stage.fetch('/v1/nothing/here?q=secret');

    const { type, instance } = problemIn(answer);
    expect(type).toBe('http://api.test/problems/not-found');
    expect(instance).toBe('/v1/nothing/here');
  });

  test('the whole catalogue is listed', async () => {
    const answer = await stage.fetch('/problems');

    expect(answer.body).toMatchObject({ data: expect.any(Array) });
    expect(answer.text).toContain('"idempotency-mismatch"');
  });
});

describe('GET /v1/environment', () => {
  test('the demo login is only told where it is meant to be tried', async () => {
    const answer = await stage.fetch('/v1/environment');

    expect(answer.body).toEqual({
      profile: 'test',
      demoLogin: null,
      identityProviders: [],
    });
  });
});

describe('limits of HTTP', () => {
  test('a request id that is well formed is kept, any other is replaced', async () => {
    const kept = await stage.fetch('/v1/me', { headers: { 'x-request-id': 'order-4711' } });
    const made = await stage.fetch('/v1/me', { headers: { 'x-request-id': 'no spaces please' } });

    expect(problemIn(kept).requestId).toBe('order-4711');
    expect(kept.headers.get('x-request-id')).toBe('order-4711');
    expect(problemIn(made).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('another method is refused with the methods there are', async () => {
    const answer = await stage.fetch('/v1/sessions/logout', { method: 'PUT' });

    expect(problemIn(answer).code).toBe('method-not-allowed');
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
    const options = await stage.fetch('/v1/me', { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  test('a method override header overrides nothing', async () => {
    const headers = { 'x-http-method-override': 'DELETE' };

    const answer = await stage.fetch('/.well-known/jwks.json', { headers });

    expect(answer.status).toBe(200);
  });

  test('an address of more than 2 kB is too long', async () => {
    const answer = await stage.fetch(`/v1/transactions?q=${'x'.repeat(2100)}`);

    expect(problemIn(answer).code).toBe('uri-too-long');
  });

  test('headers of more than 8 kB are too large', async () => {
    const answer = await stage.fetch('/v1/me', { headers: { 'x-padding': 'x'.repeat(9000) } });

    expect(answer.status).toBe(431);
  });

  test.each([
    ['text/plain', 415],
    ['application/json; charset=utf-7', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/json; charset=UTF-8', 401],
  ])('a body of %s to a JSON route answers %d', async (type, status) => {
    const answer = await stage.fetch('/v1/sessions', {
      body: '{"email":"a@b.c","password":"x"}',
      headers: { 'content-type': type },
    });

    expect(problemIn(answer).status).toBe(status);
  });

  const manyItems = `{"email":[${'1,'.repeat(10_000)}1]}`;
  test.each([
    ['a repeated key', '{"email":"a","email":"b"}', 400],
    ['a repeated key in disguise', '{"email":"a","\\u0065mail":"b"}', 400],
    ['__proto__', '{"__proto__":{"x":1}}', 400],
    ['constructor', '{"a":{"constructor":1}}', 400],
    ['depth 200', '['.repeat(200) + ']'.repeat(200), 400],
    ['more than 10,000 items', manyItems, 400],
    ['more than 100 kB', `{"email":"${'x'.repeat(100_001)}"}`, 413],
    ['a trailing comma', '{"email":"a",}', 400],
    ['NaN', '{"email":NaN}', 400],
    ['a byte order mark', '\ufeff{}', 400],
    ['nothing', '', 400],
    ['null', 'null', 422],
    ['a list', '[]', 422],
    ['numbers for words', '{"email":1,"password":2}', 422],
  ])('JSON with %s is refused', async (_what, body, status) => {
    const answer = await stage.fetch('/v1/sessions', {
      body,
      headers: { 'content-type': 'application/json' },
    });

    expect(problemIn(answer).status).toBe(status);
  });

  test.each(['%00', '%ff', '%E0%A4%A', '%'])(
    'the path segment %s never fails us',
    async (segment) => {
      const token = await stage.token(await stage.tenant());

      const answer = await stage.fetch(`/v1/statements/${segment}`, { token });

      expect([400, 404]).toContain(answer.status);
    },
  );

  test.each([
    ['an unknown method', 'WRONG /v1/me HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['a bare line feed in a header', 'GET /v1/me HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n', 400],
    [
      'a length and chunks together',
      'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
  ])('%s is refused', async (_what, bytes, status) => {
    const answer = await rawAnswer(bytes);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('application/problem+json');
  });

  function rawAnswer(bytes: string): Promise<string> {
    const { port } = new URL(stage.baseUrl);
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('error', reject).on('close', () => resolve(text));
    });
  }

  test('answers tell browsers to do nothing with them', async () => {
    const answer = await stage.fetch('/v1/me');

    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-powered-by')).toBeNull();
  });

  test('long answers are compressed', async () => {
    const answer = await stage.fetch('/problems', { headers: { 'accept-encoding': 'br' } });

    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(answer.text).toContain('not-found');
  });

  test('a long answer that nobody wants packed comes in one piece of known length', async () => {
    const answer = await stage.fetch('/problems', { headers: { 'accept-encoding': 'identity' } });

    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(Number(answer.headers.get('content-length'))).toBe(Buffer.byteLength(answer.text));
  });
});
