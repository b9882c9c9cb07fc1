/** Trying a shortcode out: a run calls Daraja, and its steps are read here as they come. */
import { z } from 'zod';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { findCheck, insertCheck, listChecks } from '../../db/shortcode-checks.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { toPublicId } from '../../domain/ids.ts';
import { shortcodeCheckWorkflowId } from '../../temporal/workflow-ids.ts';
import type { ShortcodeStart } from '../../workflows/shortcode-types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { showCheck } from './present.ts';
import { note } from './routes.ts';
import { newCheck, shortcodeCheck, shortcodeCheckList } from './schema.ts';
import { uuidFor } from '../request-id.ts';

const params = z.strictObject({ id: idSchema('shortcode') });
/** Balance results come within seconds, or not at all. */
const callbackWaitMs = 60_000;
const shownMax = 5;

const check = route({
  method: 'post',
  path: '/v1/shortcodes/{id}/checks',
  tag: 'Shortcodes',
  summary: 'Test the connection, or register the C2B addresses',
  description: 'Moves no money. Follow it by the list of checks.',
  auth: 'shortcodes:manage',
  request: { params, body: newCheck },
  idempotency: 'optional',
  responses: { 202: { description: 'It has begun', schema: shortcodeCheck } },
  problems: ['not-found'],
  handler: async ({ params: { id: shortcodeId }, body: { kind } }, call) => {
    const { principal, dependencies } = call;
    const { tenantId } = principal;
    const begun = await changeOwn(call, async (t) => {
      const shortcode = await findShortcode(t, shortcodeId);
      if (shortcode === undefined) return undefined;
      const checkId = uuidFor(call, 'shortcodeCheck', kind);
      const known = await findCheck(t, checkId);
      if (known !== undefined) return { check: known };
      await insertCheck(t, { id: checkId, shortcodeId, kind, requestedBy: actorOf(principal) });
      await note(t, call, { action: `shortcode.${kind}`, shortcodeId, detail: {} });
      const start: ShortcodeStart = {
        workflow: 'checkShortcode',
        workflowId: shortcodeCheckWorkflowId({ tenantId, checkId }),
        tier: await tierOf(t),
        summary: `Check ${toPublicId('shortcode', shortcodeId)} (${kind})`,
        input: {
          ...{ tenantId, shortcodeId, checkId, kind },
          callbackWaitMs: Math.max(1_000, callbackWaitMs * dependencies.config.daraja.timeScale),
        },
      };
      await appendWorkflowStart(t, start);
      return { start, check: await findCheck(t, checkId) };
    });
    if (begun?.check === undefined) return problem('not-found');
    if ('start' in begun) await hastenStart(call, begun.start);
    return { status: 202, body: showCheck(begun.check) };
  },
});

const list = route({
  method: 'get',
  path: '/v1/shortcodes/{id}/checks',
  tag: 'Shortcodes',
  summary: 'The latest checks, newest first',
  auth: 'shortcodes:read',
  request: { params },
  responses: { 200: { description: 'At most five', schema: shortcodeCheckList } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const checks = await readOwn(call, async (t) =>
      (await findShortcode(t, id)) === undefined ? undefined : listChecks(t, id, shownMax),
    );
    return checks === undefined
      ? problem('not-found')
      : { status: 200, body: { data: checks.map(showCheck) } };
  },
});

export const shortcodeCheckRoutes: readonly Route[] = [check, list];
