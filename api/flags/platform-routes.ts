/**
 * Feature flags of the house: what there is, and rolling one out. Whoever is no operator of the
 * house is told that there is nothing here; every change is one version more.
 */
import { z } from 'zod';
import { defineFlag, flagChanges, listFlags, type StoredFlag } from '../../db/flags.ts';
import { listFlagLists } from '../../db/flag-lists.ts';
import { needsProblem } from '../../domain/flags/constraints.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { problem, type FieldError } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { flagChangeList, flagDefinitionList, flagRollout } from './schema.ts';

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
  return (await listFlags(db)).map(shown);
}

function shown({ plans, tenants, languages, lists, needs, ...flag }: StoredFlag) {
  return {
    ...{ ...flag, plans: [...plans], languages: [...languages], lists: [...lists] },
    ...{ needs: [...needs], tenants: publicTenants(tenants) },
  };
}

/** Ids of businesses as they are shown. */
export function publicTenants(tenants: readonly string[]): string[] {
  return tenants.map((uuid) => toPublicId('tenant', id('tenant', uuid)));
}

const define = route({
  method: 'post',
  path: '/v1/platform/flags/{key}',
  tag: 'Platform',
  summary: 'Define a flag, or roll it out further',
  description:
    'Every process sees it within five seconds. A business keeps its side of a rollout: one that has a flag at 10 % has it at 20 %.',
  auth: 'platform:manage',
  stepUp: true,
  request: {
    params,
    body: flagRollout,
  },
  responses: { 200: { description: 'All flags as they are now', schema: flagDefinitionList } },
  problems: [],
  handler: async ({ params: { key }, body }, call) => {
    const { principal, dependencies } = call;
    const errors = await wrongWords(call, { ...body, key });
    if (errors.length > 0) return problem('validation-failed', { errors });
    const actor = actorOf(principal);
    await dependencies.db.asOperator(`define the flag ${key}, by ${actor}`, (o) =>
      defineFlag(o, { ...body, key }, actor),
    );
    return { status: 200, body: { data: await definitions(call) } };
  },
});

/** Needs and lists that are not there, and needs that lead back to the flag. */
async function wrongWords(
  { dependencies: { db } }: Call,
  flag: Pick<StoredFlag, 'key' | 'needs' | 'lists' | 'environment'>,
): Promise<FieldError[]> {
  const others = (await listFlags(db)).filter((one) => one.environment === flag.environment);
  const wrong = needsProblem(flag, others);
  const lists = new Set((await listFlagLists(db)).map(({ name }) => name));
  const unknown = flag.lists.find((name) => !lists.has(name));
  const errors: FieldError[] = [];
  if (wrong !== undefined) {
    const detail =
      wrong.what === 'unknown'
        ? `${wrong.key} is no flag of this environment`
        : `${wrong.key} needs this flag itself`;
    errors.push({ in: 'body', pointer: '/needs', detail });
  }
  if (unknown !== undefined) {
    errors.push({ in: 'body', pointer: '/lists', detail: `${unknown} is no list` });
  }
  return errors;
}

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
      ...shown(flag),
      ...{ changedBy, changedAt },
    }));
    return { status: 200, body: { data } };
  },
});

export const platformFlagRoutes: readonly Route[] = [list, define, history];
