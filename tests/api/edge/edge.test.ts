/** What the edge says and refuses before any handler runs. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { id, toPublicId } from '../../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../../support/api.ts';
import { serviceVariable } from '../../support/services.ts';
import { until } from '../../support/until.ts';

const anOperationId = toPublicId('operation', id('operation', randomUUID()));

/** A hundred at a time, however slow the machine is, until one is over the quota. */
async function askUntilRefused<Told extends { status: number }>(
  ask: () => Promise<Told>,
): Promise<Told[]> {
  const answers: Told[] = [];
  const isRefused = async () => {
    answers.push(...(await Promise.all(Array.from({ length: 100 }, ask))));
    return answers.some(({ status }) => status === 429);
  };
  await until(isRefused, { withinMs: 20_000, everyMs: 1 });
  return answers;
}

describe('quotas', () => {
  let stage: ApiStage;
  beforeAll(async () => {
    stage = await openApiStage({ config: { edge: { rateLimitFactor: 1, corsOrigins: [] } } });
  });
  afterAll(() => stage.close());

  test('a caller over its share is refused with the time to wait, and others go on', async () => {
    const busy = await stage.tenant();
    const calm = await stage.tenant();
    const token = await stage.token(busy);

    const answers = await askUntilRefused(() => stage.fetch('/v1/me', { token }));

    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(118);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    const [first] = refused;
    expect(first && problemIn(first).code).toBe('rate-limited');
    expect(Number(first?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(first?.headers.get('ratelimit')).toMatch(/^"caller";r=0;t=\d+$/);
    const other = await stage.fetch('/v1/me', { token: await stage.token(calm) });
    expect(other.status).toBe(200);
  });

  test('every answer says what the quota is and what is left of it', async () => {
    const token = await stage.token(await stage.tenant());

    const answer = await stage.fetch('/v1/me', { token });

    expect(answer.headers.get('ratelimit-policy')).toBe('"tenant";q=150;w=3');
    expect(answer.headers.get('ratelimit')).toMatch(/^"tenant";r=1\d\d;t=\d+$/);
  });

  test('an application over its share is refused, and the same person goes on with another', async () => {
    const token = await stage.token(await stage.tenant());
    const as = (name: string) =>
      stage.fetch('/v1/me', { token, headers: { 'x-daftari-key': name } });

    const answers = await askUntilRefused(() => as('dfa_batch_nightlyExport'));

    const refused = answers.find(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(36);
    expect(refused?.headers.get('ratelimit-policy')).toBe('"application";q=37;w=3');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const metrics = await stage.dependencies.telemetry.registry.metrics();
    expect(metrics).toMatch(/daftari_requests_refused_total\{reason="quota-application"\} \d+/);
    // The refused requests were taken from the share of the person; it comes back within seconds.
    await until(async () => (await as('dfa_person_counter')).status === 200);
  });

  test('whoever takes ever new names is one application', async () => {
    const token = await stage.token(await stage.tenant());
    // From the first answer on it is known who asks.
    await stage.fetch('/v1/me', { token });
    let nth = 0;
    const answers = await askUntilRefused(() => {
      nth += 1;
      const headers = { 'x-daftari-key': `dfa_person_name${nth}` };
      return stage.fetch('/v1/me', { token, headers });
    });
    const scopes = answers
      .filter(({ status }) => status === 429)
      .map(({ headers }) => headers.get('ratelimit-policy'));
    expect(scopes).toContain('"application";q=37;w=3');
  });

  test('an application whose name is none is told so', async () => {
    const token = await stage.token(await stage.tenant());
    for (const name of ['my-app', 'dfa_root_something', 'dfa_batch_x', 'dfa_batch_a,dfa_batch_b']) {
      const answer = await stage.fetch('/v1/me', { token, headers: { 'x-daftari-key': name } });
      expect(problemIn(answer)).toMatchObject({ status: 400, code: 'malformed-request' });
    }
  });

  test('a socket is asked for like anything else: over the quota it is 429', async () => {
    const token = await stage.token(await stage.tenant());
    const address = `${stage.baseUrl.replace('http', 'ws')}/v1/operations/${anOperationId}/events`;
    const answers = await askUntilRefused(async () => {
      const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
      socket.on('error', () => {});
      const [, answer] = await once(socket, 'unexpected-response');
      const { statusCode = 0, headers } = answer as IncomingMessage;
      socket.terminate();
      return { status: statusCode, retryAfter: Number(headers['retry-after']) };
    });

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404, 429]));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.retryAfter).toBeGreaterThanOrEqual(1);
  });

  test('an address that has not signed in gets the small quota', async () => {
    const answers = await askUntilRefused(() => stage.fetch('/v1/environment'));

    expect(answers.some(({ status }) => status === 429)).toBe(true);
    const metrics = await stage.dependencies.telemetry.registry.metrics();
    expect(metrics).toMatch(/daftari_requests_refused_total\{reason="quota-address"\} \d+/);
  });

  test('an address that says it is another one is still the same', async () => {
    let nth = 0;
    const answers = await askUntilRefused(() => {
      nth += 1;
      const said = `198.51.${nth % 250}.${(nth >> 8) % 250}`;
      const headers = { 'x-forwarded-for': said, forwarded: `for=${said}`, 'x-real-ip': said };
      return stage.fetch('/v1/environment', { headers });
    });

    expect(answers.some(({ status }) => status === 429)).toBe(true);
  });
});

describe('without Redis', () => {
  test('signed-in callers are still served and still limited', async () => {
    const redis = new Redis(serviceVariable('REDIS_URL'), {
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
    });
    redis.disconnect();
    const stage = await openApiStage({
      world: { redis },
      config: { edge: { rateLimitFactor: 1, corsOrigins: [] } },
    });
    const token = await stage.token(await stage.tenant());

    const answers = await askUntilRefused(() => stage.fetch('/v1/me', { token }));

    const statuses = new Set(answers.map(({ status }) => status));
    await stage.close();
    expect(statuses).toEqual(new Set([200, 429]));
  });
});

describe('CORS', () => {
  let stage: ApiStage;
  const shop = 'https://shop.example';
  beforeAll(async () => {
    stage = await openApiStage({
      config: { edge: { rateLimitFactor: 1_000, corsOrigins: [shop] } },
    });
  });
  afterAll(() => stage.close());

  const preflight = (origin: string) =>
    stage.fetch('/v1/me', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });

  test('a listed origin may ask, without credentials', async () => {
    const answer = await preflight(shop);

    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(shop);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toContain('Origin');
  });

  test.each(['https://shop.example.evil.test', 'http://shop.example', 'null'])(
    'the origin %s may not',
    async (origin) => {
      const answer = await preflight(origin);

      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('every answer carries each security header once, whatever else it sets', async () => {
    const token = await stage.token(await stage.tenant());
    const headers = { origin: shop };
    const answers = await Promise.all([
      stage.fetch('/v1/credential', { token }),
      stage.fetch('/v1/credential', { token, headers }),
      stage.fetch('/v1/credential'),
      stage.fetch('/v1/settings', { token }),
      stage.fetch('/openapi.json'),
      stage.fetch('/v1/nothing-here'),
      stage.fetch('/v1/credential', { token, method: 'DELETE' }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 200, 200, 404, 405]);
    for (const answer of answers) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';[^,]*$/);
      expect(answer.headers.get('x-request-id')).toMatch(
        /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
      );
    }
    const ids = new Set(answers.map((answer) => answer.headers.get('x-request-id')));
    expect(ids.size).toBe(answers.length);
  });

  test('an answer to a listed origin can be read by its page', async () => {
    const answer = await stage.fetch('/v1/environment', { headers: { origin: shop } });

    expect(answer.headers.get('access-control-allow-origin')).toBe(shop);
    expect(answer.headers.get('access-control-expose-headers')).toContain('ratelimit');
  });
});
