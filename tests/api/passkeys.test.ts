/** Passkeys as a browser makes and uses them: Chromium with a virtual authenticator. */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { z } from 'zod';
import { hashPassword } from '../../api/auth/passwords.ts';
import { session } from '../../api/auth/schema.ts';
import { addedPasskey, passkeyChallenge, secondStep } from '../../api/auth/second-factor-schema.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import { serviceVariable } from '../support/services.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';

const origin = 'http://localhost';
const password = 'Ninapenda kahawa asubuhi';

let stage: ApiStage;
let browser: Browser;
let page: Page;
let cdp: CDPSession;
let authenticatorId: string;

beforeAll(async () => {
  stage = await openApiStage({ config: { publicUrl: origin } });
  const executablePath = serviceVariable('CHROMIUM_PATH');
  expect(existsSync(executablePath)).toBe(true);
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}, 60_000);
afterAll(async () => {
  await browser.close();
  await stage.close();
});

beforeEach(async () => {
  await stage.database.asOwner('delete from platform.attempts');
  const context = await browser.newContext();
  page = await context.newPage();
  // Nothing listens there: the page is blank, its origin is what counts.
  await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<p>' }));
  await page.goto(origin);
  cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const added = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  authenticatorId = added.authenticatorId;
});
afterEach(() => page.context().close());

const post = (path: string, json: object, token?: string) =>
  stage.fetch(path, { json, ...(token === undefined ? {} : { token }) });

const challengeIn = (answer: Answer) => passkeyChallenge.parse(answer.body);

/** What the dashboard does with the options of the server; text, because it runs in the page. */
function inPage(deed: 'create' | 'get', options: object): Promise<object> {
  const parse = deed === 'create' ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON';
  return page.evaluate(`navigator.credentials
    .${deed}({ publicKey: PublicKeyCredential.${parse}(${JSON.stringify(options)}) })
    .then((credential) => JSON.parse(JSON.stringify(credential)))`);
}
const create = (options: object) => inPage('create', options);
const use = (options: object) => inPage('get', options);

interface Holder extends Somebody {
  token: string;
  passkeyId: string;
  recoveryCodes: string[];
}

async function aHolder(): Promise<Holder> {
  const person = await aTenant(stage.database.db, { passwordHash: await hashPassword(password) });
  const signedIn = await post('/v1/sessions', { email: person.email, password });
  const token = session.parse(signedIn.body).accessToken;
  const asked = challengeIn(await post('/v1/me/passkeys/options', { password }, token));
  const response = await create(asked.options);
  const body = { challengeId: asked.challengeId, name: 'My phone', response };
  const added = await post('/v1/me/passkeys', body, token);
  expect(added.status).toBe(201);
  const { passkey, recoveryCodes } = addedPasskey.parse(added.body);
  return { ...person, token, passkeyId: passkey.id, recoveryCodes };
}

async function firstStep({ email }: Somebody): Promise<string> {
  const answer = await post('/v1/sessions', { email, password });
  const step = secondStep.parse(answer.body);
  expect(step.methods).toEqual(['passkey', 'recovery']);
  return step.token;
}

describe('a passkey', () => {
  test('is made, finishes a sign-in, and brings recovery codes along', async () => {
    const holder = await aHolder();
    expect(holder.recoveryCodes).toHaveLength(10);
    const token = await firstStep(holder);
    const asked = challengeIn(await post('/v1/sessions/passkey/options', { token }));

    const response = await use(asked.options);
    const answer = await post('/v1/sessions/passkey', {
      token,
      challengeId: asked.challengeId,
      response,
    });

    expect(answer.status).toBe(201);
    const { accessToken } = session.parse(answer.body);
    const factors = await stage.fetch('/v1/me/second-factors', { token: accessToken });
    expect(factors.body).toMatchObject({ isFresh: true });
  });

  test('signs in without a password', async () => {
    const holder = await aHolder();
    const { challengeId, options } = challengeIn(await post('/v1/sessions/passkey/options', {}));

    const answer = await post('/v1/sessions/passkey', {
      challengeId,
      response: await use(options),
    });

    expect(session.parse(answer.body).user.email).toBe(holder.email);
  });

  test('makes a session fresh again', async () => {
    const { token, userId } = await aHolder();
    await stage.database.asOwner(
      'update platform.sessions set second_factor_at = null where user_id = $1',
      [userId],
    );
    stage.dependencies.authentication.revokeAll();
    const asked = await stage.fetch('/v1/sessions/step-up/options', { method: 'POST', token });
    const { challengeId, options } = challengeIn(asked);

    const answer = await post(
      '/v1/sessions/step-up',
      { challengeId, response: await use(options) },
      token,
    );

    expect(answer.status).toBe(204);
    const renewed = await stage.fetch('/v1/me/recovery-codes', { method: 'POST', token });
    expect(renewed.status).toBe(201);
  });

  test('answers a challenge once', async () => {
    await aHolder();
    const { challengeId, options } = challengeIn(await post('/v1/sessions/passkey/options', {}));
    const response = await use(options);

    const [first, again] = [
      await post('/v1/sessions/passkey', { challengeId, response }),
      await post('/v1/sessions/passkey', { challengeId, response }),
    ];

    expect([first.status, problemIn(again).code]).toEqual([201, 'invalid-code']);
  });

  test('is refused from another origin of the same host', async () => {
    await aHolder();
    const { challengeId, options } = challengeIn(await post('/v1/sessions/passkey/options', {}));
    await page.goto('http://localhost:8081');

    const answer = await post('/v1/sessions/passkey', {
      challengeId,
      response: await use(options),
    });

    expect(problemIn(answer).code).toBe('invalid-code');
  });

  test('is refused when it was made for another host', async () => {
    const holder = await aHolder();
    const { challengeId, options } = challengeIn(
      await post('/v1/me/passkeys/options', { password }, holder.token),
    );
    await page.goto('http://other.localhost');
    const response = await create({
      ...options,
      rp: { id: 'other.localhost', name: 'Other' },
      excludeCredentials: [],
    });

    const answer = await post(
      '/v1/me/passkeys',
      { challengeId, name: 'Foreign', response },
      holder.token,
    );

    expect(problemIn(answer).code).toBe('invalid-code');
  });

  test('is refused when the person was not verified', async () => {
    await aHolder();
    const { challengeId, options } = challengeIn(await post('/v1/sessions/passkey/options', {}));
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });

    const response = await use({ ...options, userVerification: 'discouraged' });
    const answer = await post('/v1/sessions/passkey', { challengeId, response });

    expect(problemIn(answer).code).toBe('invalid-code');
  });

  test('that counts backwards is refused, and somebody is told', async () => {
    const { userId } = await aHolder();
    await stage.database.asOwner('update platform.passkeys set counter = 1000 where user_id = $1', [
      userId,
    ]);
    const { challengeId, options } = challengeIn(await post('/v1/sessions/passkey/options', {}));

    const answer = await post('/v1/sessions/passkey', {
      challengeId,
      response: await use(options),
    });

    expect(problemIn(answer).code).toBe('invalid-code');
    expect(stage.logs.join('\n')).toContain('passkeyCountedBack');
    const noted = await stage.database.asOwner(
      "select from shared.audit_log where action = 'passkey.counted-back' and object_id = $1",
      [userId],
    );
    expect(noted).toHaveLength(1);
  });

  test('of somebody else does not finish my sign-in', async () => {
    const mine = await aTenant(stage.database.db, { passwordHash: await hashPassword(password) });
    const other = await aHolder();
    await stage.database.asOwner(
      'insert into platform.totp_seeds (user_id, seed_sealed, confirmed_at) values ($1, $2, now())',
      [mine.userId, 'dft1.x'],
    );
    const step = await post('/v1/sessions', { email: mine.email, password });
    const { token } = secondStep.parse(step.body);
    const { challengeId, options } = challengeIn(
      await post('/v1/sessions/passkey/options', { token }),
    );

    const response = await use({ ...options, allowCredentials: [] });
    const answer = await post('/v1/sessions/passkey', { token, challengeId, response });

    expect(problemIn(answer).code).toBe('invalid-code');
    expect(other.email).not.toBe(mine.email);
  });

  test('once removed, signs nobody in', async () => {
    const holder = await aHolder();
    const { challengeId, options } = challengeIn(await post('/v1/sessions/passkey/options', {}));
    const response = await use(options);

    const removed = await stage.fetch(`/v1/me/passkeys/${holder.passkeyId}`, {
      method: 'DELETE',
      token: holder.token,
    });
    const answer = await post('/v1/sessions/passkey', { challengeId, response });

    expect([removed.status, problemIn(answer).code]).toEqual([204, 'invalid-code']);
  });

  test('a challenge to sign in is none to add a passkey', async () => {
    const holder = await aHolder();
    const { challengeId } = challengeIn(await post('/v1/sessions/passkey/options', {}));
    const asked = challengeIn(await post('/v1/me/passkeys/options', {}, holder.token));
    const response = await create({ ...asked.options, excludeCredentials: [] });

    const answer = await post(
      '/v1/me/passkeys',
      { challengeId, name: 'x', response },
      holder.token,
    );

    expect(z.object({ code: z.string() }).parse(answer.body).code).toBe('invalid-code');
  });
});
