/** Money out: asking for payouts and reading what became of them. */
import { z } from 'zod';
import { listDisbursements, type DisbursementFilter } from '../../db/disbursement-list.ts';
import type { Disbursement } from '../../db/disbursements.ts';
import { disbursementKinds, shownStatuses, fitsKind } from '../../domain/disbursements/terms.ts';
import { toPublicId } from '../../domain/ids.ts';
import { payoutMinimum } from '../../domain/limits/terms.ts';
import { formatMoney } from '../../domain/money.ts';
import { exportRoutes } from '../downloads/list-export.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { sheetFormats } from '../sheets/download.ts';
import { centsText, wordList } from '../filters.ts';
import { idFor } from '../request-id.ts';
import { pageFrom, positionIn } from '../page.ts';
import { trailTag } from '../payment-trail.ts';
import { idSchema, instantSchema, pageQuery, msisdnSchema } from '../primitives.ts';
import { ofPayouts } from '../expansions.ts';
import { problem, type FieldError, type Problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { wordTag } from '../words-of-two.ts';
import { readDetail, type PayoutDetail } from './detail.ts';
import { showDisbursement, showDisbursementDetail } from './present.ts';
import { recordPayout } from './record.ts';
import {
  acceptedDisbursement,
  disbursementDetail,
  disbursementPage,
  disbursementRequest,
} from './schema.ts';

const create = route({
  method: 'post',
  path: '/v1/disbursements',
  tag: 'Disbursements',
  summary: 'Pay somebody',
  description:
    'It is checked against limits, money and fraud rules, held, agreed to by a second person above the limit, and sent to M-PESA once. Follow the status: `unknown` is settled by asking M-PESA, never by sending again.',
  auth: 'disbursements:write',
  request: { body: disbursementRequest },
  idempotency: 'required',
  responses: { 202: { description: 'It is on its way', schema: acceptedDisbursement } },
  problems: ['shortcode-unusable'],
  handler: async ({ body }, call) => {
    const unfit = refuseUnfit(body);
    if (unfit !== undefined) return unfit;
    const { temporal } = call.dependencies;
    const wish = { ...body, id: idFor(call, 'disbursement', body) };
    const recorded = await changeOwn(call, (t) => recordPayout(t, call, wish));
    if ('problem' in recorded) return recorded;
    await hastenStart(call, recorded.start);
    const shown = showDisbursement(recorded.disbursement, temporal.runUrl);
    return {
      status: 202,
      body: { disbursement: shown },
      headers: { Location: `/v1/disbursements/${shown.id}` },
    };
  },
});

/** What the shape alone cannot say: kind and payee belong together, and phones take ten shillings. */
export function refuseUnfit(
  body: Pick<z.output<typeof disbursementRequest>, 'kind' | 'payee' | 'amountCents'>,
): Problem | undefined {
  const errors: FieldError[] = [];
  if (!fitsKind(body.kind, body.payee)) {
    const detail = `a ${body.kind} is not paid to a ${body.payee.kind}`;
    errors.push({ in: 'body', pointer: '/payee/kind', detail });
  }
  if (body.payee.kind === 'msisdn' && body.amountCents < payoutMinimum) {
    const detail = `must be at least ${formatMoney(payoutMinimum)} to a phone`;
    errors.push({ in: 'body', pointer: '/amountCents', detail });
  }
  return errors.length === 0 ? undefined : problem('validation-failed', { errors });
}

const filterFields = {
  status: wordList(shownStatuses).optional(),
  kind: wordList(disbursementKinds).optional(),
  shortcodeId: idSchema('shortcode').optional(),
  batchId: idSchema('payoutBatch').optional(),
  msisdn: msisdnSchema.optional(),
  reference: z.string().trim().min(1).max(64).optional(),
  receipt: z
    .string()
    .regex(/^[A-Za-z0-9]{8,12}$/)
    .transform((text) => text.toUpperCase())
    .optional(),
  needsAttention: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  returnWaits: z
    .literal('true')
    .transform(() => true as const)
    .optional()
    .describe('Those of which one person said that the money came back, and nobody agreed yet'),
  'createdAt[gte]': instantSchema.optional(),
  'createdAt[lt]': instantSchema.optional(),
  'amountCents[gte]': centsText.optional(),
  'amountCents[lte]': centsText.optional(),
};
const filterQuery = z.strictObject(filterFields);

function filterOf(query: z.output<typeof filterQuery>): DisbursementFilter {
  const renamed = {
    ...{ status: query.status, kind: query.kind, shortcodeId: query.shortcodeId },
    ...{ batchId: query.batchId, msisdn: query.msisdn, reference: query.reference },
    ...{ receipt: query.receipt, needsAttention: query.needsAttention },
    returnWaits: query.returnWaits,
    createdFrom: query['createdAt[gte]'],
    createdBefore: query['createdAt[lt]'],
    amountFrom: query['amountCents[gte]'],
    amountTo: query['amountCents[lte]'],
  };
  const given = Object.entries(renamed).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

const { exported, begun } = exportRoutes({
  list: 'disbursements',
  path: '/v1/disbursements/export',
  tag: 'Disbursements',
  summary: 'Exactly what a filter selects, as a file',
  description: "Oldest first. Texts a spreadsheet would run as a formula start with `'`.",
  auth: 'transactions:export',
  formats: sheetFormats,
  asked: z.strictObject({ format: z.enum(sheetFormats).default('csv'), ...filterFields }),
  choiceOf: ({ format: _format, ...fields }) => filterOf(fields),
});

const list = route({
  method: 'get',
  path: '/v1/disbursements',
  tag: 'Disbursements',
  summary: 'Payouts by the time they were asked for',
  auth: 'disbursements:read',
  request: {
    query: z.strictObject({
      ...filterFields,
      sort: z.enum(['-createdAt', 'createdAt']).default('-createdAt'),
      ...pageQuery(200),
    }),
  },
  sheet: exported,
  expand: ofPayouts,
  responses: { 200: { description: 'One page', schema: disbursementPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const { temporal } = call.dependencies;
    const after = positionIn(call, query, listPosition);
    const request = {
      filter: filterOf(query),
      isDescending: query.sort === '-createdAt',
      limit: query.limit + 1,
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, (t) => listDisbursements(t, request));
    const show = (row: Disbursement) => showDisbursement(row, temporal.runUrl);
    return { status: 200, body: pageFrom(call, query, { rows, show, position: positionOf }) };
  },
});

const listPosition = z.strictObject({ createdAt: instantSchema, id: idSchema('disbursement') });

function positionOf({ createdAt, id }: Disbursement): z.input<typeof listPosition> {
  return { createdAt, id: toPublicId('disbursement', id) };
}

const read = route({
  method: 'get',
  path: '/v1/disbursements/{id}',
  tag: 'Disbursements',
  summary: 'One payout with its timeline and what was said about it',
  auth: 'disbursements:read',
  request: { params: z.strictObject({ id: idSchema('disbursement') }) },
  expand: ofPayouts,
  responses: {
    200: { description: 'The payout', schema: disbursementDetail },
    304: { description: 'It has not changed since the version in If-None-Match' },
  },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readDetail(call, id);
    if (found === undefined) return problem('not-found');
    return {
      status: 200,
      body: showDisbursementDetail(found, call),
      headers: { ETag: tagOf(found, call) },
    };
  },
});

/** Changes with everything that is shown, not only with the payout itself. */
function tagOf(known: PayoutDetail, call: Call): string {
  const { payout, evidence, closing, returned, transactionId, trail } = known;
  const words = [closing, returned].flatMap((said) => wordTag(said, call));
  const parts = [payout.version, evidence.length, ...words, transactionId, trailTag(trail)];
  return entityTag(parts.join('-'));
}

export const disbursementRoutes: readonly Route[] = [create, list, exported, begun, read];
