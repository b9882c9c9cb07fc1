/** All businesses of the house, and the queue of those that want to close. */
import { z } from 'zod';
import { tenantStatuses, tenantTiers } from '../../db/platform-tables.ts';
import { closingsOfTenants, findClosing, type TenantClosing } from '../../db/tenant-closings.ts';
import {
  countTransactions,
  findTenant,
  listTenants,
  type HouseTenant,
} from '../../db/tenant-record.ts';
import { placementOf } from '../../db/tenant-placement.ts';
import { toPublicId } from '../../domain/ids.ts';
import { shownClosing, decideAbout } from '../closings/decide.ts';
import { closingDecision } from '../closings/schema.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { houseTenantList } from './schema.ts';

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('tenant') });

const list = route({
  method: 'get',
  path: '/v1/platform/tenants',
  tag: 'Platform',
  summary: 'Every business of the house, the newest first',
  auth: 'platform:manage',
  request: {
    query: z.strictObject({
      status: z.enum(tenantStatuses).optional(),
      plan: z.enum(tenantTiers).optional(),
      q: z.string().trim().min(1).max(100).optional().describe('Part of a name'),
      closing: z.literal('true').optional().describe('Only those that want to close'),
      ...pageQuery(50),
    }),
  },
  responses: { 200: { description: 'The newest first', schema: houseTenantList } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { db } = call.dependencies;
    const after = positionIn(call, query, position);
    const { status, plan: tier, q, limit } = query;
    const isClosing = query.closing === 'true';
    const { rows, closings } = await db.asOperator(
      'list the businesses of the house',
      async (o) => {
        const found = await listTenants(o, { status, tier, q, isClosing, after, limit: limit + 1 });
        const ids = found.map(({ id }) => id);
        return { rows: found, closings: await closingsOfTenants(o, ids) };
      },
    );
    const open = rows.slice(0, limit).filter((row) => row.status !== 'closed');
    const sizes = await countTransactions(db, open);
    const page = pageFrom(call, query, {
      rows,
      show: (row) => shown(call, row, { closing: closings.get(row.id), size: sizes.get(row.id) }),
      position: ({ createdAt, id }) => ({ createdAt, id: toPublicId('tenant', id) }),
    });
    return { status: 200, body: page };
  },
});

function shown(
  call: Call,
  row: HouseTenant,
  of: { closing: TenantClosing | undefined; size: number | undefined },
) {
  const { id, tier: plan, place, ...facts } = row;
  return {
    ...{ id: toPublicId('tenant', id), ...facts, plan, isolation: placementOf(place).tier },
    transactions: of.size ?? null,
    closing: shownClosing(call, of.closing),
  };
}

const decide = route({
  method: 'post',
  path: '/v1/platform/tenants/{id}/closing',
  tag: 'Platform',
  summary: 'Agree to close a business, or do not',
  description: 'Declining takes an agreement back too, until the data is erased.',
  auth: 'platform:manage',
  stepUp: true,
  request: { params: z.strictObject({ id: idSchema('tenant') }), body: closingDecision },
  responses: { 204: { description: 'It will be done' } },
  problems: ['not-found', 'not-waiting', 'unavailable'],
  handler: async ({ params: { id }, body: { decision, note = null } }, call) => {
    const { db } = call.dependencies;
    const tenant = await findTenant(db, id);
    if (tenant === undefined || tenant.status === 'closed') return problem('not-found');
    const closing = await findClosing(db, id);
    const refusal = await decideAbout(call, { tenant, closing }, { decision, note });
    return refusal ?? { status: 204, body: undefined };
  },
});

export const houseRoutes: readonly Route[] = [list, decide];
