/** Inviting people by e-mail, and accepting: once, in time, and from the address that was invited. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { findLogin } from '../../db/auth.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  countOpenInvitations,
  insertInvitation,
  listInvitations,
  lockInvitation,
  markAccepted,
  newInvitationToken,
  readInvitationToken,
  withdrawInvitation,
  type Invitation,
} from '../../db/invitations.ts';
import { bringPerson, countMembers, followMembers, lockMember } from '../../db/members.ts';
import { queueMail } from '../../db/mails.ts';
import { appendEvents } from '../../db/outbox.ts';
import { findTenant } from '../../db/tenant-record.ts';
import { addMember, createUser } from '../../db/tenants.ts';
import { toPublicId, type TenantId, type UserId } from '../../domain/ids.ts';
import { retryAfter } from '../auth/attempts.ts';
import { refusedPassword } from '../auth/password-refusal.ts';
import { actorOf } from '../auth/principal.ts';
import { session } from '../auth/schema.ts';
import { activeMember, startSession } from '../auth/start-session.ts';
import { newId } from '../new-id.ts';
import { changeOwn, ownTenant, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import {
  acceptInvitation,
  invitation,
  invitationList,
  invitationPreview,
  joinByInvitation,
  newInvitation,
} from './schema.ts';

const lifetimeDays = 7;

const list = route({
  method: 'get',
  path: '/v1/invitations',
  tag: 'Team',
  summary: 'Invitations nobody has accepted yet',
  auth: 'members:read',
  request: {},
  responses: { 200: { description: 'Newest first', schema: invitationList } },
  problems: [],
  handler: async (_input, call) => {
    const found = await readOwn(call, listInvitations);
    return { status: 200, body: { data: found.map(shown) } };
  },
});

function shown({ id, email, role, isExpired, createdAt, expiresAt }: Invitation) {
  return { id: toPublicId('invitation', id), email, role, isExpired, createdAt, expiresAt };
}

const invite = route({
  method: 'post',
  path: '/v1/invitations',
  tag: 'Team',
  summary: 'Invite somebody by e-mail',
  description:
    'The link in the e-mail is good for seven days and for that address only. Inviting an address again replaces the earlier link.',
  auth: 'members:manage',
  stepUp: true,
  request: { body: newInvitation },
  idempotency: 'optional',
  responses: { 201: { description: 'Invited', schema: invitation } },
  problems: ['owners-only', 'limit-reached'],
  handler: async ({ body }, call) => {
    const { principal, dependencies, requestId } = call;
    const { now } = dependencies;
    if (body.role === 'owner' && principal.role !== 'owner') return problem('owners-only');
    const tenant = await ownTenant(call);
    const token = newInvitationToken(principal.tenantId);
    const made = await changeOwn(call, async (t) => {
      const places = (await countMembers(t)) + (await countOpenInvitations(t));
      if (places >= tenant.limits.members) return undefined;
      const stored = await insertInvitation(t, {
        id: newId('invitation', now()),
        ...{ ...body, token, lifetimeDays },
        invitedBy: actorOf(principal),
      });
      await appendAudit(t, {
        actor: actorOf(principal),
        action: 'member.invite',
        objectKind: 'invitation',
        objectId: stored.id,
        detail: { role: body.role },
        requestId,
      });
      await announce(t, stored);
      return stored;
    });
    if (made === undefined) return problem('limit-reached');
    await send(call, made.email, token, tenant.name);
    return { status: 201, body: shown(made) };
  },
});

/** Whoever watches the business learns of it; address and link are for the mail alone. */
async function announce(t: TenantHandle, { id, role, expiresAt }: Invitation): Promise<void> {
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${id}`,
      type: 'member.invited',
      version: 1,
      isPersonal: false,
      data: { invitationId: id, role, expiresAt },
    },
  ]);
}

/** The mail waits in the database all tenants share; a lost one is sent by inviting again. */
async function send(call: Call, to: string, token: string, business: string): Promise<void> {
  const { db, config } = call.dependencies;
  const inviter = await activeMember(call.dependencies, call.principal);
  await db.onPlatform((p) =>
    queueMail(p, db.platformSeal, {
      ...{ template: 'invitation', locale: inviter?.locale ?? 'en', to },
      values: {
        business,
        inviter: inviter?.name ?? business,
        link: `${config.publicUrl}/join#${token}`,
      },
    }),
  );
}

const withdraw = route({
  method: 'delete',
  path: '/v1/invitations/{id}',
  tag: 'Team',
  summary: 'Withdraw an invitation',
  auth: 'members:manage',
  request: { params: z.strictObject({ id: idSchema('invitation') }) },
  responses: { 204: { description: 'Its link is dead' } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { principal, requestId } = call;
    const isWithdrawn = await changeOwn(call, async (t) => {
      if (!(await withdrawInvitation(t, id))) return false;
      await appendAudit(t, {
        actor: actorOf(principal),
        action: 'member.invite.withdraw',
        objectKind: 'invitation',
        objectId: id,
        requestId,
      });
      return true;
    });
    return isWithdrawn ? { status: 204, body: undefined } : problem('not-found');
  },
});

const look = route({
  method: 'post',
  path: '/v1/invitations/look',
  tag: 'Team',
  summary: 'What an invitation is for',
  auth: 'public',
  request: { body: acceptInvitation },
  responses: { 200: { description: 'An open invitation', schema: invitationPreview } },
  problems: ['invitation-closed'],
  handler: async ({ body }, call) => {
    const opened = await openInvitation(call, body.token);
    if ('problem' in opened) return opened;
    const { db } = call.dependencies;
    const tenant = await findTenant(db, opened.tenantId);
    if (tenant?.status !== 'active') return problem('invitation-closed');
    const { email, role } = opened.found;
    const login = await db.asOperator('look up an invited address', (o) => findLogin(o, email));
    return {
      status: 200,
      body: {
        ...{ tenantName: tenant.name, role, email: hidden(email) },
        hasAccount: login !== undefined,
      },
    };
  },
});

function hidden(email: string): string {
  const [name = '', host = ''] = email.split('@');
  return `${name.slice(0, 1)}***@${host}`;
}

interface Opened {
  tenantId: TenantId;
  found: Invitation;
}

async function openInvitation(call: Call, token: string): Promise<Opened | Problem> {
  const read = readInvitationToken(token);
  if (read === undefined) return problem('invitation-closed');
  const { tenantId, hash } = read;
  try {
    const found = await call.dependencies.db.withTenant(tenantId, (t) => lockInvitation(t, hash));
    return isOpen(found) ? { tenantId, found } : problem('invitation-closed');
  } catch (error) {
    // A token that names a tenant nobody has is like one that nobody has.
    if (error instanceof Error && error.name === 'TenantUnknown') {
      return problem('invitation-closed');
    }
    throw error;
  }
}

function isOpen(found: Invitation | undefined): found is Invitation {
  return found?.status === 'open' && !found.isExpired;
}

const accept = route({
  method: 'post',
  path: '/v1/invitations/accept',
  tag: 'Team',
  summary: 'Accept an invitation as who you are',
  description: 'Possible once, and only for the person whose address was invited.',
  auth: 'profile:read',
  request: { body: acceptInvitation },
  responses: { 201: { description: 'A session in the business', schema: session } },
  problems: ['invitation-closed', 'invitation-other-address'],
  handler: async ({ body }, call) => {
    const { principal, dependencies } = call;
    const opened = await openInvitation(call, body.token);
    if ('problem' in opened) return opened;
    const me = await activeMember(dependencies, principal);
    if (me === undefined) return problem('unauthenticated');
    if (me.email.toLowerCase() !== opened.found.email) return problem('invitation-other-address');
    const { userId, email, name, locale } = me;
    return enter(call, { ...opened, token: body.token }, { userId, email, name, locale });
  },
});

const join = route({
  method: 'post',
  path: '/v1/invitations/join',
  tag: 'Team',
  summary: 'Accept an invitation with a new account',
  description: 'For an address that has no account yet; the link proves that it is theirs.',
  auth: 'public',
  request: { body: joinByInvitation },
  responses: { 201: { description: 'A session in the business', schema: session } },
  problems: ['invitation-closed', 'invitation-has-account', 'unavailable'],
  handler: async ({ body }, call) => {
    const { db, now, passwords } = call.dependencies;
    const opened = await openInvitation(call, body.token);
    if ('problem' in opened) return opened;
    const { email } = opened.found;
    const known = await db.asOperator('look up an invited address', (o) => findLogin(o, email));
    if (known !== undefined) return problem('invitation-has-account');
    const weak = refusedPassword(passwords.objectionTo(body.password, email));
    if (weak !== undefined) return weak;
    const passwordHash = await passwords.hash(body.password);
    if (passwordHash === undefined) return retryAfter('unavailable', 2);
    const { name, locale } = body;
    const userId = await db.asOperator('create an invited person', (o) =>
      createUser(o, { id: newId('user', now()), email, name, locale, passwordHash }),
    );
    return enter(call, { ...opened, token: body.token }, { userId, email, name, locale });
  },
});

async function enter(
  call: Call,
  { tenantId, token }: Opened & { token: string },
  person: { userId: UserId; email: string; name: string; locale: string },
) {
  const { db } = call.dependencies;
  const hash = readInvitationToken(token)?.hash;
  const role = await db.withTenant(tenantId, async (t) => {
    const found = hash === undefined ? undefined : await lockInvitation(t, hash);
    if (!isOpen(found)) return undefined;
    // Somebody who belongs to the business already keeps the role they have.
    const known = await lockMember(t, person.userId);
    await bringPerson(t, person);
    if (known === undefined) await addMember(t, { userId: person.userId, role: found.role });
    await markAccepted(t, found.id, person.userId);
    await appendAudit(t, {
      actor: `user:${person.userId}`,
      action: 'member.join',
      objectKind: 'invitation',
      objectId: found.id,
      detail: { role: found.role },
      requestId: call.requestId,
    });
    return known?.role ?? found.role;
  });
  if (role === undefined) return problem('invitation-closed');
  await followMembers(db, tenantId);
  const member = await activeMember(call.dependencies, { tenantId, userId: person.userId });
  if (member === undefined) return problem('invitation-closed');
  const membership = { role, tenant: member.tenant };
  const proven = { login: person, membership, methods: ['link'], hasSecondFactor: false };
  return { status: 201, body: await startSession(proven, call) } as const;
}

export const invitationRoutes: readonly Route[] = [list, invite, look, accept, join, withdraw];
