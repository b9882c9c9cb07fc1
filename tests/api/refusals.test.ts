/** Whatever is refused at the door of a business counts in that business, and keeps nobody out. */
import { createHash } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { hashPassword } from '../../api/auth/passwords.ts';
import { secondStep, totpOffer } from '../../api/auth/second-factor-schema.ts';
import { randomBase62 } from '../../api/auth/api-keys.ts';
import { createdApiKey } from '../../api/keys/schema.ts';
import { parseApiKey, renderApiKey } from '../../domain/auth/api-key.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const password = 'a long enough password';
const post = (path: string, json: object, token?: string) =>
  stage.fetch(path, { json, ...(token === undefined ? {} : { token }) });

interface Person extends Somebody {
  token: string;
}

async function aPerson(): Promise<Person> {
  const person = await aTenant(stage.database.db, { passwordHash: await hashPassword(password) });
  return { ...person, token: await stage.token(person) };
}

async function countedIn({ tenantId }: Somebody): Promise<number> {
  await stage.dependencies.refusals.flush();
  const subject = createHash('sha256').update(`tenant ${tenantId}`).digest();
  const rows = await stage.database.asOwner(
    'select count from platform.attempts where subject = $1',
    [subject],
  );
  return Number(rows[0]?.['count'] ?? 0);
}

async function aKey({ token }: Person, addresses: readonly string[] = []): Promise<string> {
  const json = { name: 'Till', scopes: ['transactions:read'], addresses };
  return createdApiKey.parse((await post('/v1/api-keys', json, token)).body).key;
}

async function withAnotherSecret(key: string): Promise<string> {
  const parsed = parseApiKey(key);
  if (parsed === undefined) throw new Error('a key we made is one');
  return renderApiKey({ ...parsed, secret: randomBase62(parsed.secret.length) });
}

/** Sets an authenticator app up and answers the token of a first step. */
async function firstStep({ email, token }: Person): Promise<string> {
  const offer = totpOffer.parse((await post('/v1/me/totp', { password }, token)).body);
  const code = new TOTP({ secret: Secret.fromBase32(offer.secret) }).generate();
  expect((await post('/v1/me/totp/confirm', { code }, token)).status).toBe(201);
  return secondStep.parse((await post('/v1/sessions', { email, password })).body).token;
}

const passkeyAnswer = {
  ...{ id: 'bm9ib2R5', rawId: 'bm9ib2R5', type: 'public-key', clientExtensionResults: {} },
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
};

const refused: readonly (readonly [string, (person: Person) => Promise<{ status: number }>])[] = [
  ['a password', ({ email }) => post('/v1/sessions', { email, password: 'wrong wrong' })],
  [
    'a password of somebody who is signed in',
    ({ token }) =>
      post('/v1/me/password', { currentPassword: 'wrong wrong', password: 'x'.repeat(14) }, token),
  ],
  [
    'a password before a factor is set up',
    ({ token }) => post('/v1/me/totp', { password: 'wrong wrong' }, token),
  ],
  [
    'a second factor shown again',
    ({ token }) => post('/v1/sessions/step-up', { code: '000000' }, token),
  ],
  [
    'a code at the door',
    async (person) =>
      post('/v1/sessions/second-factor', { token: await firstStep(person), code: 'AAAA-AAAA' }),
  ],
  [
    'a passkey at the door',
    async (person) => {
      const token = await firstStep(person);
      const asked = await post('/v1/sessions/passkey/options', { token });
      const { challengeId } = asked.body as { challengeId: string };
      return post('/v1/sessions/passkey', { token, challengeId, response: passkeyAnswer });
    },
  ],
  [
    'a key with another secret',
    async (person) =>
      stage.fetch('/v1/transactions', { token: await withAnotherSecret(await aKey(person)) }),
  ],
  [
    'a key from another address',
    async (person) =>
      stage.fetch('/v1/transactions', { token: await aKey(person, ['203.0.113.0/24']) }),
  ],
];

test.each(refused)('%s that is refused counts once in its business', async (_what, ask) => {
  const [person, neighbour] = [await aPerson(), await aPerson()];

  const { status } = await ask(person);

  expect(status).toBe(401);
  expect(await countedIn(person)).toBe(1);
  expect(await countedIn(neighbour)).toBe(0);
});

test('what nobody here has counts nowhere, and what is right does not count', async () => {
  const person = await aPerson();
  const key = await aKey(person);
  const before = await stage.database.asOwner(
    "select count(*)::int as n from platform.attempts where kind = 'tenant'",
  );

  const unknown = renderApiKey({
    ...{ environment: 'test', lookup: randomBase62(8), secret: randomBase62(43) },
  });
  expect((await stage.fetch('/v1/transactions', { token: unknown })).status).toBe(401);
  expect((await stage.fetch('/v1/transactions', { token: key })).status).toBe(200);

  expect(await countedIn(person)).toBe(0);
  const after = await stage.database.asOwner(
    "select count(*)::int as n from platform.attempts where kind = 'tenant'",
  );
  expect(after).toEqual(before);
});

test('a hundred keys tried within a second cost one row and are told once', async () => {
  const person = await aPerson();
  const wrong = await withAnotherSecret(await aKey(person));
  const told = () =>
    stage.logs.filter(
      (line) => line.includes('manyRefusalsInBusiness') && line.includes(person.tenantId),
    ).length;
  for (let round = 0; round < 10; round += 1) {
    const asked = Array.from({ length: 11 }, () =>
      stage.fetch('/v1/transactions', { token: wrong }),
    );
    for (const { status } of await Promise.all(asked)) expect(status).toBe(401);
  }

  await until(async () => (await countedIn(person)) === 110 && told() > 0);

  expect(told()).toBe(1);
  const noted = await stage.database.asOwner(
    "select actor from shared.audit_log where tenant_id = $1 and action = 'session.many-refused'",
    [person.tenantId],
  );
  expect(noted).toEqual([{ actor: 'service:auth' }]);
});
