/** Questions to M-PESA about a shortcode: its balances, and what became of a receipt. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { latestBalances, watchBalance, watchedBelow } from '../../db/balances.ts';
import type { TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { findQuery, insertQuery } from '../../db/payout-evidence.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { toPublicId, type Id, type ShortcodeId } from '../../domain/ids.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { balanceWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { takeCurrent, versionOf } from '../precondition.ts';
import {
  currencySchema,
  idSchema,
  instantSchema,
  publicIdSchema,
  versionSchema,
} from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { idFor } from '../request-id.ts';

const params = z.strictObject({ id: idSchema('shortcode') });

const balanceView = z.strictObject({
  account: z.string().describe('As M-PESA names it, such as Utility Account'),
  currentCents: z.int(),
  availableCents: z.int(),
  reservedCents: z.int(),
  unclearedCents: z.int(),
  at: instantSchema,
  /** Below this somebody is told; null when nobody watches it. */
  belowCents: z.int().nullable(),
  isLow: z.boolean(),
  version: versionSchema.describe('Of the amount below which somebody is told'),
});

const balances = z.strictObject({ currency: currencySchema, data: z.array(balanceView) });

const read = route({
  method: 'get',
  path: '/v1/shortcodes/{id}/balances',
  tag: 'Balances',
  summary: 'The balances M-PESA told last',
  auth: 'shortcodes:read',
  request: { params },
  responses: { 200: { description: 'Balances by account', schema: balances } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(
      call,
      async (t) => (await findShortcode(t, id)) && latestBalances(t, id),
    );
    if (found === undefined) return problem('not-found');
    const data = found.map(({ name: account, ...rest }) => ({
      ...{ account, ...rest, version: versionOf({ belowCents: rest.belowCents }) },
    }));
    return { status: 200, body: { currency: 'KES' as const, data } };
  },
});

const asked = z.strictObject({ queryId: publicIdSchema });

const check = route({
  method: 'post',
  path: '/v1/shortcodes/{id}/balances/check',
  tag: 'Balances',
  summary: 'Ask M-PESA for the balances now',
  auth: 'disbursements:write',
  request: { params, body: z.strictObject({}) },
  idempotency: 'optional',
  responses: { 202: { description: 'It was asked; follow the question', schema: asked } },
  problems: ['not-found'],
  handler: ({ params: { id } }, call) => ask(call, id, undefined),
});

const receiptQuestion = z.strictObject({
  receipt: z
    .string()
    .regex(/^[A-Za-z0-9]{8,12}$/, 'must be an M-PESA receipt')
    .transform((text) => text.toUpperCase()),
});

const status = route({
  method: 'post',
  path: '/v1/shortcodes/{id}/transaction-status',
  tag: 'Balances',
  summary: 'Ask M-PESA what became of a receipt',
  description: 'Proves a payment somebody claims to have made.',
  auth: 'disbursements:write',
  request: { params, body: receiptQuestion },
  idempotency: 'optional',
  responses: { 202: { description: 'It was asked; follow the question', schema: asked } },
  problems: ['not-found'],
  handler: ({ params: { id }, body: { receipt } }, call) => ask(call, id, receipt),
});

async function ask(call: Call, shortcodeId: ShortcodeId, receipt: string | undefined) {
  const { config } = call.dependencies;
  const queryId = idFor(call, 'providerQuery', receipt);
  const start = await changeOwn(call, async (t) => {
    if ((await findShortcode(t, shortcodeId)) === undefined) return undefined;
    if ((await findQuery(t, queryId)) !== undefined) return 'asked';
    const { timeScale } = config.daraja;
    return recordQuestion(t, call, { shortcodeId, queryId, receipt, timeScale });
  });
  if (start === undefined) return problem('not-found');
  if (start !== 'asked') await hastenStart(call, start);
  const accepted = 202 as const;
  const body = { queryId: toPublicId('providerQuery', queryId) };
  return { status: accepted, body, headers: { Location: `/v1/provider-queries/${body.queryId}` } };
}

async function recordQuestion(
  t: TenantHandle,
  call: Call,
  question: {
    shortcodeId: ShortcodeId;
    queryId: Id<'providerQuery'>;
    receipt: string | undefined;
    timeScale: number;
  },
): Promise<WorkflowStart> {
  const { shortcodeId, queryId, receipt, timeScale } = question;
  const { tenantId } = t;
  const askedBy = actorOf(call.principal);
  const about = receipt === undefined ? {} : { receipt };
  const start: WorkflowStart = {
    workflow: 'checkBalance',
    workflowId: balanceWorkflowId({ tenantId, queryId }),
    tier: await tierOf(t),
    summary: receipt === undefined ? 'Ask for balances' : 'Ask about a receipt',
    input: { tenantId, shortcodeId, queryId, askedBy, timeScale, ...about },
  };
  const subject =
    receipt === undefined
      ? ({ kind: 'balance', subjectKind: 'shortcode' } as const)
      : ({ kind: 'status', subjectKind: 'receipt', receipt } as const);
  await insertQuery(t, { id: queryId, shortcodeId, askedBy, subjectId: shortcodeId, ...subject });
  await appendWorkflowStart(t, start);
  await appendAudit(t, {
    ...{ actor: askedBy, action: 'provider.ask', requestId: call.requestId },
    ...{ objectKind: 'shortcode', objectId: shortcodeId },
    detail: { queryId },
  });
  return start;
}

const queryView = z.strictObject({
  id: publicIdSchema,
  kind: z.enum(['status', 'balance']),
  askedAt: instantSchema,
  answeredAt: instantSchema.nullable(),
  /** The provider's code: `0` says that the question was answered. */
  code: z.string().nullable(),
  /** Of a receipt: Completed, Cancelled, Declined, Expired, Initiated or Authorized. */
  status: z.string().nullable(),
  receipt: z.string().nullable(),
  amountCents: z.int().nullable(),
});

const readQuery = route({
  method: 'get',
  path: '/v1/provider-queries/{id}',
  tag: 'Balances',
  summary: 'A question to M-PESA and its answer',
  auth: 'disbursements:read',
  request: { params: z.strictObject({ id: idSchema('providerQuery') }) },
  responses: { 200: { description: 'The question', schema: queryView } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, (t) => findQuery(t, id));
    if (found === undefined) return problem('not-found');
    const { kind, asked_at: askedAt, answered_at: answeredAt, answer } = found;
    const text = (name: string) =>
      typeof answer?.[name] === 'string' ? String(answer[name]) : null;
    const amountCents = answer?.['amountCents'];
    const body = {
      id: toPublicId('providerQuery', id),
      ...{ kind, askedAt, answeredAt, code: text('code'), status: text('status') },
      receipt: text('receipt') ?? found.receipt,
      amountCents: typeof amountCents === 'number' ? amountCents : null,
    };
    return { status: 200, body };
  },
});

const watchRequest = z.strictObject({
  account: z.string().trim().min(1).max(60),
  belowCents: z
    .int()
    .min(0)
    .max(100_000_000_000)
    .transform((amount): Cents => cents(amount)),
});

const watch = route({
  method: 'post',
  path: '/v1/shortcodes/{id}/balances/watch',
  tag: 'Balances',
  summary: 'Be told when an account falls below an amount',
  auth: 'settings:manage',
  request: { params, body: watchRequest },
  ifMatch: true,
  responses: { 204: { description: 'It is watched' } },
  problems: ['not-found'],
  handler: async ({ params: { id }, body }, call) => {
    const setBy = actorOf(call.principal);
    return changeOwn(call, async (t) => {
      if ((await findShortcode(t, id)) === undefined) return problem('not-found');
      const current = await takeCurrent(t, call, {
        name: `balance-watch/${id}/${body.account}`,
        read: async () => ({ belowCents: await watchedBelow(t, id, body.account) }),
        version: versionOf,
      });
      if ('problem' in current) return current;
      await watchBalance(t, { shortcodeId: id, ...body, setBy });
      await appendAudit(t, {
        ...{ actor: setBy, action: 'balance.watch', requestId: call.requestId },
        ...{ objectKind: 'shortcode', objectId: id, detail: { ...body } },
      });
      return { status: 204, body: undefined };
    });
  },
});

export const balanceRoutes: readonly Route[] = [read, check, status, readQuery, watch];
