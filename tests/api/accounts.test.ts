import { hashPassword } from '../../api/auth/passwords.ts';
import { session } from '../../api/auth/schema.ts';
import { startMailer } from '../../activities/mailer.ts';
import { Secret } from '../../config.ts';
import {
  startMailCatcher,
  type CaughtMail,
  type MailCatcher,
} from '../../simulators/mail/catcher.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aTenant } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
let catcher: MailCatcher;
let mailer: ReturnType<typeof startMailer>;

beforeAll(async () => {
  stage = await openApiStage();
  catcher = await startMailCatcher();
  mailer = startMailer({
    ...{ db: stage.database.db, telemetry: stage.dependencies.telemetry },
    failpoint: async () => {},
    config: {
      mail: { smtpUrl: new Secret(catcher.smtpUrl), from: 'Daftari <no-reply@daftari.test>' },
    },
  });
});
afterAll(async () => {
  await mailer.stop();
  await catcher.close();
  await stage.close();
});
/** Every test comes from an address of its own, as far as counting goes. */
beforeEach(() => stage.database.asOwner("delete from platform.attempts where kind <> 'account'"));

const password = 'Ninapenda kahawa asubuhi';
let number = 0;
const freshEmail = () => `person${(number += 1)}@example.com`;
const body = (more: object = {}) => ({
  ...{ email: freshEmail(), password, name: 'Wanjiku Kamau', business: 'Kamau Hardware' },
  ...more,
});
const post = (path: string, json: object, token?: string) =>
  stage.fetch(path, { json, ...(token === undefined ? {} : { token }) });

async function mailTo(address: string, subject: RegExp): Promise<CaughtMail> {
  const find = () =>
    catcher.mails().findLast((mail) => mail.to === address && subject.test(mail.subject));
  await until(() => find() !== undefined, { withinMs: 20_000 });
  const mail = find();
  if (mail === undefined) throw new Error('no mail');
  return mail;
}

const secretOf = (mail: CaughtMail) => /#([\w-]{43})/.exec(mail.text)?.[1] ?? '';

async function aMember(): Promise<{ email: string; userId: string; token: string }> {
  const person = await aTenant(stage.database.db, { passwordHash: await hashPassword(password) });
  const answer = await post('/v1/sessions', { email: person.email, password });
  return { ...person, token: session.parse(answer.body).accessToken };
}

describe('POST /v1/registrations', () => {
  test('the link in the mail opens a business whose owner can sign in', async () => {
    const asked = body({ locale: 'sw' });

    const answer = await post('/v1/registrations', asked);
    const mail = await mailTo(asked.email, /Thibitisha/);
    const early = await post(
      '/v1/sessions',
      asked.email === '' ? {} : { email: asked.email, password },
    );
    const verified = await post('/v1/registrations/verify', { token: secretOf(mail) });

    expect([answer.status, early.status, verified.status]).toEqual([202, 401, 201]);
    const signedIn = await post('/v1/sessions', { email: asked.email, password });
    const { user, tenant } = session.parse(signedIn.body);
    expect(user).toMatchObject({ name: 'Wanjiku Kamau', role: 'owner', locale: 'sw' });
    expect(tenant.name).toBe('Kamau Hardware');
    expect(mail.text).toContain('http://api.test/verify#');
  });

  test('a link works once', async () => {
    const asked = body();
    await post('/v1/registrations', asked);
    const token = secretOf(await mailTo(asked.email, /Confirm/));

    await post('/v1/registrations/verify', { token });
    const again = await post('/v1/registrations/verify', { token });

    expect(problemIn(again).code).toBe('link-invalid');
  });

  test('an address that is taken gets the same answer, and its owner a mail', async () => {
    const { email } = await aMember();

    const taken = await post('/v1/registrations', body({ email: email.toUpperCase() }));
    const free = await post('/v1/registrations', body());

    expect([taken.status, free.status]).toEqual([202, 202]);
    expect(Object.keys(taken.body as object)).toEqual(Object.keys(free.body as object));
    await mailTo(email, /already/);
  });

  test('whoever signs up first with an address of somebody else has no account', async () => {
    const email = freshEmail();
    await post('/v1/registrations', body({ email, password: 'the password of a thief' }));
    await mailTo(email, /Confirm/);
    await post('/v1/registrations', body({ email }));
    await until(() => catcher.mails().filter((mail) => mail.to === email).length === 2);
    const mine = catcher.mails().findLast((mail) => mail.to === email);

    await post('/v1/registrations/verify', { token: mine === undefined ? '' : secretOf(mine) });

    const thief = await post('/v1/sessions', { email, password: 'the password of a thief' });
    expect(problemIn(thief).code).toBe('invalid-credentials');
    expect((await post('/v1/sessions', { email, password })).status).toBe(201);
  });

  test.each([
    ['a short password', { password: 'short' }, '/password', /too-short/],
    ['a common password', { password: 'qwertyuiop1234' }, '/password', /too-common/],
    [
      'a line break in the address',
      { email: 'a@example.com\r\nBcc: b@example.com' },
      '/email',
      /address/,
    ],
    ['a look-alike address', { email: 'аdmin@example.com' }, '/email', /address/],
    ['320 characters of address', { email: `${'a'.repeat(320)}@example.com` }, '/email', /./],
    ['a line break in the name', { name: 'A\nSubject: x' }, '/name', /line/],
    ['a right-to-left override', { business: 'A\u202eB' }, '/business', /line/],
  ])('%s is refused by its field', async (_what, more, pointer, detail) => {
    const answer = await post('/v1/registrations', body(more));

    expect(answer.status).toBe(422);
    const [error] = problemIn(answer).errors;
    expect(error?.pointer).toBe(pointer);
    expect(error?.detail).toMatch(detail);
  });

  test('a flood from one address is refused, a flood to one mailbox is silent', async () => {
    const email = freshEmail();
    const answers = [];
    for (let tries = 0; tries < 21; tries += 1) {
      answers.push((await post('/v1/password-resets', { email })).status);
    }

    expect(answers.slice(0, 20)).toEqual(Array<number>(20).fill(202));
    expect(answers[20]).toBe(429);
  });

  test('the Host header of a request never gets into a mail', async () => {
    const asked = body();
    await stage.fetch('/v1/registrations', {
      json: asked,
      headers: { 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' },
    });

    expect((await mailTo(asked.email, /Confirm/)).text).not.toContain('evil.test');
  });
});

describe('POST /v1/password-resets', () => {
  test('the link sets a new password, ends every session and signs nobody in', async () => {
    const { email, token } = await aMember();
    await post('/v1/password-resets', { email });
    const link = secretOf(await mailTo(email, /new password/));
    const better = 'Kahawa bora kuliko chai';

    const answer = await post('/v1/password-resets/complete', { token: link, password: better });

    expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, []]);
    expect((await stage.fetch('/v1/me', { token })).status).toBe(401);
    expect((await post('/v1/sessions', { email, password })).status).toBe(401);
    expect((await post('/v1/sessions', { email, password: better })).status).toBe(201);
    await mailTo(email, /was changed/);
    const again = await post('/v1/password-resets/complete', { token: link, password: better });
    expect(problemIn(again).code).toBe('link-invalid');
  });

  test('known and unknown addresses are answered alike and as slowly', async () => {
    const { email } = await aMember();
    const timed = async (address: string) => {
      const startedAt = performance.now();
      const { status } = await post('/v1/password-resets', { email: address });
      return { status, ms: performance.now() - startedAt };
    };

    const [known, unknown] = [await timed(email), await timed(freshEmail())];

    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(Math.min(known.ms, unknown.ms)).toBeGreaterThan(240);
  });

  test('an older link is void, and twenty minutes void the newest', async () => {
    const { email, userId } = await aMember();
    await post('/v1/password-resets', { email });
    const first = secretOf(await mailTo(email, /new password/));
    await post('/v1/password-resets', { email });
    await until(() => catcher.mails().filter((mail) => mail.to === email).length === 2);
    const second = secretOf(await mailTo(email, /new password/));
    const use = (token: string) =>
      post('/v1/password-resets/complete', { token, password: 'Kahawa bora kuliko chai' });

    expect(problemIn(await use(first)).code).toBe('link-invalid');
    const [row] = await stage.database.asOwner(
      `update platform.email_links set expires_at = now() where user_id = $1 and used_at is null
       returning extract(epoch from expires_at - created_at)::int < 1200 as "isShort"`,
      [userId],
    );
    expect(row).toEqual({ isShort: true });
    expect(problemIn(await use(second)).code).toBe('link-invalid');
  });

  test('a weak password does not use the link up', async () => {
    const { email } = await aMember();
    await post('/v1/password-resets', { email });
    const token = secretOf(await mailTo(email, /new password/));

    const weak = await post('/v1/password-resets/complete', { token, password: 'short' });
    const good = await post('/v1/password-resets/complete', {
      token,
      password: 'Kahawa bora kuliko chai',
    });

    expect([weak.status, good.status]).toEqual([422, 204]);
  });

  test('a link to confirm an address sets no password, and the other way round', async () => {
    const asked = body();
    await post('/v1/registrations', asked);
    const confirm = secretOf(await mailTo(asked.email, /Confirm/));
    const { email } = await aMember();
    await post('/v1/password-resets', { email });
    const set = secretOf(await mailTo(email, /new password/));

    const one = await post('/v1/password-resets/complete', { token: confirm, password });
    const other = await post('/v1/registrations/verify', { token: set });

    expect([problemIn(one).code, problemIn(other).code]).toEqual(['link-invalid', 'link-invalid']);
  });
});

describe('POST /v1/me/password', () => {
  test('it ends the other sessions and keeps this one', async () => {
    const { email, token } = await aMember();
    const other = session.parse((await post('/v1/sessions', { email, password })).body).accessToken;

    const answer = await post(
      '/v1/me/password',
      { currentPassword: password, password: 'Kahawa bora kuliko chai' },
      token,
    );

    expect(answer.status).toBe(204);
    expect((await stage.fetch('/v1/me', { token })).status).toBe(200);
    expect((await stage.fetch('/v1/me', { token: other })).status).toBe(401);
  });

  test('the current password is asked for, and guessing it is slowed down', async () => {
    const { token } = await aMember();
    const guess = () =>
      post('/v1/me/password', { currentPassword: 'a wrong guess', password }, token);
    const codes = [];
    for (let tries = 0; tries < 6; tries += 1) codes.push(problemIn(await guess()).code);

    expect(codes).toEqual([...Array<string>(5).fill('invalid-credentials'), 'throttled']);
  });
});

describe('throttling', () => {
  test('a flushed Redis and a restarted process forget nothing', async () => {
    const { email } = await aMember();
    const guess = () => post('/v1/sessions', { email, password: 'a wrong guess' });
    for (let tries = 0; tries < 5; tries += 1) await guess();

    // Only what is ours: other suites use the same server.
    const keys = await stage.dependencies.redis.keys('*auth*');
    if (keys.length > 0) await stage.dependencies.redis.del(...keys);

    expect(problemIn(await guess()).code).toBe('throttled');
    const [counted] = await stage.database.asOwner(
      "select count from platform.attempts where kind = 'account' order by last_at desc limit 1",
    );
    expect(counted).toEqual({ count: 5 });
  });

  test('a hundred guesses at once are counted like a hundred in a row', async () => {
    const { email } = await aMember();
    const guess = () => post('/v1/sessions', { email, password: 'a wrong guess' });

    const answers = await Promise.all(Array.from({ length: 40 }, guess));

    const checked = answers.filter(({ status }) => status === 401);
    expect(checked).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35);
  });

  test('the right password clears the count', async () => {
    const { email } = await aMember();
    for (let tries = 0; tries < 4; tries += 1) {
      await post('/v1/sessions', { email, password: 'a wrong guess' });
    }
    expect((await post('/v1/sessions', { email, password })).status).toBe(201);

    const answer = await post('/v1/sessions', { email, password: 'a wrong guess' });

    expect(problemIn(answer).code).toBe('invalid-credentials');
  });

  test('fifty failures from one address hold that address up, whatever account it tries', async () => {
    const answers = await Promise.all(
      Array.from({ length: 55 }, () =>
        post('/v1/sessions', { email: freshEmail(), password: 'a wrong guess' }),
      ),
    );

    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });

  test('refused sign-ins are on record with the house and with the business', async () => {
    const { email, userId } = await aMember();
    await post('/v1/sessions', { email, password: 'a wrong guess' });

    const events = await stage.database.asOwner(
      "select count(*)::int as count from platform.security_events where kind = 'sign-in-refused'",
    );
    const audit = await stage.database.asOwner(
      "select actor from shared.audit_log where action = 'session.refused' and object_id = $1",
      [userId],
    );
    expect(events[0]?.['count']).toBeGreaterThan(0);
    expect(audit).toEqual([{ actor: 'anonymous' }]);
  });
});

describe('stored passwords', () => {
  test('a hash without the pepper is replaced at the first sign-in', async () => {
    const { email, userId } = await aMember();

    const [row] = await stage.database.asOwner(
      'select password_hash as hash from platform.users where id = $1',
      [userId],
    );

    expect(row?.['hash']).toMatch(/^p1\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await post('/v1/sessions', { email, password })).status).toBe(201);
  });

  test('the same password spelled with other code points is the same', async () => {
    const person = await aTenant(stage.database.db, {
      passwordHash: await hashPassword('Kahawa ya é asubuhi'.normalize('NFC')),
    });

    const answer = await post('/v1/sessions', {
      email: person.email,
      password: 'Kahawa ya é asubuhi'.normalize('NFD'),
    });

    expect(answer.status).toBe(201);
  });
});

describe('mails', () => {
  test('one that the server does not take now goes out later', async () => {
    const asked = body();
    catcher.refuseNext(1);

    await post('/v1/registrations', asked);

    const waiting = () =>
      stage.database.asOwner('select last_error from platform.mails where last_error is not null');
    await until(async () => (await waiting()).length === 1);
    await stage.database.asOwner('update platform.mails set available_at = now()');
    await mailTo(asked.email, /Confirm/);
  });

  test('nothing of a mail is kept once it is out, and nothing in clear before', async () => {
    const asked = body();
    await post('/v1/registrations', asked);
    await mailTo(asked.email, /Confirm/);

    await until(async () => {
      const kept = await stage.database.asOwner(
        'select from platform.mails where sent_at is not null and sealed is not null',
      );
      return kept.length === 0;
    });
    expect(stage.logs.join('\n')).not.toContain(asked.email);
  });
});
