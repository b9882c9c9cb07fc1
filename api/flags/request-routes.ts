/**
 * Changes of flags by two operators of the house: one asks, another one lets it come true now or
 * later, or does not. Requests are kept for good, with both people and what was before and after.
 */
import { z } from 'zod';
import {
  applyFlagRequest,
  endFlagRequest,
  listFlagRequests,
  scheduleFlagRequest,
  takeFlagRequest,
  type FlagDecider,
  type FlagRequest,
} from '../../db/flag-requests.ts';
import type { OperatorHandle } from '../../db/database.ts';
import { isPlannable } from '../../domain/flags/requests.ts';
import { standingOf } from '../../domain/waiting.ts';
import { isOwnRequest } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { nowOf } from '../now.ts';
import { idSchema } from '../primitives.ts';
import { idFor } from '../request-id.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { demandsRequest } from './shown.ts';
import { flagDecision, flagRequestList, flagRequestView, flagRequestWish } from './schema.ts';
import { askForSteps, compareFlags, knownRequest, shownRequest } from './steps.ts';

const list = route({
  method: 'get',
  path: '/v1/platform/flag-requests',
  tag: 'Platform',
  summary: 'Changes of flags that were asked for, and where they have to be',
  description: 'The newest 50, open ones first.',
  auth: 'platform:manage',
  request: {},
  responses: { 200: { description: 'Requests with before and after', schema: flagRequestList } },
  problems: [],
  handler: async (_input, call) => {
    const { db } = call.dependencies;
    const found = await db.asOperator('look at requests for flags', listFlagRequests);
    const data = found.map((request) => shownRequest(request, call));
    const neededIn = (['live', 'test'] as const).filter((one) => demandsRequest(call, one));
    return { status: 200, body: { data, neededIn } };
  },
});

const ask = route({
  method: 'post',
  path: '/v1/platform/flag-requests',
  tag: 'Platform',
  summary: 'Ask for a change of one or more flags of an environment',
  description:
    'Another operator of the house applies, plans or rejects it within seven days. All flags of a request change together.',
  auth: 'platform:manage',
  stepUp: true,
  request: { body: flagRequestWish },
  idempotency: 'optional',
  responses: { 201: { description: 'The request', schema: flagRequestView } },
  problems: [],
  handler: async ({ body }, call) => {
    const { environment, flags, reason } = body;
    const id = idFor(call, 'flagRequest', body);
    const known = await knownRequest(call, id);
    if (known !== undefined) return { status: 201, body: shownRequest(known, call) };
    const pointerOf = (index: number) => `/flags/${index}`;
    const compared = await compareFlags(call, { environment, flags, pointerOf });
    if ('problem' in compared) return compared;
    const asked = { id, environment, steps: compared.steps, reason };
    const request = await askForSteps(call, asked, '/flags');
    if ('problem' in request) return request;
    return { status: 201, body: shownRequest(request, call) };
  },
});

const decide = route({
  method: 'post',
  path: '/v1/platform/flag-requests/{id}/decision',
  tag: 'Platform',
  summary: 'Apply, plan, reject or take back a change of flags',
  description:
    'Whoever asked for it may only take it back. With `appliesAt` it holds from then on, within a minute; until then it can be rejected or taken back.',
  auth: 'platform:manage',
  stepUp: true,
  request: { params: z.strictObject({ id: idSchema('flagRequest') }), body: flagDecision },
  idempotency: 'optional',
  responses: { 200: { description: 'The request as it is now', schema: flagRequestView } },
  problems: [
    ...(['not-found', 'own-request', 'not-own-request'] as const),
    ...(['flag-request-not-open', 'flag-request-outdated'] as const),
  ],
  handler: async ({ params, body }, call) => {
    const decider = { actor: actorOf(call.principal), at: nowOf(call) };
    const { db } = call.dependencies;
    const ended = await db.asOperator(`${body.decision} flags, by ${decider.actor}`, async (o) => {
      const request = await takeFlagRequest(o, params.id);
      if (request === undefined) return problem('not-found');
      return refusalOf(request, body, call) ?? decideOn(o, request, { ...body, ...decider });
    });
    if ('problem' in ended) return ended;
    // Noted, so the transaction had to succeed; still, what was wanted has not happened.
    if (ended.status === 'outdated') return problem('flag-request-outdated');
    return { status: 200, body: shownRequest(ended, call) };
  },
});

type Decision = z.output<typeof flagDecision>;

function refusalOf(
  request: FlagRequest,
  { decision, appliesAt }: Decision,
  call: Call,
): Problem | undefined {
  const isOwn = isOwnRequest(call.principal, request);
  if (isOwn && decision !== 'withdraw') return problem('own-request');
  if (!isOwn && decision === 'withdraw') return problem('not-own-request');
  const status = standingOf(request, nowOf(call));
  const isOpen = status === 'waiting' || (status === 'scheduled' && decision !== 'apply');
  if (!isOpen) return problem('flag-request-not-open');
  if (appliesAt === null || isPlannable(appliesAt, nowOf(call))) return undefined;
  const detail = 'must be later than now and within 90 days';
  return problem('validation-failed', { errors: [{ in: 'body', pointer: '/appliesAt', detail }] });
}

function decideOn(
  o: OperatorHandle,
  request: FlagRequest,
  { decision, appliesAt, reason, ...decider }: Decision & FlagDecider,
): Promise<FlagRequest> {
  switch (decision) {
    case 'apply':
      return appliesAt === null
        ? applyFlagRequest(o, request, decider)
        : scheduleFlagRequest(o, request, { ...decider, appliesAt });
    case 'reject':
      return endFlagRequest(o, request, { ...decider, status: 'rejected', reason });
    case 'withdraw':
      return endFlagRequest(o, request, { ...decider, status: 'withdrawn', reason });
  }
}

export const flagRequestRoutes: readonly Route[] = [list, ask, decide];
