import { z } from 'zod';
import { invitationList, memberList } from '../../api/members/schema.ts';
import { newInvitationToken } from '../../db/invitations.ts';
import { claimMails } from '../../db/mails.ts';
import { id, parsePublicId, toPublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { settleIn, tiers } from '../support/tiers.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const session = z.object({ accessToken: z.string(), tenant: z.object({ id: z.string() }) });

async function membersOf(token: string) {
  const answer = await stage.fetch('/v1/members', { token });
  expect(answer.status).toBe(200);
  return memberList.parse(answer.body).data;
}

/** Invites, and takes the token out of the mail, as the sender of mails would. */
async function invited(somebody: Somebody, email: string, role = 'analyst'): Promise<string> {
  const token = await stage.token(somebody);
  const answer = await stage.fetch('/v1/invitations', { token, json: { email, role } });
  expect(answer.status).toBe(201);
  const { db } = stage.database;
  const mails = await db.asOperator('read the mails', (o) =>
    claimMails(o, db, { limit: 50, leaseSeconds: 60 }),
  );
  const mail = mails.find(({ to }) => to === email.toLowerCase());
  expect(mail).toMatchObject({ template: 'invitation' });
  return mail?.values['link']?.split('#')[1] ?? '';
}

let serial = 0;
const anAddress = () => `guest-${process.pid}-${(serial += 1)}@daftari.test`;
const newcomer = { name: 'Achieng', password: 'long enough password' };

describe.each(tiers)('invitations into a business of the tier %s', (tier) => {
  let somebody: Somebody;
  beforeAll(async () => {
    somebody = await stage.tenant();
    await settleIn(stage.database, somebody.tenantId, tier);
  });

  test('a newcomer joins by the link, once', async () => {
    const link = await invited(somebody, anAddress());

    const joined = await stage.fetch('/v1/invitations/join', {
      json: { token: link, ...newcomer },
    });
    expect(joined.status).toBe(201);
    const { accessToken, tenant } = session.parse(joined.body);
    expect(tenant.id).toBe(toPublicId('tenant', somebody.tenantId));
    const me = await stage.fetch('/v1/me', { token: accessToken });
    expect(me.body).toMatchObject({ user: { role: 'analyst' } });

    const again = await stage.fetch('/v1/invitations/join', { json: { token: link, ...newcomer } });
    expect(problemIn(again).code).toBe('invitation-closed');
  });

  test('two who take the same link at the same moment: one gets in', async () => {
    const link = await invited(somebody, anAddress());
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        stage.fetch('/v1/invitations/join', { json: { token: link, ...newcomer } }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  });

  test('somebody with an account enters a second business, and only with their own address', async () => {
    const guest = await stage.tenant();
    const link = await invited(somebody, guest.email, 'finance');
    const stranger = await stage.token(await stage.tenant());
    const refused = await stage.fetch('/v1/invitations/accept', {
      token: stranger,
      json: { token: link },
    });
    expect([refused.status, problemIn(refused).code]).toEqual([403, 'invitation-other-address']);

    const token = await stage.token(guest);
    const accepted = await stage.fetch('/v1/invitations/accept', { token, json: { token: link } });
    expect(accepted.status).toBe(201);
    const list = await stage.fetch('/v1/tenants', { token });
    expect(list.body).toMatchObject({
      data: [
        { id: toPublicId('tenant', guest.tenantId), role: 'owner', isCurrent: true },
        { id: toPublicId('tenant', somebody.tenantId), role: 'finance', isCurrent: false },
      ],
    });

    const path = `/v1/tenants/${toPublicId('tenant', somebody.tenantId)}/session`;
    const switched = await stage.fetch(path, { token, method: 'POST' });
    expect(switched.status).toBe(201);
    expect(session.parse(switched.body).tenant.id).toBe(toPublicId('tenant', somebody.tenantId));
  });

  test('a removed member is refused at once, and finds the business no more', async () => {
    const link = await invited(somebody, anAddress());
    const joined = await stage.fetch('/v1/invitations/join', {
      json: { token: link, ...newcomer },
    });
    const { accessToken } = session.parse(joined.body);
    const owner = await stage.token(somebody);
    const gone = (await membersOf(accessToken === '' ? '' : owner)).find(
      ({ role, name }) => role === 'analyst' && name === newcomer.name,
    );
    const me = await stage.fetch('/v1/me', { token: accessToken });
    const mine = z.object({ user: z.object({ id: z.string() }) }).parse(me.body).user.id;
    expect(gone).toBeDefined();

    const removed = await stage.fetch(`/v1/members/${mine}`, { token: owner, method: 'DELETE' });
    expect(removed.status).toBe(204);
    const after = await stage.fetch('/v1/me', { token: accessToken });
    expect(problemIn(after).code).toBe('unauthenticated');
    const memberships = await stage.database.asOwner(
      'select from platform.memberships where user_id = $1',
      [parsePublicId('user', mine)],
    );
    expect(memberships).toEqual([]);
  });
});

describe('invitations', () => {
  test('an expired, a withdrawn, a replaced and an invented link are answered alike', async () => {
    const somebody = await stage.tenant();
    const owner = await stage.token(somebody);
    const email = anAddress();
    const replaced = await invited(somebody, email);
    const expired = await invited(somebody, email);
    await stage.database.asOwner(
      `update shared.invitations set created_at = now() - interval '9 days',
         expires_at = now() - interval '1 minute' where tenant_id = $1 and status = 'open'`,
      [somebody.tenantId],
    );
    const withdrawn = await invited(somebody, anAddress());
    const list = await stage.fetch('/v1/invitations', { token: owner });
    const [newest] = invitationList.parse(list.body).data;
    const path = `/v1/invitations/${newest?.id ?? ''}`;
    expect((await stage.fetch(path, { token: owner, method: 'DELETE' })).status).toBe(204);

    const invented = newInvitationToken(somebody.tenantId);
    const elsewhere = newInvitationToken(id('tenant', '00000000-0000-7000-8000-000000000000'));
    for (const token of [replaced, expired, withdrawn, invented, elsewhere]) {
      const answer = await stage.fetch('/v1/invitations/look', { json: { token } });
      expect([answer.status, problemIn(answer).code]).toEqual([410, 'invitation-closed']);
    }
  });

  test('an open link tells the business, the role and a hidden address, nothing more', async () => {
    const somebody = await stage.tenant();
    const token = await invited(somebody, 'kamau@example.test', 'auditor');
    const answer = await stage.fetch('/v1/invitations/look', { json: { token } });
    expect(answer.body).toMatchObject({ role: 'auditor', email: 'k***@example.test' });
    const joining = await stage.fetch('/v1/invitations/join', { json: { token, ...newcomer } });
    expect(joining.status).toBe(201);
    const again = await invited(await stage.tenant(), 'kamau@example.test');
    const known = await stage.fetch('/v1/invitations/join', {
      json: { token: again, ...newcomer },
    });
    expect(problemIn(known).code).toBe('invitation-has-account');
  });

  test('neither the address nor the token is stored in clear', async () => {
    const somebody = await stage.tenant();
    const email = 'very-secret@example.test';
    const token = await invited(somebody, email);
    const stored = await stage.database.asOwner(
      `select i::text || o::text || m::text as row from shared.invitations i
       join shared.outbox o on o.tenant_id = i.tenant_id, platform.mails m where i.tenant_id = $1`,
      [somebody.tenantId],
    );
    expect(JSON.stringify(stored)).not.toContain(email);
    expect(JSON.stringify(stored)).not.toContain(token);
    expect(stage.logs.join()).not.toContain(token);
  });

  test('the plan bounds the team, invited people included', async () => {
    const somebody = await stage.tenant();
    for (let n = 0; n < 4; n += 1) await invited(somebody, anAddress());
    const token = await stage.token(somebody);
    const answer = await stage.fetch('/v1/invitations', {
      token,
      json: { email: anAddress(), role: 'analyst' },
    });
    expect([answer.status, problemIn(answer).code]).toEqual([409, 'limit-reached']);
  });

  test('an administrator cannot make an owner', async () => {
    const token = await stage.token(await stage.tenant(), 'admin');
    const answer = await stage.fetch('/v1/invitations', {
      token,
      json: { email: anAddress(), role: 'owner' },
    });
    expect(problemIn(answer).code).toBe('owners-only');
  });
});

describe('POST /v1/members/{id}/role', () => {
  test('a new role counts at the next request', async () => {
    const somebody = await stage.tenant();
    const auditor = await stage.token(somebody, 'auditor');
    expect((await stage.fetch('/v1/members', { token: auditor })).status).toBe(200);
    const owner = await stage.token(somebody);
    const member = (await membersOf(owner)).find(({ role }) => role === 'auditor');

    const changed = await stage.fetch(`/v1/members/${member?.id ?? ''}/role`, {
      token: owner,
      json: { role: 'analyst' },
    });
    expect(changed.status).toBe(204);
    const after = await stage.fetch('/v1/members', { token: auditor });
    expect(problemIn(after).code).toBe('forbidden');
  });

  test('nobody changes their own role, and the last owner stays', async () => {
    const somebody = await stage.tenant();
    const owner = await stage.token(somebody);
    const me = toPublicId('user', somebody.userId);
    const own = await stage.fetch(`/v1/members/${me}/role`, {
      token: owner,
      json: { role: 'owner' },
    });
    expect(problemIn(own).code).toBe('own-role');
    const leaving = await stage.fetch(`/v1/members/${me}`, { token: owner, method: 'DELETE' });
    expect(problemIn(leaving).code).toBe('last-owner');
    const admin = await stage.token(somebody, 'admin');
    const taken = await stage.fetch(`/v1/members/${me}/role`, {
      token: admin,
      json: { role: 'analyst' },
    });
    expect(problemIn(taken).code).toBe('last-owner');
  });

  test('two owners who remove each other at the same moment leave one', async () => {
    const somebody = await stage.tenant();
    const first = await stage.token(somebody);
    const admin = await stage.token(somebody, 'admin');
    const me = await stage.fetch('/v1/me', { token: admin });
    const second = z.object({ user: z.object({ id: z.string() }) }).parse(me.body).user.id;
    await stage.fetch(`/v1/members/${second}/role`, { token: first, json: { role: 'owner' } });

    await Promise.all([
      stage.fetch(`/v1/members/${second}`, { token: first, method: 'DELETE' }),
      stage.fetch(`/v1/members/${toPublicId('user', somebody.userId)}`, {
        token: admin,
        method: 'DELETE',
      }),
    ]);

    const owners = await stage.database.asOwner(
      "select from shared.members where tenant_id = $1 and role = 'owner'",
      [somebody.tenantId],
    );
    expect(owners).toHaveLength(1);
  });
});

describe('POST /v1/tenants', () => {
  test('opens a business with the person as its owner', async () => {
    const token = await stage.token(await stage.tenant());
    const name = 'Duka la Mama';
    const made = await stage.fetch('/v1/tenants', { token, json: { name, environment: 'test' } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name,
      slug: 'duka-la-mama',
      environment: 'test',
      role: 'owner',
    });
    const twin = await stage.fetch('/v1/tenants', { token, json: { name } });
    expect(twin.body).toMatchObject({ slug: 'duka-la-mama-2', environment: 'live' });
  });

  test('a business of others answers like one that does not exist', async () => {
    const token = await stage.token(await stage.tenant());
    const other = await stage.tenant();
    const path = `/v1/tenants/${toPublicId('tenant', other.tenantId)}/session`;
    const answer = await stage.fetch(path, { token, method: 'POST' });
    expect(problemIn(answer).code).toBe('not-found');
  });
});
