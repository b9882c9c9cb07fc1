/**
 * Feature flags of the house: what there is, and rolling one out. Whoever is no operator of the
 * house is told that there is nothing here; every change is one version more.
 */
import { z } from 'zod';
import { defineFlag, listFlags, type StoredFlag } from '../../db/flags.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { route, type Call, type Route } from '../route.ts';
import { flagDefinitionList, flagRollout } from './schema.ts';

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

function shown({ plans, tenants, ...flag }: StoredFlag) {
  const ids = tenants.map((uuid) => toPublicId('tenant', id('tenant', uuid)));
  return { ...flag, plans: [...plans], tenants: ids };
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
    params: z.strictObject({ key: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/) }),
    body: flagRollout,
  },
  responses: { 200: { description: 'All flags as they are now', schema: flagDefinitionList } },
  problems: [],
  handler: async ({ params: { key }, body }, call) => {
    const { principal, dependencies } = call;
    await dependencies.db.asOperator(`define the flag ${key}, by user:${principal.userId}`, (o) =>
      defineFlag(o, { ...body, key }),
    );
    return { status: 200, body: { data: await definitions(call) } };
  },
});

export const platformFlagRoutes: readonly Route[] = [list, define];
