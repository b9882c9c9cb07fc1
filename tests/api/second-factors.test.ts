import { Secret, TOTP } from 'otpauth';
import { hashPassword } from '../../api/auth/passwords.ts';
import { session } from '../../api/auth/schema.ts';
import {
  recoveryCodes,
  secondFactors,
  secondStep,
  totpOffer,
} from '../../api/auth/second-factor-schema.ts';
import { stepOf } from '../../api/auth/totp.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';

let stage: ApiStage;
/** Moved by the tests that are about time. */
let offsetMs = 0;
beforeAll(async () => {
  stage = await openApiStage({ world: { now: () => Date.now() + offsetMs } });
});
afterAll(() => stage.close());
afterEach(() => {
  offsetMs = 0;
});
beforeEach(() => stage.database.asOwner("delete from platform.attempts where kind = 'address'"));

const password = 'Ninapenda kahawa asubuhi';
const post = (path: string, json: object, token?: string) =>
  stage.fetch(path, { json, ...(token === undefined ? {} : { token }) });

function codeAt(secret: string, steps = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return totp.generate({ timestamp: Date.now() + offsetMs + steps * 30_000 });
}

/** As if the codes of this half minute had not been used. */
function forgetStep(userId: string) {
  return stage.database.asOwner('update platform.totp_seeds set last_step = 0 where user_id = $1', [
    userId,
  ]);
}

interface Enrolled extends Somebody {
  token: string;
  secret: string;
  codes: string[];
}

async function aPerson(): Promise<Somebody & { token: string }> {
  const person = await aTenant(stage.database.db, { passwordHash: await hashPassword(password) });
  const answer = await post('/v1/sessions', { email: person.email, password });
  return { ...person, token: session.parse(answer.body).accessToken };
}

/** Somebody whose authenticator app is in force; the next code belongs to the next step. */
async function enrolled(): Promise<Enrolled> {
  const person = await aPerson();
  const offer = await post('/v1/me/totp', { password }, person.token);
  const { secret } = totpOffer.parse(offer.body);
  const confirm = await post('/v1/me/totp/confirm', { code: codeAt(secret) }, person.token);
  const { recoveryCodes: codes } = recoveryCodes.parse(confirm.body);
  await forgetStep(person.userId);
  return { ...person, secret, codes };
}

async function firstStep(email: string): Promise<string> {
  const answer = await post('/v1/sessions', { email, password });
  expect(answer.status).toBe(202);
  return secondStep.parse(answer.body).token;
}

const secondStepWith = (token: string, code: string) =>
  post('/v1/sessions/second-factor', { token, code });

describe('codes by time', () => {
  // RFC 6238, appendix B, SHA-1; the last six of the eight digits there.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %d seconds the code of the standard is %s', (seconds, code) => {
    const seed = Secret.fromUTF8('12345678901234567890').base32;

    expect(stepOf(seed, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });
});

describe('signing in with an authenticator app', () => {
  test('the password alone opens nothing, the code finishes it', async () => {
    const { email, secret } = await enrolled();
    const pending = await firstStep(email);

    expect((await stage.fetch('/v1/me', { token: pending })).status).toBe(401);
    const answer = await secondStepWith(pending, codeAt(secret));

    expect(answer.status).toBe(201);
    const { accessToken } = session.parse(answer.body);
    expect((await stage.fetch('/v1/me', { token: accessToken })).status).toBe(200);
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split('=')[0]);
    expect(cookies).toEqual(['daftari-refresh-80', 'daftari-device-80']);
  });

  test('a code is accepted once, and none of an earlier step after it', async () => {
    const { email, secret } = await enrolled();
    const [first, second, third] = [
      await firstStep(email),
      await firstStep(email),
      await firstStep(email),
    ];
    const code = codeAt(secret);
    const earlier = codeAt(secret, -1);

    expect((await secondStepWith(first, code)).status).toBe(201);
    expect(problemIn(await secondStepWith(second, code)).code).toBe('invalid-code');
    expect(problemIn(await secondStepWith(third, earlier)).code).toBe('invalid-code');
  });

  test('of the same code at once, one wins', async () => {
    const { email, secret } = await enrolled();
    const pending = [await firstStep(email), await firstStep(email), await firstStep(email)];

    const answers = await Promise.all(
      pending.map((token) => secondStepWith(token, codeAt(secret))),
    );

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test.each([
    ['two steps ahead', (secret: string) => codeAt(secret, 2)],
    ['two steps behind', (secret: string) => codeAt(secret, -2)],
    ['five digits', (secret: string) => codeAt(secret).slice(1)],
    ['seven digits', (secret: string) => `${codeAt(secret)}0`],
    ['digits of another script', (secret: string) => `${codeAt(secret).slice(1)}٣`],
  ])('a code with %s is refused', async (_what, code) => {
    const { email, secret } = await enrolled();

    const answer = await secondStepWith(await firstStep(email), code(secret));

    expect(problemIn(answer).code).toBe('invalid-code');
  });

  test('a step to the side is taken, for clocks that are a little off', async () => {
    const { email, secret } = await enrolled();

    expect((await secondStepWith(await firstStep(email), codeAt(secret, 1))).status).toBe(201);
  });

  test('five wrong codes in five minutes are all there are, whatever the sixth is', async () => {
    const { email, secret } = await enrolled();
    const pending = await firstStep(email);
    for (let tries = 0; tries < 5; tries += 1) await secondStepWith(pending, '000000');

    const answer = await secondStepWith(pending, codeAt(secret));

    expect(problemIn(answer).code).toBe('throttled');
  });

  test('the token of the first step finishes one sign-in, and only for five minutes', async () => {
    const { email, secret, userId } = await enrolled();
    const [used, late] = [await firstStep(email), await firstStep(email)];
    await secondStepWith(used, codeAt(secret));

    await forgetStep(userId);
    expect(problemIn(await secondStepWith(used, codeAt(secret))).code).toBe('unauthenticated');
    offsetMs = 301_000;
    expect(problemIn(await secondStepWith(late, codeAt(secret))).code).toBe('unauthenticated');
  });

  test('an access token is no token of the first step', async () => {
    const { token, secret } = await enrolled();

    expect(problemIn(await secondStepWith(token, codeAt(secret))).code).toBe('unauthenticated');
  });
});

describe('recovery codes', () => {
  test('there are ten, each signs in once, however it is typed', async () => {
    const { email, codes, token } = await enrolled();
    const [code = ''] = codes;
    expect(new Set(codes).size).toBe(10);
    expect(code).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);

    const typed = code.replaceAll('-', ' ').toUpperCase();
    expect((await secondStepWith(await firstStep(email), typed)).status).toBe(201);
    const again = await secondStepWith(await firstStep(email), code);

    expect(problemIn(again).code).toBe('invalid-code');
    const factors = await stage.fetch('/v1/me/second-factors', { token });
    expect(secondFactors.parse(factors.body).recoveryCodesLeft).toBe(9);
  });

  test('new ones replace the old ones', async () => {
    const { email, codes, token } = await enrolled();

    const renewed = await post('/v1/me/recovery-codes', {}, token);
    const answer = await stage.fetch('/v1/me/recovery-codes', { method: 'POST', token });

    expect([renewed.status, answer.status]).toEqual([201, 201]);
    const old = await secondStepWith(await firstStep(email), codes[1] ?? '');
    expect(problemIn(old).code).toBe('invalid-code');
  });

  test('they are stored as keyed hashes, seeds sealed', async () => {
    const { codes, secret, userId } = await enrolled();

    const rows = await stage.database.asOwner(
      `select code_hash::text as hash, seed_sealed as seed from platform.recovery_codes
       join platform.totp_seeds using (user_id) where user_id = $1`,
      [userId],
    );

    const stored = JSON.stringify(rows);
    expect(rows).toHaveLength(10);
    expect(stored).not.toContain(secret);
    expect(codes.some((code) => stored.includes(code))).toBe(false);
  });
});

describe('setting up an authenticator app', () => {
  test('the password is asked for, so that a stolen token locks nobody out', async () => {
    const { token } = await aPerson();

    const without = await post('/v1/me/totp', {}, token);
    const wrong = await post('/v1/me/totp', { password: 'a wrong guess' }, token);

    expect([problemIn(without).code, problemIn(wrong).code]).toEqual([
      'invalid-credentials',
      'invalid-credentials',
    ]);
  });

  test('it is not in force before a code was shown', async () => {
    const person = await aPerson();
    await post('/v1/me/totp', { password }, person.token);

    const wrong = await post('/v1/me/totp/confirm', { code: '000000' }, person.token);

    expect(problemIn(wrong).code).toBe('invalid-code');
    expect((await post('/v1/sessions', { email: person.email, password })).status).toBe(201);
  });

  test('other sessions end, this one goes on and counts as fresh', async () => {
    const person = await aPerson();
    const other = await post('/v1/sessions', { email: person.email, password });
    const offer = totpOffer.parse((await post('/v1/me/totp', { password }, person.token)).body);
    await post('/v1/me/totp/confirm', { code: codeAt(offer.secret) }, person.token);

    const token = session.parse(other.body).accessToken;
    expect((await stage.fetch('/v1/me', { token })).status).toBe(401);
    const mine = await stage.fetch('/v1/me/second-factors', { token: person.token });
    expect(secondFactors.parse(mine.body)).toMatchObject({ isFresh: true, recoveryCodesLeft: 10 });
  });

  test('with one in force, a change needs a fresh factor', async () => {
    const { token, userId } = await enrolled();
    await stage.database.asOwner(
      "update platform.sessions set second_factor_at = now() - interval '6 minutes' where user_id = $1",
      [userId],
    );
    stage.dependencies.authentication.revokeAll();

    const remove = await stage.fetch('/v1/me/totp', { method: 'DELETE', token });
    const add = await post('/v1/me/passkeys/options', { password }, token);

    expect([problemIn(remove).code, problemIn(add).code]).toEqual([
      'step-up-required',
      'step-up-required',
    ]);
  });

  test('once removed, the password signs in alone again and the recovery codes are gone', async () => {
    const { token, email, userId } = await enrolled();

    const answer = await stage.fetch('/v1/me/totp', { method: 'DELETE', token });

    expect(answer.status).toBe(204);
    expect((await post('/v1/sessions', { email, password })).status).toBe(201);
    const mine = await stage.fetch('/v1/me/second-factors', { token });
    expect(secondFactors.parse(mine.body)).toMatchObject({ recoveryCodesLeft: 0 });
    const audit = await stage.database.asOwner(
      "select action from shared.audit_log where action like 'totp.%' and object_id = $1 order by seq",
      [userId],
    );
    expect(audit).toEqual([{ action: 'totp.add' }, { action: 'totp.remove' }]);
  });
});

describe('POST /v1/sessions/step-up', () => {
  const stale = (userId: string) =>
    stage.database
      .asOwner('update platform.sessions set second_factor_at = null where user_id = $1', [userId])
      .then(() => stage.dependencies.authentication.revokeAll());

  test('a code makes the session fresh for five minutes', async () => {
    const { token, secret, userId } = await enrolled();
    await stale(userId);
    const renew = () => stage.fetch('/v1/me/recovery-codes', { method: 'POST', token });
    expect(problemIn(await renew()).code).toBe('step-up-required');

    expect((await post('/v1/sessions/step-up', { code: codeAt(secret) }, token)).status).toBe(204);
    expect((await renew()).status).toBe(201);
    await stage.database.asOwner(
      "update platform.sessions set second_factor_at = second_factor_at - interval '301 seconds' where user_id = $1",
      [userId],
    );
    stage.dependencies.authentication.revokeAll();

    expect(problemIn(await renew()).code).toBe('step-up-required');
  });

  test('a password does not do for somebody with a second factor', async () => {
    const { token } = await enrolled();

    const answer = await post('/v1/sessions/step-up', { password }, token);

    expect(problemIn(answer).code).toBe('second-factor-missing');
  });

  test('outside production a password does for somebody without one', async () => {
    const { token } = await aPerson();

    const wrong = await post('/v1/sessions/step-up', { password: 'a wrong guess' }, token);
    const right = await post('/v1/sessions/step-up', { password }, token);

    expect([problemIn(wrong).code, right.status]).toEqual(['invalid-code', 204]);
  });

  test('in production it never does', async () => {
    const production = await openApiStage({ config: { profile: 'production' } });
    const person = await aTenant(production.database.db, {
      passwordHash: await hashPassword(password),
    });
    const signedIn = await production.fetch('/v1/sessions', {
      json: { email: person.email, password },
    });
    const token = session.parse(signedIn.body).accessToken;

    const answer = await production.fetch('/v1/sessions/step-up', { json: { password }, token });

    expect(problemIn(answer).code).toBe('second-factor-missing');
    await production.close();
  });

  test('a session that showed nothing is not fresh, whatever its token says', async () => {
    const token = await stage.token(await stage.tenant(), { hasSecondFactor: false });

    const answer = await stage.fetch('/v1/me/totp', { method: 'DELETE', token });

    expect(problemIn(answer).code).toBe('step-up-required');
  });
});
