/**
 * Feature flags of the house: what there is, and rolling one out. Whoever is no operator of the
 * house is told that there is nothing here; every change is one version more.
 */
import { z } from 'zod';
import { defineFlag, flagChanges, listFlags } from '../../db/flags.ts';
import { actorOf } from '../auth/principal.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { flagChangeList, flagDefinitionList, flagRollout } from './schema.ts';
import { demandsRequest, shownFlag } from './shown.ts';
import { wrongWords } from './wrong-words.ts';

const params = z.strictObject({ key: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/) });

const list = route({
  method: 'get',
  path: '/v1/platform/flags',
  tag: 'Platform',
  summary: 'Every flag in both environments',
  auth: 'platform:manage',
  request: {},
  responses: { 200: { description: 'By key', schema: flagDefinitionList } },
  problems: [],
  handler: async (_input, call) => {
    return { status: 200, body: { data: await definitions(call) } };
  },
});

async function definitions({ dependencies: { db } }: Call) {
  return (await listFlags(db)).map(shownFlag);
}

const define = route({
  method: 'post',
  path: '/v1/platform/flags/{key}',
  tag: 'Platform',
  summary: 'Define a flag, or roll it out further',
  description:
    'Every process sees it within five seconds. Where a second operator has to agree, a change is asked for instead. A business keeps its side of a rollout: one that has a flag at 10 % has it at 20 %.',
  auth: 'platform:manage',
  stepUp: true,
  request: {
    params,
    body: flagRollout,
  },
  responses: { 200: { description: 'All flags as they are now', schema: flagDefinitionList } },
  problems: ['flag-request-needed'],
  handler: async ({ params: { key }, body }, call) => {
    const { principal, dependencies } = call;
    if (demandsRequest(call, body.environment)) return problem('flag-request-needed');
    const errors = await wrongWords(call, [{ ...body, key }], () => '');
    if (errors.length > 0) return problem('validation-failed', { errors });
    const actor = actorOf(principal);
    await dependencies.db.asOperator(`define the flag ${key}, by ${actor}`, (o) =>
      defineFlag(o, { ...body, key }, actor),
    );
    return { status: 200, body: { data: await definitions(call) } };
  },
});

const history = route({
  method: 'get',
  path: '/v1/platform/flags/{key}/changes',
  tag: 'Platform',
  summary: 'What a flag was made, by whom and when',
  description: 'The newest 50; a flag that never was has none.',
  auth: 'platform:manage',
  request: { params },
  responses: { 200: { description: 'The newest first', schema: flagChangeList } },
  problems: [],
  handler: async ({ params: { key } }, { dependencies: { db } }) => {
    const found = await db.asOperator('look at what a flag was made', (o) => flagChanges(o, key));
    const data = found.map(({ changedBy, changedAt, ...flag }) => ({
      ...shownFlag(flag),
      ...{ changedBy, changedAt },
    }));
    return { status: 200, body: { data } };
  },
});

export const platformFlagRoutes: readonly Route[] = [list, define, history];
