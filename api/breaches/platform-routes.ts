/**
 * The register of breaches of personal data, for operators of the house: what happened, since when it
 * is known, whose data it is, who was told when, and how it ended.
 */
import { z } from 'zod';
import { noteEntry, withEntries } from '../../db/breach-entries.ts';
import { askToTell, noteAuthority } from '../../db/breach-telling.ts';
import {
  closeBreach,
  findBreach,
  insertBreach,
  listBreaches,
  readRegister,
  touchBusinesses,
} from '../../db/breaches.ts';
import { clockHours, nearHours } from '../../domain/breaches/clocks.ts';
import type { TenantId } from '../../domain/ids.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { idFor, uuidFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { download, exportStepUp, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { change, deedOf, findShown, haveLooked, refuseTime, shownNow, wrong } from './deeds.ts';
import {
  breachAuthority,
  breachClosing,
  breachMeasure,
  breachRecord,
  breachTouch,
  houseBreach,
  houseBreachList,
} from './schema.ts';
import { registerLines, registerSheet, type RegisterLine } from './sheet.ts';
import { shownToHouse } from './shown.ts';

const [tag, auth] = ['Platform', 'platform:manage'] as const;
const params = z.strictObject({ id: idSchema('breach') });
const asItIs = { 200: { description: 'As it is now', schema: houseBreach } };

const list = route({
  method: 'get',
  path: '/v1/platform/breaches',
  tag,
  summary: 'Breaches of personal data, open ones first',
  description: `The newest 100. Two clocks run for each business from when the breach was noticed: ${clockHours.business} hours to tell the business, ${clockHours.authority} to tell the Data Commissioner. Operators and owners are reminded ${nearHours} hours before an end and at it.`,
  auth,
  request: {},
  responses: { 200: { description: 'Open ones first', schema: houseBreachList } },
  problems: [],
  handler: async (_input, call) => {
    const found = await call.dependencies.db.asOperator('look at breaches', async (o) =>
      withEntries(o, await listBreaches(o)),
    );
    return { status: 200, body: { data: found.map((one) => shownToHouse(call, one)) } };
  },
});

const register = route({
  method: 'get',
  path: '/v1/platform/breach-register',
  tag,
  summary: 'The whole register as a file',
  description: 'A line for each breach and business, the oldest first.',
  auth,
  stepUp: exportStepUp,
  request: { query: z.strictObject({ format: z.enum(sheetFormats).default('csv') }) },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: [],
  handler: async ({ query: { format } }, call) =>
    download(call, registerSheet, {
      ...{ list: 'breaches', format, asked: {}, batches: () => allLines(call) },
    }),
});

async function* allLines(call: Call): AsyncGenerator<RegisterLine[]> {
  const { db, now } = call.dependencies;
  const found = await db.asOperator('take the register of breaches', async (o) =>
    withEntries(o, await readRegister(o, { isAll: true })),
  );
  yield registerLines(found, now());
}

const record = route({
  method: 'post',
  path: '/v1/platform/breaches',
  tag,
  summary: 'Put a breach on record',
  description:
    'Its clocks begin to run; nobody is told by that alone. What is on record is never changed, only added to.',
  auth,
  stepUp: true,
  request: { body: breachRecord },
  idempotency: 'optional',
  responses: { 201: { description: 'On record', schema: houseBreach } },
  problems: [],
  handler: async ({ body }, call) => {
    const { businesses, measures = null, ...facts } = body;
    const { db } = call.dependencies;
    const refusal = refuseTime(call, body.noticedAt, { pointer: '/noticedAt' });
    if (refusal !== undefined) return refusal;
    const id = idFor(call, 'breach', body);
    const deed = deedOf(call);
    const touched = touchedIn(businesses);
    const missing = await db.asOperator(`put a breach on record, by ${deed.actor}`, async (o) => {
      if ((await findBreach(o, id)) !== undefined) return [];
      return insertBreach(o, { ...facts, id, touched, measures }, deed);
    });
    if (missing.length > 0) return unknownIn(businesses, missing);
    await haveLooked(call, id);
    return { status: 201, body: await shownNow(call, id) };
  },
});

type Businesses = z.output<typeof breachRecord>['businesses'];

function touchedIn(businesses: Businesses) {
  return businesses.map(({ id: tenantId, personCount }) => ({ tenantId, personCount }));
}

function unknownIn(businesses: Businesses, missing: readonly TenantId[]) {
  const index = businesses.findIndex(({ id }) => missing.includes(id));
  return wrong(`/businesses/${index}/id`, 'is no business here');
}

const read = route({
  method: 'get',
  path: '/v1/platform/breaches/{id}',
  tag,
  summary: 'A breach, with everything that was done about it',
  auth,
  request: { params },
  responses: asItIs,
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const body = await findShown(call, id);
    return body === undefined ? problem('not-found') : { status: 200, body };
  },
});

const touch = route({
  method: 'post',
  path: '/v1/platform/breaches/{id}/businesses',
  tag,
  summary: 'Name more businesses, or of how many people the data is',
  description:
    'Of those that are named already the count is changed; both stand among the entries.',
  auth,
  stepUp: true,
  idempotency: 'optional',
  request: { params, body: breachTouch },
  responses: asItIs,
  problems: ['not-found', 'breach-closed'],
  handler: ({ params: { id }, body: { businesses, noticedAt } }, call) =>
    change(call, id, async (o, breach) => {
      const since = breach.noticedAt;
      const refusal = refuseTime(call, noticedAt, { pointer: '/noticedAt', since });
      if (refusal !== undefined) return refusal;
      const deed = deedOf(call);
      const of = { breachId: id, touched: touchedIn(businesses), noticedAt: noticedAt ?? deed.at };
      const missing = await touchBusinesses(o, of, deed);
      return missing.length === 0 ? undefined : unknownIn(businesses, missing);
    }),
});

const measures = route({
  method: 'post',
  path: '/v1/platform/breaches/{id}/measures',
  tag,
  summary: 'Note what was done about it',
  description: 'Every business it touches reads it once it was told.',
  auth,
  stepUp: true,
  idempotency: 'optional',
  request: { params, body: breachMeasure },
  responses: asItIs,
  problems: ['not-found', 'breach-closed'],
  handler: ({ params: { id }, body }, call) =>
    change(call, id, async (o) => {
      const entry = { id: uuidFor(call, 'measure', body), kind: 'measure' } as const;
      await noteEntry(o, { ...deedOf(call), ...entry, breachId: id, detail: body.text });
      return undefined;
    }),
});

const tell = route({
  method: 'post',
  path: '/v1/platform/breaches/{id}/tell',
  tag,
  summary: 'Tell every business that was not told yet',
  description:
    'A run tells the owners and admins of each by bell and mail, once; it stands in the audit log of the business. What is asked for once cannot be taken back.',
  auth,
  stepUp: true,
  request: { params },
  responses: asItIs,
  problems: ['not-found', 'breach-closed'],
  handler: ({ params: { id } }, call) =>
    change(call, id, async (o) => {
      await askToTell(o, id, deedOf(call));
      return undefined;
    }),
});

const authority = route({
  method: 'post',
  path: '/v1/platform/breaches/{id}/authority',
  tag,
  summary: 'Note that the Data Commissioner was told, for every business that did not',
  auth,
  stepUp: true,
  request: { params, body: breachAuthority },
  responses: asItIs,
  problems: ['not-found', 'breach-closed'],
  handler: ({ params: { id }, body: { toldAt, reference = null } }, call) =>
    change(call, id, async (o, { noticedAt: since }) => {
      const refusal = refuseTime(call, toldAt, { pointer: '/toldAt', since });
      if (refusal !== undefined) return refusal;
      const deed = deedOf(call);
      const of = { breachId: id, tenantId: null };
      await noteAuthority(o, of, { ...deed, toldAt: toldAt ?? deed.at, reference });
      return undefined;
    }),
});

const close = route({
  method: 'post',
  path: '/v1/platform/breaches/{id}/close',
  tag,
  summary: 'Close the matter, with a reason',
  description: 'Its clocks stop, and nothing is added to it any more.',
  auth,
  stepUp: true,
  request: { params, body: breachClosing },
  responses: asItIs,
  problems: ['not-found', 'breach-closed'],
  handler: ({ params: { id }, body: { reason } }, call) =>
    change(call, id, async (o) => {
      await closeBreach(o, id, { ...deedOf(call), reason });
      return undefined;
    }),
});

export const platformBreachRoutes: readonly Route[] = [
  ...[list, register, record, read],
  ...[touch, measures, tell, authority, close],
];
