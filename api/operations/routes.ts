/** Following work that takes longer than a request: polling, waiting, events, cancelling. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { findOperation, listOperationEvents, type Operation } from '../../db/operations.ts';
import type { OperationId } from '../../domain/ids.ts';
import { operationChannel } from '../../domain/redis-keys.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { describeLiveEvents, lastEventId, liveEvents, liveEventsResponses } from './live-events.ts';
import { Gate } from './gate.ts';
import { showOperation } from './present.ts';
import { acceptedOperation, operation } from './schema.ts';

const params = z.strictObject({ id: idSchema('operation') });

const read = route({
  method: 'get',
  path: '/v1/operations/{id}',
  tag: 'Operations',
  summary: 'How far the work has come',
  description:
    'With `Prefer: wait=n` (at most 30 seconds) the answer waits until the work has finished or waits for a person.',
  auth: 'statements:read',
  request: { params, headers: z.object({ prefer: z.string().max(200).optional() }) },
  responses: {
    200: { description: 'The operation', schema: operation },
    304: { description: 'It has not changed since the version in If-None-Match' },
  },
  problems: ['not-found'],
  handler: async ({ params: { id }, headers }, call) => {
    const waitSeconds = waitOf(headers.prefer);
    const found = await settled(call, id, waitSeconds);
    if (found === undefined) return problem('not-found');
    const isOpen = found.status === 'running' || found.status === 'waiting';
    return {
      status: 200,
      body: showOperation(found, call.dependencies.temporal.runUrl),
      headers: {
        ETag: entityTag(found.version),
        ...(isOpen ? { 'Retry-After': '1' } : {}),
        ...(waitSeconds > 0 ? { 'Preference-Applied': `wait=${waitSeconds}` } : {}),
      },
    };
  },
});

const waitSecondsMax = 30;

/** RFC 7240: preferences that are not understood are ignored. */
function waitOf(prefer: string | undefined): number {
  const seconds = /(?:^|,)\s*wait\s*=\s*"?(\d{1,4})"?\s*(?:$|[,;])/i.exec(prefer ?? '')?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), waitSecondsMax);
}

/** The operation as soon as it no longer runs, or as it is when the time is over. */
async function settled(
  call: Call,
  operationId: OperationId,
  waitSeconds: number,
): Promise<Operation | undefined> {
  const { tenantId } = call.principal;
  const gate = new Gate();
  let isOver = waitSeconds === 0;
  const end = () => {
    isOver = true;
    gate.open();
  };
  const timer = setTimeout(end, waitSeconds * 1000);
  call.response.once('close', end);
  const channel = operationChannel(tenantId, operationId);
  const stop = isOver ? () => {} : call.dependencies.live.listen(channel, () => gate.open());
  try {
    for (;;) {
      const current = await load(call, operationId);
      if (isOver || current?.status !== 'running') return current;
      await gate.passed();
    }
  } finally {
    clearTimeout(timer);
    call.response.off('close', end);
    stop();
  }
}

function load(call: Call, operationId: OperationId): Promise<Operation | undefined> {
  return readOwn(call, (t) => findOperation(t, operationId));
}

const eventsAtOnce = 500;

const events = route({
  method: 'get',
  path: '/v1/operations/{id}/events',
  tag: 'Operations',
  summary: 'What happens, as it happens',
  description: describeLiveEvents('Server-sent events (see OperationEvent)'),
  auth: 'statements:read',
  request: { params, headers: lastEventId },
  responses: liveEventsResponses,
  problems: ['not-found'],
  handler: async ({ params: { id }, headers }, call) => {
    if ((await load(call, id)) === undefined) return problem('not-found');
    return liveEvents(call, {
      operationId: id,
      headers,
      load: (t, afterSeq) => listOperationEvents(t, id, { afterSeq, limit: eventsAtOnce }),
    });
  },
});

const cancel = route({
  method: 'post',
  path: '/v1/operations/{id}/cancel',
  tag: 'Operations',
  summary: 'Stop work that has not begun to post',
  auth: 'statements:write',
  request: { params },
  idempotency: 'optional',
  responses: { 202: { description: 'It will stop', schema: acceptedOperation } },
  problems: ['not-found', 'cannot-cancel', 'unavailable'],
  handler: async ({ params: { id } }, call) => {
    const { temporal } = call.dependencies;
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    const isOpen = found.status === 'running' || found.status === 'waiting';
    if (!isOpen || found.kind !== 'statement.ingest' || hasBegunToPost(found)) {
      return problem('cannot-cancel');
    }
    const outcome = await temporal.cancel(found.workflowId);
    if (outcome === 'closed') return problem('cannot-cancel');
    if (outcome === 'unavailable') {
      return problem('unavailable', { headers: { 'Retry-After': '5' } });
    }
    await changeOwn(call, (t) =>
      appendAudit(t, {
        actor: actorOf(call.principal),
        action: 'operation.cancel',
        objectKind: 'operation',
        objectId: id,
        requestId: call.requestId,
      }),
    );
    return { status: 202, body: { operation: showOperation(found, temporal.runUrl) } };
  },
});

function hasBegunToPost({ stage, progress }: Operation): boolean {
  return stage === 'posted' || stage === 'categorised' || progress?.['stage'] === 'posted';
}

export const operationRoutes: readonly Route[] = [read, events, cancel];
