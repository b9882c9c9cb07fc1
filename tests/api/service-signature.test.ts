import {
  serviceKey,
  signRequest,
  stripInternalHeaders,
  verifyRequest,
  type SignedParts,
} from '../../api/auth/service-signature.ts';
import { takeServiceNonce } from '../../db/service-nonces.ts';
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
const caller = (service: string) => ({ service, key: serviceKey(testKek, service) });

function verify(
  headers: Record<string, string>,
  more: Partial<SignedParts> & { nowMs?: number; callers?: string[] } = {},
) {
  const { nowMs: at = nowMs, callers = ['billing'], ...parts } = more;
  return verifyRequest(
    { ...request, ...parts, headers },
    {
      callers,
      keyOf: (service) => serviceKey(testKek, service),
      takeNonce: (service, nonce) => takeServiceNonce(base.db, service, nonce),
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
    const headers = signRequest(
      request,
      { service: 'billing', key: serviceKey(testKek, 'webhooks') },
      nowMs,
    );

    await expect(verify(headers)).resolves.toBeUndefined();
  });

  test.each(['service', 'timestamp', 'nonce', 'signature'])(
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
