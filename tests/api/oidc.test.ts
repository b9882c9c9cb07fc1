import { randomUUID } from 'node:crypto';
import { Secret as Base32, TOTP } from 'otpauth';
import { hashPassword } from '../../api/auth/passwords.ts';
import { oidcAddress } from '../../api/auth/oidc-schema.ts';
import { me, session, sessionList } from '../../api/auth/schema.ts';
import { secondStep, totpOffer } from '../../api/auth/second-factor-schema.ts';
import { environment } from '../../api/meta/schema.ts';
import { Secret } from '../../config.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import {
  oidcSecret,
  startDishonestProvider,
  startOidcProvider,
  visit,
  type DishonestProvider,
  type TestProvider,
} from '../support/oidc-provider.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let honest: TestProvider;
let dishonest: DishonestProvider;
beforeAll(async () => {
  honest = await startOidcProvider('http://api.test/login/callback');
  dishonest = await startDishonestProvider();
  const provider = (id: string, issuer: string) => ({
    ...{ id, issuer, name: `The ${id} one`, clientId: 'daftari' },
    clientSecret: new Secret(oidcSecret),
  });
  stage = await openApiStage({
    config: {
      identityProviders: [
        provider('honest', honest.issuer),
        provider('dishonest', dishonest.issuer),
        provider('away', 'http://127.0.0.1:1'),
      ],
    },
  });
});
afterAll(async () => {
  await stage.close();
  await honest.close();
  await dishonest.close();
});
/** Everybody here comes from one address, whose tries must not be counted over all tests. */
beforeEach(() => stage.database.asOwner('delete from platform.attempts'));

interface Left {
  url: URL;
  state: string;
  cookie: string;
}

async function leave(provider: string): Promise<Left> {
  const answer = await stage.fetch('/v1/sessions/oidc/options', { json: { provider } });
  expect(answer.status).toBe(201);
  const url = new URL(oidcAddress.parse(answer.body).url);
  const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  return { url, cookie, state: url.searchParams.get('state') ?? '' };
}

const comeBack = (json: object, cookie: string): Promise<Answer> =>
  stage.fetch('/v1/sessions/oidc', { json, headers: { cookie } });

interface Account {
  sub: string;
  email?: string;
  email_verified?: boolean | undefined;
}

const accountOf = (email: string): Account => ({ sub: randomUUID(), email, email_verified: true });

/** Signs in at the provider and returns what it put into the address. */
async function signInThere({ url }: Left, account: Account, change?: Record<string, string>) {
  const there = new URL(url);
  const hint = Buffer.from(JSON.stringify(account)).toString('base64url');
  const changed = { ...change, login_hint: hint };
  for (const [name, value] of Object.entries(changed)) there.searchParams.set(name, value);
  const { searchParams } = await visit(there.href);
  const read = (name: string) => searchParams.get(name) ?? '';
  return { state: read('state'), code: read('code'), iss: read('iss') };
}

async function signIn(account: Account): Promise<Answer> {
  const left = await leave('honest');
  return comeBack(await signInThere(left, account), left.cookie);
}

const failed = (answer: Answer) => expect(problemIn(answer).code).toBe('sign-in-elsewhere-failed');

const tokenIn = (answer: Answer) => session.parse(answer.body).accessToken;

async function whoIs(answer: Answer): Promise<string> {
  expect(answer.status).toBe(201);
  const found = await stage.fetch('/v1/me', { token: tokenIn(answer) });
  return me.parse(found.body).user.email;
}

async function methodsOf(answer: Answer): Promise<string[] | undefined> {
  const sessions = await stage.fetch('/v1/sessions', { token: tokenIn(answer) });
  return sessionList.parse(sessions.body).data.find(({ isCurrent }) => isCurrent)?.methods;
}

describe('signing in at another service', () => {
  let person: Somebody;
  beforeEach(async () => {
    person = await aTenant(stage.database.db);
  });

  test('the sign-in screen learns what there is, and nothing secret', async () => {
    const answer = await stage.fetch('/v1/environment');

    expect(environment.parse(answer.body).identityProviders).toContainEqual({
      id: 'honest',
      name: 'The honest one',
    });
    expect(answer.text).not.toContain(oidcSecret);
  });

  test('leads to the person with that confirmed address, whose session says how', async () => {
    const answer = await signIn(accountOf(person.email.toUpperCase()));

    expect(await whoIs(answer)).toBe(person.email);
    expect(await methodsOf(answer)).toEqual(['oidc']);
  });

  test('is listed for the person, who may end it with a fresh second factor', async () => {
    const account = accountOf(person.email);
    await signIn(account);
    const token = await stage.token(person);
    const stale = await stage.token(person, { hasSecondFactor: false });
    const other = await stage.token(await aTenant(stage.database.db));
    const path = '/v1/me/identities/honest';

    const listed = await stage.fetch('/v1/me/identities', { token });
    expect(listed.body).toMatchObject({ data: [{ provider: 'honest', name: 'The honest one' }] });
    const foreign = await stage.fetch('/v1/me/identities', { token: other });
    expect(foreign.body).toEqual({ data: [] });

    const refused = await stage.fetch(path, { method: 'DELETE', token: stale });
    expect(problemIn(refused).code).toBe('step-up-required');
    const notTheirs = await stage.fetch(path, { method: 'DELETE', token: other });
    expect(problemIn(notTheirs).code).toBe('not-found');
    expect((await stage.fetch(path, { method: 'DELETE', token })).status).toBe(204);

    const left = await stage.fetch('/v1/me/identities', { token });
    expect(left.body).toEqual({ data: [] });
    expect(problemIn(await stage.fetch(path, { method: 'DELETE', token })).code).toBe('not-found');
  });

  test('goes by the name of the account there, also when its address becomes another', async () => {
    const account = accountOf(person.email);
    await signIn(account);
    const other = await aTenant(stage.database.db);

    const answer = await signIn({ ...account, email: other.email });

    expect(await whoIs(answer)).toBe(person.email);
  });

  test('is in the audit log the first time', async () => {
    const account = accountOf(person.email);
    await signIn(account);
    await signIn(account);

    const rows = await stage.database.asOwner(
      `select action from shared.audit_log where tenant_id = $1 and action = 'identity.linked'`,
      [person.tenantId],
    );
    expect(rows).toHaveLength(1);
  });

  test.each([
    ['an address that is not confirmed', { email_verified: false }],
    ['no word on whether the address is confirmed', { email_verified: undefined }],
    ['the address of nobody here', { email: 'nobody@daftari.test' }],
  ])('%s leads nowhere and links nothing', async (_what, change) => {
    const account = accountOf(person.email);

    failed(await signIn({ ...account, ...change }));

    const rows = await stage.database.asOwner(
      'select from platform.identities where user_id = $1',
      [person.userId],
    );
    expect(rows).toEqual([]);
  });

  test('a person who was disabled stays out, linked or not', async () => {
    const account = accountOf(person.email);
    await signIn(account);
    await stage.database.asOwner(`update platform.users set status = 'disabled' where id = $1`, [
      person.userId,
    ]);

    failed(await signIn(account));
    failed(await signIn(accountOf(person.email)));
  });

  test('a person of a suspended business comes in, as with a password; of a closed one not', async () => {
    const account = accountOf(person.email);
    const become = (status: string) =>
      stage.database.asOwner('update platform.tenants set status = $2 where id = $1', [
        person.tenantId,
        status,
      ]);
    await become('suspended');
    expect(await whoIs(await signIn(account))).toBe(person.email);

    await become('closed');
    failed(await signIn(account));
  });

  test('a second factor is asked for all the same', async () => {
    const password = 'Ninapenda kahawa asubuhi';
    const careful = await aTenant(stage.database.db, {
      passwordHash: await hashPassword(password),
    });
    const token = await stage.token(careful);
    const offer = await stage.fetch('/v1/me/totp', { token, json: { password } });
    const { secret } = totpOffer.parse(offer.body);
    const app = new TOTP({ secret: Base32.fromBase32(secret) });
    await stage.fetch('/v1/me/totp/confirm', { token, json: { code: app.generate() } });

    const first = await signIn(accountOf(careful.email));
    expect(first.status).toBe(202);
    const step = secondStep.parse(first.body);
    const later = app.generate({ timestamp: Date.now() + 30_000 });
    const answer = await stage.fetch('/v1/sessions/second-factor', {
      json: { token: step.token, code: later },
    });

    expect(await whoIs(answer)).toBe(careful.email);
    expect(await methodsOf(answer)).toEqual(['oidc', 'otp', 'mfa']);
  });
});

describe('what comes back is refused', () => {
  let person: Somebody;
  let account: Account;
  beforeEach(async () => {
    person = await aTenant(stage.database.db);
    account = accountOf(person.email);
  });

  test('with a state nobody made', async () => {
    const left = await leave('honest');
    const back = await signInThere(left, account);

    failed(await comeBack({ ...back, state: randomUUID() }, left.cookie));
  });

  test('a second time', async () => {
    const left = await leave('honest');
    const back = await signInThere(left, account);

    const answers = await Promise.all([
      comeBack(back, left.cookie),
      comeBack(back, left.cookie),
      comeBack(back, left.cookie),
    ]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401, 401]);
  });

  test('in another browser, or in none that left', async () => {
    const [mine, yours] = [await leave('honest'), await leave('honest')];
    const back = await signInThere(mine, account);
    failed(await comeBack(back, yours.cookie));

    const again = await leave('honest');
    failed(await comeBack(await signInThere(again, account), ''));
  });

  test('with the state of one attempt and the code of another', async () => {
    const first = await leave('honest');
    const second = await leave('honest');
    const back = await signInThere(first, account);

    failed(await comeBack({ ...back, state: second.state }, second.cookie));
  });

  test('with a nonce that is not the one of this attempt', async () => {
    const left = await leave('honest');

    failed(await comeBack(await signInThere(left, account, { nonce: 'another' }), left.cookie));
  });

  test('with a code made for another proof key', async () => {
    const left = await leave('honest');
    const change = { code_challenge: 'A'.repeat(43) };

    failed(await comeBack(await signInThere(left, account, change), left.cookie));
  });

  test('with a code the provider does not know', async () => {
    const left = await leave('honest');
    const back = await signInThere(left, account);

    failed(await comeBack({ ...back, code: 'made-up' }, left.cookie));
  });

  test('in the name of another issuer', async () => {
    const left = await leave('honest');
    const back = await signInThere(left, account);

    failed(await comeBack({ ...back, iss: dishonest.issuer }, left.cookie));
  });

  test('later than ten minutes', async () => {
    const left = await leave('honest');
    const back = await signInThere(left, account);
    await stage.database.asOwner(
      `update platform.challenges set expires_at = now() - interval '1 second' where id = $1`,
      [left.state],
    );

    failed(await comeBack(back, left.cookie));
  });
});

describe('an id token is refused', () => {
  let person: Somebody;
  beforeEach(async () => {
    person = await aTenant(stage.database.db);
  });

  const seconds = () => Math.floor(Date.now() / 1000);

  async function told(change: Record<string, unknown>, isForged = false): Promise<Answer> {
    const left = await leave('dishonest');
    const claims = {
      ...{ iss: dishonest.issuer, aud: 'daftari', iat: seconds(), exp: seconds() + 60 },
      nonce: left.url.searchParams.get('nonce'),
      ...accountOf(person.email),
    };
    dishonest.say({ ...claims, ...change }, { isForged });
    return comeBack({ state: left.state, code: 'x', iss: dishonest.issuer }, left.cookie);
  }

  test('only for what is wrong with it: the unchanged one is good', async () => {
    expect(await whoIs(await told({}))).toBe(person.email);
  });

  test.each([
    ['of another issuer', () => ({ iss: 'https://accounts.example' })],
    ['of no issuer', () => ({ iss: undefined })],
    ['for another audience', () => ({ aud: 'somebody-else' })],
    ['for several audiences without saying which', () => ({ aud: ['daftari', 'somebody-else'] })],
    ['that expired', () => ({ iat: seconds() - 600, exp: seconds() - 300 })],
    ['that never expires', () => ({ exp: undefined })],
    ['with another nonce', () => ({ nonce: 'another' })],
    ['without a nonce', () => ({ nonce: undefined })],
    ['without a subject', () => ({ sub: undefined })],
    ['whose address is confirmed in words only', () => ({ email_verified: 'true' })],
    ['whose address is none', () => ({ email: 'not an address' })],
  ])('%s', async (_what, change) => {
    failed(await told(change()));
  });

  test('that somebody else signed', async () => {
    failed(await told({}, true));
  });
});

describe('a provider', () => {
  test('that is unknown is not found', async () => {
    const answer = await stage.fetch('/v1/sessions/oidc/options', { json: { provider: 'none' } });

    expect(problemIn(answer).code).toBe('not-found');
  });

  test('that is away is said to be away', async () => {
    const answer = await stage.fetch('/v1/sessions/oidc/options', { json: { provider: 'away' } });

    expect(problemIn(answer).code).toBe('unavailable');
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  test('that breaks in the middle is said to be away', async () => {
    const left = await leave('dishonest');
    dishonest.fail(503);
    const back = { state: left.state, code: 'x', iss: dishonest.issuer };

    expect(problemIn(await comeBack(back, left.cookie)).code).toBe('unavailable');
  });
});
