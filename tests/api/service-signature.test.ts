import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import {
  serviceKey,
  signRequest,
  stripInternalHeaders,
  verifyRequest,
  type SignedParts,
} from '../../api/auth/service-signature.ts';
import { callService } from '../../api/auth/service-call.ts';
import { createAdminApp } from '../../api/admin.ts';
import { mountInternal, signatureCheck, type InternalRoute } from '../../api/internal.ts';
import { rotateServiceKey, serviceKeyState } from '../../db/service-keys.ts';
import { httpServer } from '../../api/server.ts';
import { createTestDatabase, testKek, type TestDatabase } from '../support/database.ts';

let base: TestDatabase;
beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

const nowMs = 1_800_000_000_000;
const request: SignedParts = {
  method: 'POST',
  path: '/internal/usage?day=1',
  body: Buffer.from('{"a":1}'),
};
const caller = (service: string, generation = 1) => ({
  ...{ service, generation, key: serviceKey(testKek, service, generation) },
});

function verify(
  headers: Record<string, string>,
  more: Partial<SignedParts> & { nowMs?: number; callers?: string[] } = {},
) {
  const { nowMs: at = nowMs, callers = ['billing'], ...parts } = more;
  return verifyRequest(
    { ...request, ...parts, headers },
    {
      callers,
      ...signatureCheck({ db: base.db, kek: testKek }),
      nowMs: at,
    },
  );
}

describe('a call between services', () => {
  test('is known by its signature', async () => {
    await expect(verify(signRequest(request, caller('billing'), nowMs))).resolves.toBe('billing');
  });

  test('is good once', async () => {
    const headers = signRequest(request, caller('billing'), nowMs);

    const answers = await Promise.all([verify(headers), verify(headers), verify(headers)]);

    expect(answers.filter((service) => service === 'billing')).toHaveLength(1);
  });

  test.each([
    ['another body', { body: Buffer.from('{"a":2}') }],
    ['another path', { path: '/internal/usage?day=2' }],
    ['another method', { method: 'PUT' }],
    ['61 seconds later', { nowMs: nowMs + 61_000 }],
    ['61 seconds earlier', { nowMs: nowMs - 61_000 }],
    ['a route it may not call', { callers: ['webhooks'] }],
  ])('with %s is refused', async (_what, more) => {
    const headers = signRequest(request, caller('billing'), nowMs);

    await expect(verify(headers, more)).resolves.toBeUndefined();
  });

  test('under the name of another service is refused', async () => {
    const headers = signRequest(request, { ...caller('webhooks'), service: 'billing' }, nowMs);

    await expect(verify(headers)).resolves.toBeUndefined();
  });

  test.each(['service', 'key', 'timestamp', 'nonce', 'signature'])(
    'without its %s is refused',
    async (name) => {
      const { [`x-internal-${name}`]: _left, ...headers } = signRequest(
        request,
        caller('billing'),
        nowMs,
      );

      await expect(verify(headers)).resolves.toBeUndefined();
    },
  );

  test('from outside loses its headers at the edge', () => {
    const headers: Record<string, string> = {
      ...signRequest(request, caller('billing'), nowMs),
      accept: '*/*',
    };

    stripInternalHeaders(headers);

    expect(headers).toEqual({ accept: '*/*' });
  });
});

describe('the key of a service', () => {
  test('is replaced without a call being refused, and the old one is good for a while only', async () => {
    const service = 'rotated';
    const callers = [service];
    const sign = (generation: number) => signRequest(request, caller(service, generation), nowMs);
    await expect(verify(sign(2), { callers })).resolves.toBeUndefined();

    expect(await rotateServiceKey(base.db, service, 600)).toBe(2);

    await expect(verify(sign(1), { callers })).resolves.toBe(service);
    await expect(verify(sign(2), { callers })).resolves.toBe(service);
    await base.asOwner(`update platform.service_keys set made_at = now() - interval '601 seconds'`);
    await expect(verify(sign(1), { callers })).resolves.toBeUndefined();
    await expect(verify(sign(2), { callers })).resolves.toBe(service);
  });

  test('that was given away is refused as soon as there is another', async () => {
    await rotateServiceKey(base.db, 'leaky', 0);

    expect(await serviceKeyState(base.db, 'leaky')).toEqual({ current: 2, accepted: [2] });
  });

  test('cannot be taken for the one before or after it', async () => {
    await rotateServiceKey(base.db, 'counted', 600);
    const headers = signRequest(request, caller('counted', 1), nowMs);

    const answer = verify({ ...headers, 'x-internal-key': '2' }, { callers: ['counted'] });

    await expect(answer).resolves.toBeUndefined();
  });
});

describe('the private listener', () => {
  let server: Server;
  let url: URL;
  let asked = 0;
  const route: InternalRoute = {
    method: 'post',
    path: '/internal/keys/refresh',
    callers: ['house'],
    answer: async () => ({ asked: (asked += 1) }),
  };
  const world = () => ({ db: base.db, kek: testKek, now: Date.now });
  beforeAll(async () => {
    const app = createAdminApp({
      ...{ registry: new Registry(), required: {}, optional: {} },
      ...{ breakers: () => ({}), isStopping: () => false },
      internal: (express) =>
        mountInternal(express, [route], { ...signatureCheck(world()), now: Date.now }),
    });
    server = httpServer(app, 'http://api.test');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    url = new URL(`http://127.0.0.1:${port}${route.path}`);
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('answers the service a route names, also right after its key was replaced', async () => {
    await expect(callService(world(), { service: 'house', url })).resolves.toEqual({ asked: 1 });
    await rotateServiceKey(base.db, 'house', 600);
    await expect(callService(world(), { service: 'house', url })).resolves.toEqual({ asked: 2 });
  });

  test.each([
    ['another service', () => callService(world(), { service: 'billing', url })],
    [
      'another query than was signed for',
      async () => {
        const part = { method: 'POST', path: route.path, body: new Uint8Array() };
        const headers = signRequest(part, caller('house', 2), Date.now());
        const answer = await fetch(`${url.href}?x=1`, { method: 'POST', headers });
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
      },
    ],
    [
      'a body that was not signed',
      async () => {
        const part = { method: 'POST', path: route.path, body: new Uint8Array() };
        const headers = signRequest(part, caller('house', 2), Date.now());
        const answer = await fetch(url, { method: 'POST', headers, body: '{}' });
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
      },
    ],
    [
      'a route there is not',
      () => callService(world(), { service: 'house', url: new URL('/internal/x', url) }),
    ],
    [
      'somebody with a key of other secrets',
      () => callService({ ...world(), kek: randomBytes(32) }, { service: 'house', url }),
    ],
    [
      'a clock 61 seconds off',
      () => callService({ ...world(), now: () => Date.now() - 61_000 }, { service: 'house', url }),
    ],
  ])('refuses %s with 401', async (_what, call) => {
    const before = asked;

    await expect(call()).rejects.toThrow('answered 401');

    expect(asked).toBe(before);
  });
});
