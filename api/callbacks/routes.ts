/** Looking at callbacks that were set aside, and deciding about them. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import {
  callbackStatusOf,
  listCallbacks,
  resolveCallback,
  type ListedCallback,
} from '../../db/quarantine.ts';
import { callbackStatuses } from '../../db/shortcode-tables.ts';
import { showCallback } from '../../domain/daraja/shown-callback.ts';
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { callbackChannel } from '../../domain/redis-keys.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { callbackDecision, callbackPage, decidedCallback, type Callback } from './schema.ts';

const position = z.strictObject({ receivedAt: instantSchema, id: idSchema('callback') });

const list = route({
  method: 'get',
  path: '/v1/callbacks',
  tag: 'Callbacks',
  summary: 'Callbacks by state, newest first, numbers masked',
  auth: 'collections:read',
  request: {
    query: z.strictObject({
      status: z.enum(callbackStatuses).default('quarantined'),
      ...pageQuery(100),
    }),
  },
  responses: { 200: { description: 'One page', schema: callbackPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const { status } = query;
    const rows = await readOwn(call, (t) =>
      listCallbacks(t, { status, after, limit: query.limit + 1 }),
    );
    const page = pageFrom(call, query, {
      rows,
      show,
      position: ({ receivedAt, id }) => ({ receivedAt, id: toPublicId('callback', id) }),
    });
    return { status: 200, body: page };
  },
});

const decide = route({
  method: 'post',
  path: '/v1/callbacks/{id}/decision',
  tag: 'Callbacks',
  summary: 'Handle a callback that was set aside once more, or lay it to rest',
  auth: 'unallocated:resolve',
  request: { params: z.strictObject({ id: idSchema('callback') }), body: callbackDecision },
  responses: { 200: { description: 'Decided', schema: decidedCallback } },
  problems: ['not-found', 'callback-decided'],
  handler: async ({ params: { id }, body }, call) => {
    const { principal, dependencies, requestId } = call;
    const actor = actorOf(principal);
    const outcome = await changeOwn(call, async (t) => {
      if ((await callbackStatusOf(t, id)) === undefined) return 'missing';
      if (!(await resolveCallback(t, id, { ...body, actor }))) return 'decided';
      await appendAudit(t, {
        ...{ actor, requestId, action: `callback.${body.resolution}` },
        ...{ objectKind: 'callback', objectId: id, detail: {} },
      });
      return 'done';
    });
    if (outcome === 'missing') return problem('not-found');
    if (outcome === 'decided') return problem('callback-decided');
    await dependencies.redis.publish(callbackChannel, '').catch(() => {});
    const state: Callback['status'] = body.resolution === 'retry' ? 'pending' : 'discarded';
    return { status: 200, body: { id: toPublicId('callback', id), status: state } };
  },
});

function show({ body, targetId: _targetId, id, ...facts }: ListedCallback): Callback {
  return { ...facts, id: toPublicId('callback', id), ...showCallback(parse(body)) };
}

/** What was set aside need not be JSON. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

export const callbackRoutes: readonly Route[] = [list, decide];
