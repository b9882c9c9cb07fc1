import {
  createHash,
  createHmac,
  generateKeyPairSync,
  randomUUID,
  type KeyObject,
} from 'node:crypto';
import { request } from 'node:http';
import jwt from 'jsonwebtoken';
import { hashPassword } from '../../api/auth/passwords.ts';
import { keySet, me, session } from '../../api/auth/schema.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

describe('POST /v1/sessions', () => {
  const password = 'a long enough password';

  async function aPerson(): Promise<Somebody> {
    return aTenant(stage.database.db, { passwordHash: await hashPassword(password) });
  }

  test('the right password gives a token that is good for ten minutes', async () => {
    const person = await aPerson();

    const answer = await stage.fetch('/v1/sessions', { json: { email: person.email, password } });

    expect(answer.status).toBe(201);
    const { accessToken, expiresInSeconds, user, tenant } = session.parse(answer.body);
    expect(expiresInSeconds).toBe(600);
    expect(user).toMatchObject({ email: person.email, role: 'owner' });
    expect(tenant.id).toBe(toPublicId('tenant', person.tenantId));
    expect((await stage.fetch('/v1/me', { token: accessToken })).status).toBe(200);
  });

  test('the address may be written in any case', async () => {
    const person = await aPerson();

    const answer = await stage.fetch('/v1/sessions', {
      json: { email: person.email.toUpperCase(), password },
    });

    expect(answer.status).toBe(201);
  });

  test('an unknown address and a wrong password are answered alike', async () => {
    const person = await aPerson();
    const attempt = (email: string) =>
      stage.fetch('/v1/sessions', { json: { email, password: 'wrong wrong wrong' } });

    const [wrong, unknown] = [await attempt(person.email), await attempt('nobody@daftari.test')];

    const { requestId: _a, ...first } = problemIn(wrong);
    const { requestId: _b, ...second } = problemIn(unknown);
    expect(first).toEqual(second);
    expect(first.code).toBe('invalid-credentials');
  });

  test('repeated failures slow an account down, known or not, even with the right password', async () => {
    const person = await aPerson();
    for (const email of [person.email, 'ghost@daftari.test']) {
      for (let tries = 0; tries < 5; tries += 1) {
        await stage.fetch('/v1/sessions', { json: { email, password: 'wrong wrong' } });
      }

      const answer = await stage.fetch('/v1/sessions', { json: { email, password } });

      expect(problemIn(answer).code).toBe('throttled');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('a hundred refusals in one business are told once, and keep nobody out', async () => {
    const person = await aPerson();
    const { tenantId } = person;
    const subject = createHash('sha256').update(`tenant ${tenantId}`).digest();
    await stage.database.asOwner(
      "insert into platform.attempts (kind, subject, count) values ('tenant', $1, 98)",
      [subject],
    );
    const wrong = { email: person.email, password: 'wrong wrong' };
    const told = () => stage.logs.filter((line) => line.includes('manyRefusalsInBusiness')).length;

    const counted = async () => {
      const rows = await stage.database.asOwner(
        'select count from platform.attempts where subject = $1',
        [subject],
      );
      return Number(rows[0]?.['count']);
    };

    const tellings: number[] = [];
    for (const count of [99, 100, 101]) {
      await stage.fetch('/v1/sessions', { json: wrong });
      await until(async () => (await counted()) === count && (count < 100 || told() > 0));
      tellings.push(told());
    }
    const right = await stage.fetch('/v1/sessions', { json: { email: person.email, password } });

    expect(tellings).toEqual([0, 1, 1]);
    expect(right.status).toBe(201);
    const noted = () =>
      stage.database.asOwner(
        "select actor from shared.audit_log where tenant_id = $1 and action = 'session.many-refused'",
        [tenantId],
      );
    await until(async () => (await noted()).length > 0);
    expect(await noted()).toEqual([{ actor: 'service:auth' }]);
  });

  test('unknown fields are refused with a pointer to each', async () => {
    const answer = await stage.fetch('/v1/sessions', {
      json: { email: 'a@b.c', password: 'x', role: 'owner', 'a/b': 1 },
    });

    expect(answer.status).toBe(422);
    expect(problemIn(answer).errors.map(({ pointer }) => pointer)).toEqual(['/role', '/a~1b']);
  });

  test('neither password nor address reaches the log', async () => {
    const person = await aPerson();
    await stage.fetch('/v1/sessions', {
      json: { email: person.email, password: 'hunter2hunter2' },
    });

    const logged = stage.logs.join('\n');
    expect(logged).toContain('signInRefused');
    expect(logged).not.toContain('hunter2hunter2');
    expect(logged).not.toContain(person.email);
  });
});

describe('GET /v1/me', () => {
  test('it names the person, the business and what the role allows', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody, 'auditor');

    const answer = await stage.fetch('/v1/me', { token });

    expect(answer.status).toBe(200);
    const { user, permissions } = me.parse(answer.body);
    expect(user.role).toBe('auditor');
    expect(permissions).toContain('transactions:export');
    expect(permissions).not.toContain('statements:write');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('a membership that ended gives no access any more', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    await stage.database.asOwner('delete from shared.members where user_id = $1', [
      somebody.userId,
    ]);

    const answer = await stage.fetch('/v1/me', { token });

    expect(problemIn(answer).code).toBe('unauthenticated');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('the role is the one of today, not the one in the token', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    await stage.database.asOwner("update shared.members set role = 'analyst' where user_id = $1", [
      somebody.userId,
    ]);

    const answer = await stage.fetch('/v1/me', { token });

    expect(me.parse(answer.body).user.role).toBe('analyst');
  });
});

describe('GET /.well-known/jwks.json', () => {
  test('it publishes public keys only, and the one that signs is among them', async () => {
    const answer = await stage.fetch('/.well-known/jwks.json');

    expect(answer.status).toBe(200);
    const { keys } = keySet.parse(answer.body);
    expect(keys.map(({ kid }) => kid)).toContain(stage.dependencies.authority.keys.active.kid);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  });
});

describe('tokens that are not ours', () => {
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  let good: { header: object; claims: Record<string, unknown> };

  beforeAll(async () => {
    const token = await stage.token(await stage.tenant());
    const decoded = jwt.decode(token, { complete: true });
    if (decoded === null || typeof decoded.payload === 'string') throw new Error('no token');
    good = { header: decoded.header, claims: decoded.payload };
  });

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = () => Math.floor(Date.now() / 1000);

  /** Signs with our own key, so that only the change itself can be the reason for the refusal. */
  function forged(header: object = {}, claims: object = {}, key?: KeyObject) {
    const { privateKey } = stage.dependencies.authority.keys.active;
    const payload = JSON.parse(JSON.stringify({ ...good.claims, ...claims }));
    return jwt.sign(payload, key ?? privateKey, {
      algorithm: 'RS256',
      header: { alg: 'RS256', ...good.header, ...header },
    });
  }

  const refused: readonly (readonly [string, () => string])[] = [
    ['algorithm none', () => `${part({ ...good.header, alg: 'none' })}.${part(good.claims)}.`],
    ['algorithm nOnE', () => `${part({ ...good.header, alg: 'nOnE' })}.${part(good.claims)}.AA`],
    ['an empty signature', () => forged().replace(/[^.]+$/, '')],
    ['HMAC with our public key', () => hmacToken()],
    ['a key of somebody else under our key id', () => forged({}, {}, foreign)],
    ['an elliptic signature under our key id', () => ecToken()],
    ['an unknown key id', () => forged({ kid: 'unknown' })],
    ['a key id that is a path', () => forged({ kid: '../../dev/null' })],
    ['a key id that is a list', () => forged({ kid: ['a'] })],
    ['an embedded key', () => forged({ jwk: { kty: 'RSA' } })],
    ['a key address', () => forged({ jku: 'https://evil.test/keys' })],
    ['a certificate address', () => forged({ x5u: 'https://evil.test/cert' })],
    ['a certificate chain', () => forged({ x5c: ['AAAA'] })],
    ['an unknown critical header', () => forged({ crit: ['b64'], b64: false })],
    ['another kind of token', () => forged({ typ: 'refresh+jwt' })],
    ['no expiry', () => forged({}, { exp: undefined })],
    ['an expiry in words', () => expiryInWords()],
    ['an expiry in the far future', () => forged({}, { exp: 1e20 })],
    ['a life of more than 15 minutes', () => forged({}, { exp: seconds() + 16 * 60 })],
    ['expiry 31 seconds ago', () => forged({}, { iat: seconds() - 600, exp: seconds() - 31 })],
    ['an issue time in the future', () => forged({}, { iat: seconds() + 90 })],
    ['a not-before in the future', () => forged({}, { nbf: seconds() + 90 })],
    ['no audience', () => forged({}, { aud: undefined })],
    ['a list of audiences', () => forged({}, { aud: ['daftari-api', 'other'] })],
    ['another audience', () => forged({}, { aud: 'daftari-refresh' })],
    ['an issuer with a slash more', () => forged({}, { iss: 'http://api.test/' })],
    ['an edited payload', () => withPayload(part({ ...good.claims, role: 'finance' }))],
    ['a truncated signature', () => forged().slice(0, -8)],
    ['padding', () => `${forged()}=`],
    ['four parts', () => `${forged()}.AAAA`],
    ['two parts', () => forged().split('.').slice(0, 2).join('.')],
    ['the other base64 alphabet', () => forged().replace(/[-_]/, '+')],
    [
      'a repeated claim',
      () => withPayload(Buffer.from('{"sub":"a","sub":"b"}').toString('base64url')),
    ],
    ['more than 4 kB', () => forged({}, { jti: 'x'.repeat(4000) })],
    [
      'a user that is no user id',
      () => forged({}, { sub: toPublicId('tenant', id('tenant', randomUUID())) }),
    ],
  ];

  function hmacToken(): string {
    const { publicKey } = stage.dependencies.authority.keys.active;
    const signed = `${part({ ...good.header, alg: 'HS256' })}.${part(good.claims)}`;
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
  }

  function ecToken(): string {
    const header = { ...good.header, alg: 'ES256' as const };
    return jwt.sign(good.claims, curve, { algorithm: 'ES256', header });
  }

  function expiryInWords(): string {
    return withPayload(part({ ...good.claims, exp: String(seconds() + 600) }));
  }

  function withPayload(payload: string): string {
    const [header, , signature] = forged().split('.');
    return `${header}.${payload}.${signature}`;
  }

  test('the unchanged token is good, so that each change alone is what is refused', async () => {
    expect((await stage.fetch('/v1/me', { token: forged() })).status).toBe(200);
  });

  test.each(refused)('%s is refused', async (_what, token) => {
    const answer = await stage.fetch('/v1/me', { token: token() });

    expect(problemIn(answer).code).toBe('unauthenticated');
  });

  test('the scheme may be written in any case, and is required', async () => {
    const headers = (value: string) => ({ headers: { authorization: value } });

    expect((await stage.fetch('/v1/me', headers(`bearer ${forged()}`))).status).toBe(200);
    expect((await stage.fetch('/v1/me', headers(forged()))).status).toBe(401);
    expect((await stage.fetch('/v1/me', headers(`Basic ${forged()}`))).status).toBe(401);
  });

  test('two Authorization headers are a malformed request', async () => {
    const status = await new Promise((resolve, reject) => {
      const value = `Bearer ${forged()}`;
      const headers = { Authorization: [value, value] };
      request(`${stage.baseUrl}/v1/me`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });

    expect(status).toBe(400);
  });
});
