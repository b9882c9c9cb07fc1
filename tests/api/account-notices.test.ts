/** What a person is told about their own account, in case it was somebody else. */
import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { renderMail } from '../../activities/mail-templates.ts';
import { deviceOf, isProgram } from '../../api/auth/device.ts';
import { hashPassword } from '../../api/auth/passwords.ts';
import { totpOffer } from '../../api/auth/second-factor-schema.ts';
import { createdApiKey } from '../../api/keys/schema.ts';
import { noticePage } from '../../api/notices/schema.ts';
import { claimMails } from '../../db/mails.ts';
import { bringPerson } from '../../db/members.ts';
import { addMember } from '../../db/tenants.ts';
import { parsePublicId, toPublicId, type UserId } from '../../domain/ids.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';
import { settleIn } from '../support/tiers.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const password = 'a long enough password';
const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36';
const firefox = 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0';

const aPerson = async () =>
  aTenant(stage.database.db, { passwordHash: await hashPassword(password) });

/** Signs in as a browser or a program would; answers the cookies it keeps. */
async function signIn(
  { email }: Somebody,
  { agent, cookies = [] }: { agent?: string; cookies?: readonly string[] } = {},
): Promise<string[]> {
  const headers = {
    ...(agent === undefined ? {} : { 'user-agent': agent }),
    cookie: cookies.join('; '),
  };
  const answer = await stage.fetch('/v1/sessions', { json: { email, password }, headers });
  expect(answer.status).toBe(201);
  return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
}

const deviceCookie = (cookies: readonly string[]) =>
  cookies.filter((cookie) => cookie.startsWith('daftari-device'));

async function toldTo(token: string) {
  const answer = await stage.fetch('/v1/notices', { token });
  return noticePage
    .parse(answer.body)
    .data.filter(({ kind }) => kind.startsWith('account-'))
    .map(({ kind, figures, subjectId }) => ({ kind, figures, subjectId }));
}

/** The mails that wait for somebody, and their templates. */
async function mailsTo(email: string) {
  const { db } = stage.database;
  const found = await db.asOperator('read mails in a test', (o) =>
    claimMails(o, db, { limit: 100, leaseSeconds: 0 }),
  );
  return found.filter(({ to }) => to === email);
}

/** As if the account had been opened long ago. */
const grown = ({ userId }: Somebody) =>
  stage.database.asOwner(
    "update platform.users set created_at = now() - interval '40 days' where id = $1",
    [userId],
  );

describe('a sign-in on a new device', () => {
  test('is told by bell and mail, and a device that was there before is not', async () => {
    const person = await aPerson();
    const first = await signIn(person, { agent: chrome });
    const again = await signIn(person, { agent: chrome, cookies: deviceCookie(first) });
    const token = await stage.token(person);
    expect(await toldTo(token)).toEqual([]);

    await signIn(person, { agent: firefox });

    const device = 'Firefox on Android';
    expect(deviceCookie(again)).toEqual(deviceCookie(first));
    expect(await toldTo(token)).toEqual([
      { kind: 'account-device', figures: { device }, subjectId: null },
    ]);
    const [mail, ...others] = await mailsTo(person.email);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ template: 'new-device', values: { device } });
  });

  test('in the same sort of browser without its mark is new', async () => {
    const person = await aPerson();
    await signIn(person, { agent: chrome });

    await signIn(person, { agent: chrome });

    expect(await toldTo(await stage.token(person))).toHaveLength(1);
  });

  test('the mark of somebody else is no mark, and opens nothing', async () => {
    const [person, other] = [await aPerson(), await aPerson()];
    const mark = deviceCookie(await signIn(other, { agent: chrome }));
    await signIn(person, { agent: chrome });

    await signIn(person, { agent: chrome, cookies: mark });

    expect(await toldTo(await stage.token(person))).toHaveLength(1);
    const answer = await stage.fetch('/v1/me', { headers: { cookie: mark.join('; ') } });
    expect(answer.status).toBe(401);
  });

  test('of a program is known by its name and address', async () => {
    const person = await aPerson();
    await signIn(person, { agent: 'curl/8.5.0' });

    await signIn(person, { agent: 'curl/8.5.0' });
    expect(await toldTo(await stage.token(person))).toEqual([]);
    await stage.database.asOwner(
      'update platform.sessions set address_sealed = $2 where user_id = $1',
      [person.userId, stage.database.db.platformSeal.sealText('203.0.113.9', 'session address')],
    );
    await signIn(person, { agent: 'curl/8.5.0' });

    expect(await toldTo(await stage.token(person))).toHaveLength(1);
  });

  test('of an account nobody used for three months is told too', async () => {
    const person = await aPerson();
    await grown(person);

    await signIn(person, { agent: chrome });

    expect(await toldTo(await stage.token(person))).toHaveLength(1);
  });

  test.each([
    ['curl/8.5.0', true],
    ['node', true],
    [undefined, true],
    [chrome, false],
    [firefox, false],
  ])('%s is a program: %p', (agent, expected) => {
    expect(isProgram(deviceOf(agent))).toBe(expected);
  });
});

describe('what changes an account', () => {
  test('its password is told in every business of the person, to them alone', async () => {
    const person = await aPerson();
    const second = await aTenant(stage.database.db);
    await join(second, person.userId);
    const [token, there] = [
      await stage.token(person),
      await stage.token({ ...second, userId: person.userId }),
    ];
    const colleague = await stage.token(person, 'admin');

    const json = { currentPassword: password, password: 'another password of mine' };
    expect((await stage.fetch('/v1/me/password', { token, json })).status).toBe(204);

    const told = [{ kind: 'account-password', figures: {}, subjectId: null }];
    expect(await toldTo(token)).toEqual(told);
    expect(await toldTo(await stage.token({ ...second, userId: person.userId }))).toEqual(told);
    expect(await toldTo(colleague)).toEqual([]);
    expect((await stage.fetch('/v1/me', { token: there })).status).toBe(401);
  });

  test('its second factor is told with what was done', async () => {
    const person = await aPerson();
    const token = await stage.token(person);
    const post = (path: string, json?: object) =>
      stage.fetch(path, { method: 'POST', token, ...(json === undefined ? {} : { json }) });
    const offer = totpOffer.parse((await post('/v1/me/totp', { password })).body);
    const code = new TOTP({ secret: Secret.fromBase32(offer.secret) }).generate();
    expect((await post('/v1/me/totp/confirm', { code })).status).toBe(201);
    expect((await post('/v1/me/recovery-codes')).status).toBe(201);
    expect((await stage.fetch('/v1/me/totp', { method: 'DELETE', token })).status).toBe(204);

    const what = (await toldTo(token)).map(({ kind, figures }) => [kind, figures['what']]);

    expect(what).toEqual([
      ['account-factor', 'totp-remove'],
      ['account-factor', 'recovery-codes-renew'],
      ['account-factor', 'totp-add'],
    ]);
  });

  test('a key that acts for them is told by bell and mail, each time one is made', async () => {
    const person = await aPerson();
    const token = await stage.token(person);
    const json = { name: 'Till', scopes: ['transactions:read'] };
    const headers = { 'idempotency-key': randomUUID() };
    const made = await stage.fetch('/v1/api-keys', { token, json, headers });
    const { apiKey } = createdApiKey.parse(made.body);
    await stage.database.asOwner('delete from shared.idempotency_keys returning 1');
    // Its answer was lost: asked again, the same key comes with another secret.
    const again = await stage.fetch('/v1/api-keys', { token, json, headers });
    expect(createdApiKey.parse(again.body).apiKey.id).toBe(apiKey.id);
    const counts = await stage.database.asOwner(
      `select count from shared.notices where kind = 'account-key' and subject_id = any ($1)`,
      [[parsePublicId('apiKey', apiKey.id)]],
    );
    expect(counts).toEqual([{ count: 1 }]);
    const rotated = await stage.fetch(`/v1/api-keys/${apiKey.id}/rotate`, {
      ...{ token, json: { overlapHours: 1 } },
    });
    expect(rotated.status).toBe(201);

    const told = await toldTo(token);

    expect(told.map(({ kind, figures }) => [kind, figures])).toEqual([
      ['account-key', { scopes: 1 }],
      ['account-key', { scopes: 1 }],
    ]);
    expect(told[1]?.subjectId).toBe(apiKey.id);
    const mails = await mailsTo(person.email);
    expect(mails.map(({ template }) => template)).toEqual(['key-made', 'key-made']);
    expect(await toldTo(await stage.token(person, 'admin'))).toEqual([]);
  });

  test('their role is told to whom it was given, and not to who gave it', async () => {
    const person = await aPerson();
    const owner = await stage.token(person);
    const member = await aTenant(stage.database.db);
    await join(person, member.userId);
    const path = `/v1/members/${toPublicId('user', member.userId)}/role`;
    const json = { role: 'finance' };
    expect((await stage.fetch(path, { token: owner, json })).status).toBe(204);

    const theirs = await stage.token({ ...person, userId: member.userId });
    expect(await toldTo(theirs)).toEqual([
      { kind: 'account-role', figures: { before: 'analyst', after: 'finance' }, subjectId: null },
    ]);
    expect(await toldTo(owner)).toEqual([]);
  });
});

test.each(['starter', 'enterprise'] as const)(
  'whoever is removed from a business of the tier %s is told by mail, once it is done',
  async (tier) => {
    const person = await aPerson();
    await settleIn(stage.database, person.tenantId, tier);
    const member = await aTenant(stage.database.db);
    const known = { userId: member.userId, email: member.email, name: 'Njeri', locale: 'sw' };
    await stage.database.db.withTenant(person.tenantId, (t) => bringPerson(t, known));
    await join(person, member.userId);
    const owner = await stage.token(person);
    const remove = (userId: UserId) =>
      stage.fetch(`/v1/members/${toPublicId('user', userId)}`, { token: owner, method: 'DELETE' });
    expect((await remove(person.userId)).status).toBe(409);
    expect((await remove(member.userId)).status).toBe(204);
    expect((await remove(member.userId)).status).toBe(404);

    const [mail, ...more] = await mailsTo(member.email);
    expect(more).toEqual([]);
    expect(mail?.template).toBe('member-removed');
    expect(mail === undefined ? '' : renderMail(mail).text).toContain(
      tier === 'starter' ? 'no longer have' : 'huna tena',
    );
    expect(await mailsTo(person.email)).toEqual([]);
  },
);

async function join({ tenantId }: Somebody, userId: UserId): Promise<void> {
  await stage.database.db.withTenant(tenantId, (t) => addMember(t, { userId, role: 'analyst' }));
}

test.each(['en', 'sw'])('the mails about an account are written in %s', (locale) => {
  const values = {
    ...{ name: 'Njeri', device: 'Firefox on Android', at: '28 Nov 2026, 07:10' },
    ...{ business: 'Duka', link: 'http://api.test/security' },
  };
  for (const template of ['new-device', 'key-made', 'member-removed']) {
    const { subject, text } = renderMail({ template, locale, values });

    expect(subject).not.toBe('');
    expect(text).toContain('Njeri');
    if (template !== 'member-removed') expect(text).toContain(values.link);
  }
});
