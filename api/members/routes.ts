/** The team: who belongs to the business, and what their roles are. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { findMember } from '../../db/auth.ts';
import {
  followMembers,
  listMembers,
  lockMember,
  removeMember,
  setRole,
  type TeamMember,
} from '../../db/members.ts';
import { toPublicId, type UserId } from '../../domain/ids.ts';
import { refuseRoleChange, type RoleRefusal } from '../../domain/tenants/roles.ts';
import { tellPerson } from '../auth/account-notes.ts';
import { actorOf } from '../auth/principal.ts';
import type { Role } from '../auth/permissions.ts';
import { announceNotices } from '../notices/announce.ts';
import { changeOwn, ownTenant, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { refuseStale, versionOf } from '../precondition.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { mailRemoved } from './removal-mail.ts';
import { memberList, roleChange } from './schema.ts';

const params = z.strictObject({ id: idSchema('user') });

const list = route({
  method: 'get',
  path: '/v1/members',
  tag: 'Team',
  summary: 'Who belongs to the business',
  auth: 'members:read',
  request: {},
  responses: { 200: { description: 'Everybody', schema: memberList } },
  problems: [],
  handler: async (_input, call) => {
    const { principal } = call;
    const members = await readOwn(call, listMembers);
    const { members: membersMax } = (await ownTenant(call)).limits;
    return {
      status: 200,
      body: { data: members.map((one) => shown(one, principal.userId)), membersMax },
    };
  },
});

function shown({ userId, locale: _, ...member }: TeamMember, viewer: UserId) {
  const id = toPublicId('user', userId);
  return { id, ...member, isYou: userId === viewer, version: versionOf(roleOf(member)) };
}

const change = route({
  method: 'post',
  path: '/v1/members/{id}/role',
  tag: 'Team',
  summary: 'Give a member another role',
  description: 'Takes effect within five seconds. Nobody changes their own role.',
  auth: 'members:manage',
  stepUp: true,
  request: { params, body: roleChange },
  ifMatch: true,
  responses: { 204: { description: 'Changed' } },
  problems: ['not-found', 'own-role', 'last-owner', 'owners-only'],
  handler: async ({ params: { id }, body }, call) => {
    const refused = await changeMember(call, id, body.role);
    return refused ?? { status: 204, body: undefined };
  },
});

const remove = route({
  method: 'delete',
  path: '/v1/members/{id}',
  tag: 'Team',
  summary: 'Remove a member, or leave',
  description: 'Access ends within five seconds everywhere; they are told by mail.',
  auth: 'members:manage',
  stepUp: true,
  request: { params },
  responses: { 204: { description: 'Removed' } },
  problems: ['not-found', 'last-owner', 'owners-only'],
  handler: async ({ params: { id } }, call) => {
    const refused = await changeMember(call, id, undefined);
    return refused ?? { status: 204, body: undefined };
  },
});

/** What of a member can be changed. */
function roleOf({ role }: { role: Role }) {
  return { role };
}

async function changeMember(
  call: Call,
  memberId: UserId,
  wanted: Role | undefined,
): Promise<Problem | undefined> {
  const { principal, dependencies, requestId } = call;
  const { db, now, revocations } = dependencies;
  const { tenantId } = principal;
  const refused = await changeOwn(call, async (t) => {
    const member = await lockMember(t, memberId);
    if (member === undefined) return problem('not-found');
    const stale = wanted === undefined ? undefined : refuseStale(call, versionOf(roleOf(member)));
    if (stale !== undefined) return stale;
    const refusal: RoleRefusal | undefined = refuseRoleChange({
      actorId: principal.userId,
      actorRole: principal.role,
      memberId,
      wanted,
      ...member,
    });
    if (refusal !== undefined) return problem(refusal);
    const leaving = wanted === undefined ? await findMember(t, memberId) : undefined;
    if (wanted === undefined) await removeMember(t, memberId);
    else await setRole(t, memberId, wanted);
    await appendAudit(t, {
      actor: actorOf(principal),
      action: wanted === undefined ? 'member.remove' : 'member.role',
      objectKind: 'member',
      objectId: memberId,
      detail: { before: member.role, after: wanted ?? null },
      requestId,
    });
    if (leaving !== undefined) await mailRemoved(call, t, leaving);
    if (wanted !== undefined) {
      const figures = { before: member.role, after: wanted };
      const told = { kind: 'account-role', figures } as const;
      await tellPerson(t, { userId: memberId, nowMs: now() }, told);
    }
    return undefined;
  });
  if (refused !== undefined) return refused;
  announceNotices(dependencies, tenantId);
  await followMembers(db, tenantId);
  revocations.announce();
  return undefined;
}

export const memberRoutes: readonly Route[] = [list, change, remove, ...invitationRoutes];
