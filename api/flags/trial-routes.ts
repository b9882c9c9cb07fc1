/**
 * For operators of the house: named lists of businesses that flags may be for, and what one business
 * would see, and why.
 */
import { z } from 'zod';
import { listFlagLists, versionOfFlagList, writeFlagList } from '../../db/flag-lists.ts';
import { takeTurn } from '../../db/turns.ts';
import { readFlagFacts } from '../../db/flag-facts.ts';
import { listFlags } from '../../db/flags.ts';
import { evaluateFlags, shareOf } from '../../domain/flags/evaluate.ts';
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { idSchema } from '../primitives.ts';
import { refuseStale } from '../precondition.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { businessLists, businessListWish, flagTrial } from './schema.ts';
import { publicTenants } from './shown.ts';

const lists = route({
  method: 'get',
  path: '/v1/platform/business-lists',
  tag: 'Platform',
  summary: 'Named lists of businesses, which flags may be for',
  auth: 'platform:manage',
  request: {},
  responses: { 200: { description: 'By name', schema: businessLists } },
  problems: [],
  handler: async (_input, call) => ({ status: 200, body: { data: await shownLists(call) } }),
});

async function shownLists({ dependencies: { db } }: Call) {
  const found = await listFlagLists(db);
  return found.map(({ tenants, ...list }) => ({ ...list, tenants: publicTenants(tenants) }));
}

const write = route({
  method: 'post',
  path: '/v1/platform/business-lists/{name}',
  tag: 'Platform',
  summary: 'Say who stands on a list',
  description: 'The whole list, which is made when it is not there; empty, nobody stands on it.',
  auth: 'platform:manage',
  stepUp: true,
  request: {
    params: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/) }),
    body: businessListWish,
  },
  ifMatch: true,
  responses: { 200: { description: 'All lists as they are now', schema: businessLists } },
  problems: [],
  handler: async ({ params: { name }, body: { tenants } }, call) => {
    const changedBy = actorOf(call.principal);
    const stale = await call.dependencies.db.asOperator(
      `write the list ${name}, by ${changedBy}`,
      async (o) => {
        await takeTurn(o, `business-list/${name}`);
        const refusal = refuseStale(call, await versionOfFlagList(o, name));
        if (refusal === undefined) await writeFlagList(o, { name, tenants, changedBy });
        return refusal;
      },
    );
    if (stale !== undefined) return stale;
    return { status: 200, body: { data: await shownLists(call) } };
  },
});

const trial = route({
  method: 'get',
  path: '/v1/platform/tenants/{id}/flags',
  tag: 'Platform',
  summary: 'What a business sees of every flag, and why',
  auth: 'platform:manage',
  request: { params: z.strictObject({ id: idSchema('tenant') }) },
  responses: { 200: { description: 'By key', schema: flagTrial } },
  problems: ['not-found'],
  handler: async ({ params: { id: tenantId } }, { dependencies: { db, now } }) => {
    const facts = await readFlagFacts(db, tenantId, now());
    if (facts === undefined) return problem('not-found');
    const { environment, plan, language, ageDays, choices } = facts;
    const flags = (await listFlags(db)).filter((one) => one.environment === environment);
    const verdicts = evaluateFlags(flags, facts);
    const seen = flags.map(({ key, rolloutPercent, needs }) => ({
      ...{ key, isOn: false, reason: 'off' as const, ...verdicts.get(key) },
      ...{ choice: choices.get(key) ?? null, share: shareOf(key, tenantId) },
      ...{ rolloutPercent, needs: [...needs] },
    }));
    return {
      status: 200,
      body: {
        ...{ tenantId: toPublicId('tenant', tenantId), environment, plan, language, ageDays },
        ...{ lists: [...facts.lists], flags: seen },
      },
    };
  },
});

export const flagTrialRoutes: readonly Route[] = [lists, write, trial];
