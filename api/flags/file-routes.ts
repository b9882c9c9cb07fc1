/**
 * Flags of an environment as a file, and bringing one in: first as a comparison, then as one change
 * that a second operator lets come true.
 */
import { z } from 'zod';
import { listFlags } from '../../db/flags.ts';
import type { FlagStep } from '../../domain/flags/requests.ts';
import { idFor } from '../request-id.ts';
import { route, type Route } from '../route.ts';
import { flagFile, flagImport, flagImportWish } from './schema.ts';
import { shownFlag } from './shown.ts';
import { askForSteps, compareFlags, knownRequest, shownRequest, shownSteps } from './steps.ts';

const takeOut = route({
  method: 'get',
  path: '/v1/platform/flag-file',
  tag: 'Platform',
  summary: 'The flags of an environment as a file',
  description: 'Drafts and archived ones too. It can be brought into this or another environment.',
  auth: 'platform:manage',
  request: { query: z.strictObject({ environment: z.enum(['live', 'test']) }) },
  responses: { 200: { description: 'By key', schema: flagFile } },
  problems: [],
  handler: async ({ query: { environment } }, { dependencies: { db } }) => {
    const stored = (await listFlags(db)).filter((one) => one.environment === environment);
    const flags = stored.map((flag) => {
      const { environment: _here, version: _version, ...rest } = shownFlag(flag);
      return rest;
    });
    const name = `flags-${environment}.json`;
    const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
    const format = 'daftari-flags/1' as const;
    return { status: 200, body: { format, environment, flags }, headers };
  },
});

const bringIn = route({
  method: 'post',
  path: '/v1/platform/flag-imports',
  tag: 'Platform',
  summary: 'Compare a file of flags with an environment, or ask for it to be like the file',
  description:
    'A dry run unless `isDryRun` is false; then everything that differs is one request, which another operator applies, plans or rejects. Flags the file does not name stay as they are.',
  auth: 'platform:manage',
  stepUp: true,
  request: { body: flagImportWish },
  idempotency: 'optional',
  responses: {
    200: { description: 'What would change; nothing was asked for', schema: flagImport },
    201: { description: 'What was asked for', schema: flagImport },
  },
  problems: [],
  handler: async ({ body }, call) => {
    const { environment, file, reason, isDryRun } = body;
    const pointerOf = (index: number) => `/file/flags/${index}`;
    const compared = await compareFlags(call, { environment, flags: file.flags, pointerOf });
    if ('problem' in compared) return compared;
    const id = idFor(call, 'flagRequest', body);
    const known = isDryRun ? undefined : await knownRequest(call, id);
    const steps = known?.steps ?? compared.steps;
    const seen = { environment, ...comparisonOf(file.flags, steps, compared.stored) };
    if (isDryRun || reason === null) return { status: 200, body: { ...seen, request: null } };
    const asked = { id, environment, steps, reason };
    const request = known ?? (await askForSteps(call, asked, '/file/flags'));
    if ('problem' in request) return request;
    return { status: 201, body: { ...seen, request: shownRequest(request, call) } };
  },
});

function comparisonOf(
  sent: readonly { key: string }[],
  steps: readonly FlagStep[],
  stored: readonly { key: string }[],
) {
  const named = new Set(sent.map(({ key }) => key));
  const differs = new Set(steps.map(({ after }) => after.key));
  return {
    steps: shownSteps(steps),
    same: [...named].filter((key) => !differs.has(key)),
    absent: stored.map(({ key }) => key).filter((key) => !named.has(key)),
  };
}

export const flagFileRoutes: readonly Route[] = [takeOut, bringIn];
