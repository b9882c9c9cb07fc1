/** Money by STK push: asked for, followed live, listed, exported and cancelled. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { listCollectionEvents } from '../../db/collection-events.ts';
import { listCollections, summariseCollections } from '../../db/collection-lists.ts';
import type { Collection } from '../../db/collection-record.ts';
import { findCollection } from '../../db/collections.ts';
import { findCustomer } from '../../db/customers.ts';
import { findEqualPush } from '../../db/equal-pushes.ts';
import { isOpen } from '../../domain/collections/terms.ts';
import { id as idOf, toPublicId } from '../../domain/ids.ts';
import type { CancelVerdict } from '../../workflows/collection-types.ts';
import { actorOf } from '../auth/principal.ts';
import { exportRoutes } from '../downloads/list-export.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { sheetFormats } from '../sheets/download.ts';
import { isPeriod, periodRule } from '../filters.ts';
import {
  describeLiveEvents,
  lastEventId,
  liveEvents,
  liveEventsResponses,
} from '../operations/live-events.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { ofCollections } from '../expansions.ts';
import { problem, wrongField } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { readDetail, tagOf, timelineMax } from './detail.ts';
import { filterFields, filterOf } from './filter.ts';
import { shortcodesOf, showCollection, showCollectionDetail, showEvent } from './present.ts';
import { answerAsked } from './answer-asked.ts';
import { recordCollection, shortcodeProblem } from './request-collection.ts';
import {
  collection,
  collectionDetail,
  collectionPage,
  collectionRequest,
  collectionSummary,
} from './schema.ts';

const params = z.strictObject({ id: idSchema('collection') });
const tag = 'Collections';

const create = route({
  method: 'post',
  path: '/v1/collections',
  tag,
  summary: 'Ask for money by STK push',
  description:
    'Answers 201 once M-PESA has taken or refused the prompt (see `status`), and 202 when that is not known yet; the push is then under way or will be. It is sent once, whatever happens: repeat the request with the same Idempotency-Key.',
  auth: 'collections:write',
  request: { body: collectionRequest },
  idempotency: 'required',
  responses: {
    201: { description: 'M-PESA has answered', schema: collection },
    202: { description: 'Recorded; M-PESA has not answered yet', schema: collection },
  },
  problems: ['shortcode-not-ready', 'already-asked'],
  handler: async ({ body }, call) => {
    const recorded = await changeOwn(call, async (t) => {
      const refusal = await shortcodeProblem(t, body.shortcodeId);
      if (refusal !== undefined) return refusal;
      const { customerId, unlessOpen, ...wish } = body;
      if (customerId !== undefined && (await findCustomer(t, customerId)) === undefined) {
        return wrongField('/customerId', 'is not one of yours');
      }
      const createdBy = actorOf(call.principal);
      const who = customerId === undefined ? {} : { customerId };
      const id = idFor(call, 'collection', body);
      const equal = unlessOpen ? await findEqualPush(t, { ...wish, id }) : undefined;
      if (equal !== undefined) return alreadyAsked(equal);
      const asked = { ...wish, ...who, id, source: 'api', createdBy } as const;
      const made = await recordCollection(t, asked, call);
      return { ...made, shortcodes: await shortcodesOf(t) };
    });
    if ('problem' in recorded) return recorded;
    return answerAsked(call, recorded);
  },
});

function alreadyAsked({ id, status }: Collection) {
  const detail = `${toPublicId('collection', id)} asks the same of this phone and is ${status}.`;
  return problem('already-asked', { detail });
}

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('collection') });

const { exported, begun } = exportRoutes({
  list: 'collections',
  path: '/v1/collections/export',
  tag,
  summary: 'Exactly what a filter selects, as a file',
  description: "Newest first. Texts that a spreadsheet would run as a formula start with `'`.",
  auth: 'transactions:export',
  formats: sheetFormats,
  asked: z
    .strictObject({ format: z.enum(sheetFormats).default('csv'), ...filterFields })
    .refine(isPeriod, periodRule),
  choiceOf: ({ format: _format, ...fields }) => filterOf(fields),
});

const list = route({
  method: 'get',
  path: '/v1/collections',
  tag,
  summary: 'Collections, newest first',
  auth: 'collections:read',
  request: {
    query: z.strictObject({ ...filterFields, ...pageQuery(200) }).refine(isPeriod, periodRule),
  },
  sheet: exported,
  expand: ofCollections,
  responses: { 200: { description: 'One page', schema: collectionPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { temporal } = call.dependencies;
    const after = positionIn(call, query, position);
    const { cursor: _cursor, limit, ...fields } = query;
    const request = {
      ...{ filter: filterOf(fields), limit: limit + 1 },
      ...(after === undefined ? {} : { after }),
    };
    const found = await readOwn(call, async (t) => ({
      rows: await listCollections(t, request),
      shortcodes: await shortcodesOf(t),
    }));
    const show = (row: Collection) =>
      showCollection(row, { shortcodes: found.shortcodes, runUrl: temporal.runUrl });
    const place = ({ createdAt, id }: Collection): z.input<typeof position> => ({
      createdAt,
      id: toPublicId('collection', id),
    });
    const page = pageFrom(call, query, { rows: found.rows, show, position: place });
    return { status: 200, body: page };
  },
});

const summary = route({
  method: 'get',
  path: '/v1/collections/summary',
  tag,
  summary: 'Count and sum by status of exactly what a filter selects',
  auth: 'collections:read',
  request: { query: z.strictObject(filterFields).refine(isPeriod, periodRule) },
  responses: { 200: { description: 'Counts and sums', schema: collectionSummary } },
  problems: [],
  handler: async ({ query }, call) => {
    const byStatus = await readOwn(call, (t) => summariseCollections(t, filterOf(query)));
    const count = byStatus.reduce((all, one) => all + one.count, 0);
    return { status: 200, body: { count, byStatus, currency: 'KES' as const } };
  },
});

const read = route({
  method: 'get',
  path: '/v1/collections/{id}',
  tag,
  summary: 'One collection with every witness and its timeline',
  auth: 'collections:read',
  request: { params },
  expand: ofCollections,
  responses: {
    200: { description: 'The collection', schema: collectionDetail },
    304: { description: 'It has not changed since the version in If-None-Match' },
  },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readDetail(call, id);
    if (found === undefined) return problem('not-found');
    const body = showCollectionDetail(found, call);
    return { status: 200, body, headers: { ETag: tagOf(found, call) } };
  },
});

const events = route({
  method: 'get',
  path: '/v1/collections/{id}/events',
  tag,
  summary: 'What happens to a collection, as it happens',
  description: describeLiveEvents('Server-sent events'),
  auth: 'collections:read',
  request: { params, headers: lastEventId },
  responses: liveEventsResponses,
  problems: ['not-found'],
  handler: async ({ params: { id }, headers }, call) => {
    if ((await load(call, id)) === undefined) return problem('not-found');
    return liveEvents(call, {
      operationId: idOf('operation', id),
      headers,
      load: async (t, afterSeq) =>
        (await listCollectionEvents(t, id, { afterSeq, limit: timelineMax })).map(showEvent),
    });
  },
});

function load(call: Call, id: Collection['id']): Promise<Collection | undefined> {
  return readOwn(call, (t) => findCollection(t, id));
}

const cancel = route({
  method: 'post',
  path: '/v1/collections/{id}/cancel',
  tag,
  summary: 'Stop waiting for a collection',
  description:
    'M-PESA is asked once more first. A prompt cannot be called back: should the payer still pay, the money is credited and the collection is paid.',
  auth: 'collections:write',
  request: { params },
  idempotency: 'optional',
  responses: { 200: { description: 'The collection as it ended', schema: collection } },
  problems: ['not-found', 'cannot-cancel', 'unavailable'],
  handler: async ({ params: { id } }, call) => {
    const { temporal } = call.dependencies;
    const found = await load(call, id);
    if (found === undefined) return problem('not-found');
    if (!isOpen(found.status)) return problem('cannot-cancel');
    const requestedBy = actorOf(call.principal);
    const outcome = await temporal.ask<CancelVerdict>(
      { workflowId: found.workflowId, requestId: call.requestId },
      { name: 'cancelCollection', input: { requestedBy } },
    );
    if (outcome.kind === 'closed' || outcome.kind === 'not-waiting') {
      return problem('cannot-cancel');
    }
    if (outcome.kind !== 'answered') {
      return problem('unavailable', { headers: { 'Retry-After': '5' } });
    }
    const shown = await changeOwn(call, async (t) => {
      await appendAudit(t, {
        ...{ actor: requestedBy, action: 'collection.cancel-requested' },
        ...{ objectKind: 'collection', objectId: id, requestId: call.requestId },
      });
      const ended = (await findCollection(t, id)) ?? found;
      const shortcodes = await shortcodesOf(t);
      return showCollection(ended, { shortcodes, runUrl: temporal.runUrl });
    });
    return { status: 200, body: shown };
  },
});

export const collectionRoutes: readonly Route[] = [
  create,
  list,
  summary,
  exported,
  begun,
  read,
  events,
  cancel,
];
