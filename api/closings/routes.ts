/** Closing one's own business: asking for it, following it, and taking it back. */
import { appendAudit } from '../../db/audit.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { findClosing, insertClosing } from '../../db/tenant-closings.ts';
import { tenantClosingWorkflowId } from '../../temporal/workflow-ids.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { newUuid } from '../new-id.ts';
import { ownTenant } from '../own-data.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { decideAbout, shownClosing, startOf } from './decide.ts';
import { closingRequest, closingState } from './schema.ts';

const read = route({
  method: 'get',
  path: '/v1/closing',
  tag: 'Settings',
  summary: 'Whether the business closes, and how far that is',
  auth: 'settings:read',
  request: {},
  responses: { 200: { description: 'The newest wish to close', schema: closingState } },
  problems: [],
  handler: async (_input, call) => {
    const found = await findClosing(call.dependencies.db, call.principal.tenantId);
    return { status: 200, body: { closing: shownClosing(call, found) } };
  },
});

const ask = route({
  method: 'post',
  path: '/v1/closing',
  tag: 'Settings',
  summary: 'Ask for the business to be closed',
  description:
    'The house decides about it. Then the business only reads for two weeks, a last archive can be fetched for another week, and everything is erased. Until then it can be taken back.',
  auth: 'tenant:close',
  stepUp: true,
  request: { body: closingRequest },
  responses: { 202: { description: 'The house is asked', schema: closingState } },
  problems: ['name-differs', 'closing-under-way'],
  handler: async ({ body: { name, reason } }, call) => {
    const { principal, dependencies, requestId } = call;
    const { db, now } = dependencies;
    const { tenant } = await tenantOf(call);
    if (name !== tenant.name.trim()) return problem('name-differs');
    const requestedBy = actorOf(principal);
    const closing = await db.asOperator('record a wish to close a business', (o) =>
      insertClosing(o, {
        ...{ id: newUuid(now()), tenantId: tenant.id, tenantName: tenant.name },
        ...{ reason, requestedBy },
        workflowIdOf: (number) => tenantClosingWorkflowId(tenant.id, number),
      }),
    );
    if (closing === undefined) return problem('closing-under-way');
    const start = startOf(call, tenant, closing);
    await db.withTenant(tenant.id, async (t) => {
      await appendWorkflowStart(t, start);
      await appendAudit(t, {
        ...{ actor: requestedBy, action: 'closing.ask', requestId },
        ...{ objectKind: 'tenant', objectId: tenant.id },
        detail: { reason, closingId: closing.id },
      });
    });
    await hastenStart(call, start);
    return { status: 202, body: { closing: shownClosing(call, closing) } };
  },
});

async function tenantOf(call: Call) {
  const tenant = await ownTenant(call);
  return { tenant, closing: await findClosing(call.dependencies.db, tenant.id) };
}

const withdraw = route({
  method: 'post',
  path: '/v1/closing/withdraw',
  tag: 'Settings',
  summary: 'Take the wish to close back',
  description: 'Possible until the data is erased; the business then works as before.',
  auth: 'tenant:close',
  stepUp: true,
  request: {},
  responses: { 204: { description: 'It will be done' } },
  problems: ['not-waiting', 'unavailable'],
  handler: async (_input, call) => {
    const refusal = await decideAbout(call, await tenantOf(call), {
      ...{ decision: 'withdraw', note: null },
    });
    return refusal ?? { status: 204, body: undefined };
  },
});

export const closingRoutes: readonly Route[] = [read, ask, withdraw];
