import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { request, type Server } from 'node:http';
import { Registry } from 'prom-client';
import { createAdminApp, type AdminOptions } from '../../api/admin.ts';
import { httpServer } from '../../api/server.ts';
import { createPayloadCodec, payloadKeyring } from '../../temporal/codec.ts';

const codec = createPayloadCodec(payloadKeyring({ kek: randomBytes(32), kekId: 'k1' }));
const uiUrl = 'http://127.0.0.1:8233';
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(options: Partial<AdminOptions> = {}): Promise<string> {
  const app = createAdminApp({
    registry: new Registry(),
    required: { database: async () => {} },
    optional: {},
    breakers: () => ({ database: 'closed' }),
    isStopping: () => false,
    ...options,
  });
  const server = httpServer(app, 'http://api.test');
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const away = async () => {
  throw new Error('away');
};

describe('GET /livez', () => {
  test('a process that answers is alive, whatever else is away', async () => {
    const url = await listen({ required: { database: away } });

    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });
});

describe('GET /version', () => {
  test('says which version runs, whatever else is away', async () => {
    const url = await listen({ required: { database: away } });
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

    expect(await (await fetch(`${url}/version`)).json()).toMatchObject({ version });
  });
});

describe('GET /readyz', () => {
  test('what is required decides, what is optional is told', async () => {
    const url = await listen({ optional: { redis: away } });

    const answer = await fetch(`${url}/readyz`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      ready: true,
      database: 'up',
      redis: 'down',
      breakers: { database: 'closed' },
    });
  });

  test.each([
    ['without its database', { required: { database: away } }],
    ['with a database that hangs', { required: { database: () => new Promise(() => {}) } }],
    ['while it stops', { isStopping: () => true }],
  ])('a process %s gets no traffic', async (_what, options) => {
    const url = await listen(options);

    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });
});

describe('GET /metrics', () => {
  test('the registry is shown in the format of Prometheus', async () => {
    const url = await listen();

    const answer = await fetch(`${url}/metrics`);

    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });
});

describe('POST /operators/codec/decode', () => {
  const clear = {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from('"for operators"'),
  };
  const base64 = (bytes: Uint8Array | null | undefined) =>
    Buffer.from(bytes ?? []).toString('base64');

  async function sealedBody(): Promise<string> {
    const [sealed] = await codec.encode([clear]);
    const entries = Object.entries(sealed?.metadata ?? {});
    const metadata = Object.fromEntries(entries.map(([name, value]) => [name, base64(value)]));
    return JSON.stringify({ payloads: [{ metadata, data: base64(sealed?.data) }] });
  }

  async function decode(url: string, headers: Record<string, string>) {
    const body = await sealedBody();
    return new Promise<{ status: number | undefined; origin: unknown; text: string }>(
      (resolve, reject) => {
        const sending = request(`${url}/operators/codec/decode`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
        });
        sending.on('error', reject).on('response', (response) => {
          let text = '';
          const origin = response.headers['access-control-allow-origin'];
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve({ status: response.statusCode, origin, text }));
        });
        sending.end(body);
      },
    );
  }

  test('the Temporal UI of this machine sees payloads in clear', async () => {
    const url = await listen({ operators: { codec, uiUrl } });

    const answer = await decode(url, { origin: 'http://localhost:8233' });

    expect(answer).toMatchObject({ status: 200, origin: 'http://localhost:8233' });
    expect(JSON.parse(answer.text)).toEqual({
      payloads: [
        { metadata: { encoding: base64(clear.metadata.encoding) }, data: base64(clear.data) },
      ],
    });
  });

  test('pages of other origins and other host names see nothing', async () => {
    const url = await listen({ operators: { codec, uiUrl } });

    expect((await decode(url, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await decode(url, { host: 'evil.test' })).status).toBe(403);
  });

  test('in production there is no codec', async () => {
    const url = await listen();

    expect((await decode(url, {})).status).toBe(404);
  });

  test.each(['{}', '{"payloads":[{"data":"*"}]}', '{not json'])(
    'the body %s is refused',
    async (body) => {
      const url = await listen({ operators: { codec, uiUrl } });

      const answer = await fetch(`${url}/operators/codec/decode`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });

      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toMatch(/at .*node_modules/);
    },
  );
});
