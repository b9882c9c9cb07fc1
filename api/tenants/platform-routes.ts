/**
 * What operators of the house do to businesses. Whoever is none is told that there is no such
 * business; every deed needs a fresh second factor and stands in the audit log of the business.
 */
import { z } from 'zod';
import { changeStanding, findTenant } from '../../db/tenant-record.ts';
import { toPublicId, type TenantId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { suspension, tenantStanding } from './schema.ts';

const params = z.strictObject({ id: idSchema('tenant') });

const suspend = route({
  method: 'post',
  path: '/v1/platform/tenants/{id}/suspend',
  tag: 'Platform',
  summary: 'Suspend a business',
  description:
    'It goes on reading and can take its data along; it changes nothing and moves no money. In force everywhere within five seconds. Money that arrives is recorded all the same.',
  auth: 'platform:manage',
  stepUp: true,
  request: { params, body: suspension },
  responses: { 200: { description: 'As it stands now', schema: tenantStanding } },
  problems: ['not-found', 'closing-under-way'],
  handler: ({ params: { id }, body: { reason } }, call) =>
    setStatus(call, { tenantId: id, status: 'suspended', detail: { reason } }),
});

const resume = route({
  method: 'post',
  path: '/v1/platform/tenants/{id}/resume',
  tag: 'Platform',
  summary: 'Let a suspended business work again',
  auth: 'platform:manage',
  stepUp: true,
  request: { params },
  responses: { 200: { description: 'As it stands now', schema: tenantStanding } },
  problems: ['not-found', 'closing-under-way'],
  handler: ({ params: { id } }, call) =>
    setStatus(call, { tenantId: id, status: 'active', detail: {} }),
});

interface Change {
  tenantId: TenantId;
  status: 'active' | 'suspended';
  detail: Record<string, unknown>;
}

async function setStatus(call: Call, { tenantId, status, detail }: Change) {
  const { principal, requestId, dependencies } = call;
  const { db, revocations } = dependencies;
  const tenant = await findTenant(db, tenantId);
  if (tenant === undefined || tenant.status === 'closed') return problem('not-found');
  // Whoever closes is let go on by taking the closing back.
  if (tenant.closingAt !== null) return problem('closing-under-way');
  if (tenant.status !== status) {
    const action = status === 'suspended' ? 'tenant.suspend' : 'tenant.resume';
    const object = { objectKind: 'tenant', objectId: tenantId } as const;
    const entry = { actor: actorOf(principal), action, ...object, detail, requestId } as const;
    await changeStanding(db, tenantId, { status, entry });
    revocations.announce();
  }
  const { name, slug } = tenant;
  const body = { id: toPublicId('tenant', tenantId), name, slug, status };
  return { status: 200 as const, body };
}

export const platformRoutes: readonly Route[] = [suspend, resume];
