/** Feature flags as they are for one business, and switching those that are its choice. */
import { z } from 'zod';
import { readFlagFacts } from '../../db/flag-facts.ts';
import { chooseFlag, flagChoices, listFlags } from '../../db/flags.ts';
import { evaluateFlags } from '../../domain/flags/evaluate.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn } from '../own-data.ts';
import { takeCurrent, versionOf } from '../precondition.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { flagChoice, flagList, type Flag } from './schema.ts';

const list = route({
  method: 'get',
  path: '/v1/flags',
  tag: 'Flags',
  summary: 'What is switched on for the business, and why',
  auth: 'flags:read',
  request: {},
  responses: { 200: { description: 'By name', schema: flagList } },
  problems: [],
  handler: async (_input, call) => ({ status: 200, body: { data: await flagsOf(call) } }),
});

async function flagsOf({ principal, dependencies: { db, now } }: Call): Promise<Flag[]> {
  const facts = await readFlagFacts(db, principal.tenantId, now());
  if (facts === undefined) throw new Error('the tenant of a principal exists');
  const flags = (await listFlags(db)).filter((one) => one.environment === facts.environment);
  const verdicts = evaluateFlags(flags, facts);
  // Drafts and what was archived are the house's own business.
  const inUse = flags.filter(({ phase }) => phase === 'active');
  return inUse.flatMap((one) => {
    const { key, description, plans } = one;
    const verdict = verdicts.get(key);
    if (verdict === undefined) return [];
    const { isOn, reason } = verdict;
    const canChoose = one.isTenantsChoice && (reason === 'choice' || reason === 'rollout');
    const choice = facts.choices.get(key) ?? null;
    const version = versionOf({ choice });
    const shown = { key, description, isOn, reason, canChoose, choice, version };
    return [{ ...shown, plans: [...plans] }];
  });
}

const choose = route({
  method: 'post',
  path: '/v1/flags/{key}',
  tag: 'Flags',
  summary: 'Switch a flag for the business',
  description: 'Every process sees it within five seconds; runs that began before keep what was.',
  auth: 'flags:manage',
  request: {
    params: z.strictObject({ key: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/) }),
    body: flagChoice,
  },
  ifMatch: true,
  responses: { 200: { description: 'All flags as they are now', schema: flagList } },
  problems: ['not-found', 'not-your-choice'],
  handler: async ({ params: { key }, body }, call) => {
    const known = (await flagsOf(call)).find((one) => one.key === key);
    if (known === undefined) return problem('not-found');
    if (!known.canChoose) return problem('not-your-choice');
    const { principal, requestId } = call;
    const wish = { key, isOn: body.isOn, actor: actorOf(principal), requestId };
    const current = await changeOwn(call, async (t) => {
      const before = await takeCurrent(t, call, {
        name: `flag-choice/${key}`,
        read: async () => ({ choice: (await flagChoices(t)).get(key) ?? null }),
        version: versionOf,
      });
      if (!('problem' in before)) await chooseFlag(t, wish);
      return before;
    });
    if ('problem' in current) return current;
    return { status: 200, body: { data: await flagsOf(call) } };
  },
});

export const flagRoutes: readonly Route[] = [list, choose];
