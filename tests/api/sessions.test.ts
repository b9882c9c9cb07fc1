import { hashPassword } from '../../api/auth/passwords.ts';
import { session, sessionList } from '../../api/auth/schema.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const password = 'a long enough password';
const ours = { origin: 'http://api.test', 'x-requested-by': 'daftari' };

async function aPerson(): Promise<Somebody> {
  return aTenant(stage.database.db, { passwordHash: await hashPassword(password) });
}

interface SignedIn {
  token: string;
  cookie: string;
}

function cookieOf(answer: Answer): string {
  return (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
}

function signedInBy(answer: Answer): SignedIn {
  return { token: session.parse(answer.body).accessToken, cookie: cookieOf(answer) };
}

async function signIn(person: Somebody, headers: Record<string, string> = {}): Promise<SignedIn> {
  const json = { email: person.email, password };
  return signedInBy(await stage.fetch('/v1/sessions', { json, headers }));
}

const refresh = (cookie: string, headers: Record<string, string> = ours) =>
  stage.fetch('/v1/sessions/refresh', { method: 'POST', headers: { cookie, ...headers } });

const me = async (token: string) => (await stage.fetch('/v1/me', { token })).status;

/** Half a second and a query on a quiet machine; this one runs other suites beside. */
async function refusedSoon(token: string): Promise<void> {
  await until(async () => (await me(token)) === 401, { withinMs: 5_000 });
}

describe('POST /v1/sessions/refresh', () => {
  test('the cookie is replaced, and the fresh token works', async () => {
    const first = await signIn(await aPerson());

    const answer = await refresh(first.cookie);

    expect(answer.status).toBe(201);
    const second = signedInBy(answer);
    expect(second.cookie).not.toBe(first.cookie);
    expect(second.token).not.toBe(first.token);
    expect(await me(second.token)).toBe(200);
  });

  test('the cookie is out of reach for scripts and other sites', async () => {
    const person = await aPerson();
    const answer = await stage.fetch('/v1/sessions', { json: { email: person.email, password } });

    const [cookie = ''] = answer.headers.getSetCookie();

    expect(cookie).toMatch(/^daftari-refresh-80=[\w-]{43};/);
    expect(cookie).toMatch(/; Path=\/; .*HttpOnly; SameSite=Strict$/);
    expect(cookie).toContain('Max-Age=28800');
  });

  test('twenty requests at once get one successor, and the chain goes on from it', async () => {
    const { cookie } = await signIn(await aPerson());

    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(cookie)));

    expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(201));
    const cookies = new Set(answers.map(cookieOf));
    expect(cookies.size).toBe(1);
    expect((await refresh([...cookies][0] ?? '')).status).toBe(201);
    const unused = await stage.database.asOwner(
      `select session_id from platform.refresh_tokens where used_at is null
       group by 1 having count(*) > 1`,
    );
    expect(unused).toEqual([]);
  });

  test('a stolen token ends the session for thief and owner alike', async () => {
    const first = await signIn(await aPerson());
    const thief = signedInBy(await refresh(first.cookie));
    const later = signedInBy(await refresh(thief.cookie));

    const owner = await refresh(first.cookie);

    expect(problemIn(owner).code).toBe('unauthenticated');
    expect((await refresh(later.cookie)).status).toBe(401);
    await refusedSoon(later.token);
    const audit = await stage.database.asOwner(
      "select action from shared.audit_log where action = 'session.reuse'",
    );
    expect(audit).toHaveLength(1);
  });

  test('after ten seconds the predecessor counts as stolen, even if its successor is unused', async () => {
    const first = await signIn(await aPerson());
    const second = signedInBy(await refresh(first.cookie));
    await stage.database.asOwner(
      "update platform.refresh_tokens set used_at = used_at - interval '11 seconds' where used_at is not null",
    );

    expect((await refresh(first.cookie)).status).toBe(401);
    expect((await refresh(second.cookie)).status).toBe(401);
  });

  test.each([
    ['twelve hours of silence', "used_at = now() - interval '12 hours 1 second'"],
    ['the end of its time', "created_at = now() - interval '2 days', expires_at = now()"],
  ])('%s ends a session', async (_what, change) => {
    const { cookie } = await signIn(await aPerson());
    await stage.database.asOwner(
      `update platform.sessions set ${change} where id = (select max(id::text)::uuid from platform.sessions)`,
    );

    const answer = await refresh(cookie);

    expect(problemIn(answer).code).toBe('unauthenticated');
  });

  test.each([
    ['another site', { ...ours, origin: 'https://evil.test' }],
    ['the null origin', { ...ours, origin: 'null' }],
    ['no origin', { 'x-requested-by': 'daftari' }],
    ['a form, which can set no header', { origin: 'http://api.test' }],
    ['an origin that only begins like ours', { ...ours, origin: 'http://api.test.evil.test' }],
  ])('%s is refused and uses nothing up', async (_what, headers) => {
    const { cookie } = await signIn(await aPerson());

    const answer = await refresh(cookie, headers);

    expect(problemIn(answer).code).toBe('origin-refused');
    expect((await refresh(cookie)).status).toBe(201);
  });

  test.each([
    ['no cookie', ''],
    ['an unknown token', `daftari-refresh-80=${'A'.repeat(43)}`],
    ['two cookies', `daftari-refresh-80=${'A'.repeat(43)}; daftari-refresh-80=${'B'.repeat(43)}`],
    ['a token of another shape', 'daftari-refresh-80=x'],
  ])('%s is answered like any session that is over', async (_what, cookie) => {
    expect(problemIn(await refresh(cookie)).code).toBe('unauthenticated');
  });

  test('an access token is no refresh token', async () => {
    const { token } = await signIn(await aPerson());

    expect((await refresh(`daftari-refresh-80=${token}`)).status).toBe(401);
  });

  test('roles that let money out sign in anew after eight hours, others after two weeks', async () => {
    const person = await aPerson();
    const owner = await stage.fetch('/v1/sessions', { json: { email: person.email, password } });
    await stage.database.asOwner("update shared.members set role = 'analyst' where user_id = $1", [
      person.userId,
    ]);
    const analyst = await stage.fetch('/v1/sessions', { json: { email: person.email, password } });

    const hoursOf = (answer: Answer) =>
      Math.round(session.parse(answer.body).sessionEndsInSeconds / 3600);
    expect([hoursOf(owner), hoursOf(analyst)]).toEqual([8, 14 * 24]);
  });
});

describe('POST /v1/sessions/logout', () => {
  test('token and cookie are dead afterwards', async () => {
    const { token, cookie } = await signIn(await aPerson());
    expect(await me(token)).toBe(200);

    const answer = await stage.fetch('/v1/sessions/logout', {
      method: 'POST',
      headers: { cookie, ...ours },
    });

    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(await me(token)).toBe(401);
    expect((await refresh(cookie)).status).toBe(401);
  });

  test('another site cannot sign anybody out', async () => {
    const { token, cookie } = await signIn(await aPerson());

    const answer = await stage.fetch('/v1/sessions/logout', {
      method: 'POST',
      headers: { cookie },
    });

    expect(problemIn(answer).code).toBe('origin-refused');
    expect(await me(token)).toBe(200);
  });
});

describe('GET /v1/sessions', () => {
  test('it lists my devices and nobody else’s', async () => {
    const person = await aPerson();
    const phone =
      'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36';
    await signIn(person, { 'user-agent': phone });
    const { token } = await signIn(person, { 'user-agent': 'curl/8.5.0' });
    await signIn(await aPerson());

    const answer = await stage.fetch('/v1/sessions', { token });

    const { data } = sessionList.parse(answer.body);
    expect(data.map(({ device, isCurrent }) => ({ device, isCurrent }))).toEqual([
      { device: 'curl', isCurrent: true },
      { device: 'Chrome on Android', isCurrent: false },
    ]);
    expect(data[0]).toMatchObject({
      address: expect.stringMatching(/127\.0\.0\.1/),
      methods: ['pwd'],
    });
  });
});

describe('DELETE /v1/sessions/{id}', () => {
  test('the other device has no access any more, this one has', async () => {
    const person = await aPerson();
    const phone = await signIn(person);
    const { token } = await signIn(person);
    const listed = await stage.fetch('/v1/sessions', { token });
    const other = sessionList.parse(listed.body).data.find(({ isCurrent }) => !isCurrent);

    const answer = await stage.fetch(`/v1/sessions/${other?.id}`, { method: 'DELETE', token });

    expect(answer.status).toBe(204);
    expect(await me(phone.token)).toBe(401);
    expect(await me(token)).toBe(200);
  });

  test('a session of somebody else is not found', async () => {
    const mine = await signIn(await aPerson());
    const theirs = await signIn(await aPerson());
    const listed = await stage.fetch('/v1/sessions', { token: theirs.token });
    const id = sessionList.parse(listed.body).data[0]?.id;

    const answer = await stage.fetch(`/v1/sessions/${id}`, { method: 'DELETE', token: mine.token });

    expect(problemIn(answer).code).toBe('not-found');
    expect(await me(theirs.token)).toBe(200);
  });
});

describe('DELETE /v1/sessions', () => {
  test('every device of mine is signed out', async () => {
    const person = await aPerson();
    const phone = await signIn(person);
    const { token } = await signIn(person);

    const answer = await stage.fetch('/v1/sessions', { method: 'DELETE', token });

    expect(answer.status).toBe(204);
    expect([await me(phone.token), await me(token)]).toEqual([401, 401]);
  });
});

describe('revocation without a word to this process', () => {
  const changes: readonly (readonly [string, string])[] = [
    [
      'a session that ends',
      "update platform.sessions set ended_at = now(), ended_why = 'revoked' where user_id = $1",
    ],
    ['a user who is disabled', "update platform.users set status = 'disabled' where id = $1"],
    ['a membership that is removed', 'delete from shared.members where user_id = $1'],
  ];

  test.each(changes)('%s is noticed soon, cached or not', async (_what, change) => {
    const person = await aPerson();
    const { token } = await signIn(person);
    expect(await me(token)).toBe(200);

    await stage.database.asOwner(change, [person.userId]);

    await refusedSoon(token);
  });

  test('a business that is closed lets nobody in', async () => {
    const person = await aPerson();
    const { token, cookie } = await signIn(person);

    await stage.database.asOwner("update platform.tenants set status = 'closed' where id = $1", [
      person.tenantId,
    ]);

    await refusedSoon(token);
    expect((await refresh(cookie)).status).toBe(401);
  });

  test('a role that was taken away is gone soon', async () => {
    const person = await aPerson();
    const { token } = await signIn(person);
    expect((await stage.fetch('/v1/transactions.csv', { token })).status).not.toBe(403);

    await stage.database.asOwner("update shared.members set role = 'analyst' where user_id = $1", [
      person.userId,
    ]);

    await until(
      async () => {
        const answer = await stage.fetch('/v1/me', { token });
        return JSON.stringify(answer.body).includes('"role":"analyst"');
      },
      { withinMs: 5_000 },
    );
  });

  test('a disabled user cannot sign in', async () => {
    const person = await aPerson();
    await stage.database.asOwner("update platform.users set status = 'disabled' where id = $1", [
      person.userId,
    ]);

    const answer = await stage.fetch('/v1/sessions', { json: { email: person.email, password } });

    expect(problemIn(answer).code).toBe('invalid-credentials');
  });
});
