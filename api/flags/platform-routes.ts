/**
 * Feature flags of the house: what there is, and rolling one out. Whoever is no operator of the
 * house is told that there is nothing here; every change is one version more.
 */
import { z } from 'zod';
import { flagTimes } from '../../db/flag-uses.ts';
import { defineFlag, flagChanges, listFlags, lockFlags } from '../../db/flags.ts';
import { flagPhases, isStale } from '../../domain/flags/lifecycle.ts';
import { actorOf } from '../auth/principal.ts';
import { wordList } from '../filters.ts';
import { nowOf } from '../now.ts';
import { refuseStale } from '../precondition.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { flagChangeList, flagDefinitionList, flagRollout } from './schema.ts';
import { demandsRequest, shownFlag } from './shown.ts';
import { isSameFlag, wishesOf } from './steps.ts';
import { wrongWords } from './wrong-words.ts';

const params = z.strictObject({ key: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/) });

const list = route({
  method: 'get',
  path: '/v1/platform/flags',
  tag: 'Platform',
  summary: 'Flags of both environments, and when each was last asked about',
  auth: 'platform:manage',
  request: {
    query: z.strictObject({
      phase: wordList(flagPhases).optional(),
      stale: z.enum(['true']).optional().describe('Only active ones nobody asks about any more'),
    }),
  },
  responses: { 200: { description: 'By key', schema: flagDefinitionList } },
  problems: [],
  handler: async ({ query: { phase, stale } }, call) => {
    const data = (await definitions(call))
      .filter((one) => phase === undefined || phase.includes(one.phase))
      .filter((one) => stale === undefined || one.isStale);
    return { status: 200, body: { data } };
  },
});

async function definitions(call: Call) {
  const { db } = call.dependencies;
  const times = await db.asOperator('look when flags were asked about', flagTimes);
  return (await listFlags(db)).flatMap((flag) => {
    const at = times.get(`${flag.environment} ${flag.key}`);
    if (at === undefined) return [];
    return [{ ...shownFlag(flag), ...at, isStale: isStale({ ...flag, ...at }, nowOf(call)) }];
  });
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
  ifMatch: true,
  responses: { 200: { description: 'All flags as they are now', schema: flagDefinitionList } },
  problems: ['flag-request-needed'],
  handler: async ({ params: { key }, body }, call) => {
    const { principal, dependencies } = call;
    if (demandsRequest(call, body.environment)) return problem('flag-request-needed');
    const [flag] = wishesOf([{ ...body, key }], await listFlags(dependencies.db));
    if (flag === undefined) throw new Error('one flag is wished for');
    const errors = await wrongWords(call, [flag], () => '');
    if (errors.length > 0) return problem('validation-failed', { errors });
    const actor = actorOf(principal);
    const stale = await dependencies.db.asOperator(
      `define the flag ${key}, by ${actor}`,
      async (o) => {
        const version = (await lockFlags(o)).find((one) => isSameFlag(one, flag))?.version;
        const refusal = refuseStale(call, version);
        if (refusal === undefined) await defineFlag(o, flag, actor);
        return refusal;
      },
    );
    if (stale !== undefined) return stale;
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
