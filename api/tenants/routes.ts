/** The businesses of a person: listing them, making another one, and going from one to the other. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { followMembers } from '../../db/members.ts';
import { listMemberships, type Membership } from '../../db/tenant-record.ts';
import { foundTenant } from '../../db/tenants.ts';
import { toPublicId, type TenantId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { session } from '../auth/schema.ts';
import { activeMember, startSession } from '../auth/start-session.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Route } from '../route.ts';
import { membership, membershipList, newTenant } from './schema.ts';

const list = route({
  method: 'get',
  path: '/v1/tenants',
  tag: 'Businesses',
  summary: 'The businesses you belong to',
  auth: 'profile:read',
  request: {},
  responses: { 200: { description: 'The first joined first', schema: membershipList } },
  problems: [],
  handler: async (_input, { principal, dependencies: { db } }) => {
    const found = await db.asOperator('list the businesses of a person', (o) =>
      listMemberships(o, principal.userId),
    );
    return { status: 200, body: { data: found.map((one) => shown(one, principal.tenantId)) } };
  },
});

function shown({ tenantId, tier: plan, ...facts }: Membership, current: TenantId) {
  const { name, slug, environment, status, role } = facts;
  return {
    id: toPublicId('tenant', tenantId),
    ...{ name, slug, environment, status, plan, role },
    isCurrent: tenantId === current,
  };
}

const businessesMax = 20;

const create = route({
  method: 'post',
  path: '/v1/tenants',
  tag: 'Businesses',
  summary: 'Open another business, with you as its owner',
  auth: 'profile:read',
  request: { body: newTenant },
  idempotency: 'optional',
  responses: { 201: { description: 'Opened', schema: membership } },
  problems: ['limit-reached'],
  handler: async ({ body }, call) => {
    const { principal, dependencies, requestId } = call;
    const { db } = dependencies;
    const { userId } = principal;
    const { name, environment } = body;
    const id = idFor(call, 'tenant', body);
    const known = await db.asOperator('count the businesses of a person', (o) =>
      listMemberships(o, userId),
    );
    if (known.length >= businessesMax && known.every(({ tenantId }) => tenantId !== id)) {
      return problem('limit-reached');
    }
    const wanted = { id, slug: slugOf(name), name, environment };
    const slug = await foundTenant(db, { ...wanted, ownerId: userId });
    await db.withTenant(id, async (t) => {
      await appendAudit(t, {
        actor: actorOf(principal),
        action: 'tenant.create',
        objectKind: 'tenant',
        objectId: id,
        detail: { environment },
        requestId,
      });
    });
    await followMembers(db, id);
    const created = { tenantId: id, name, slug, environment } as const;
    const facts = { status: 'active', tier: 'starter', role: 'owner' } as const;
    return { status: 201, body: shown({ ...created, ...facts }, principal.tenantId) };
  },
});

/** Letters and digits of the name; a name without any is a business all the same. */
function slugOf(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return slug.slice(0, 40).replace(/-+$/, '') || 'business';
}

const enter = route({
  method: 'post',
  path: '/v1/tenants/{id}/session',
  tag: 'Businesses',
  summary: 'Go on in another of your businesses',
  description: 'Starts a session there; the present one is left as it is.',
  auth: 'profile:read',
  request: { params: z.strictObject({ id: idSchema('tenant') }) },
  responses: { 201: { description: 'A session in that business', schema: session } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { principal, dependencies } = call;
    const memberships = await dependencies.db.asOperator('enter another business', (o) =>
      listMemberships(o, principal.userId),
    );
    if (!memberships.some(({ tenantId }) => tenantId === id)) return problem('not-found');
    const member = await activeMember(dependencies, { tenantId: id, userId: principal.userId });
    if (member === undefined) return problem('not-found');
    const { role, tenant, ...login } = member;
    const proven = {
      ...{ login, membership: { role, tenant }, methods: ['switch'] },
      hasSecondFactor: principal.secondFactorAt !== undefined,
    };
    return { status: 201, body: await startSession(proven, call) };
  },
});

export const tenantRoutes: readonly Route[] = [list, create, enter];
