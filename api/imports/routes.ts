/** Brings the archive of a business into an empty one: sending it, and following what becomes of it. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import {
  discardImport,
  findImport,
  firstOccupied,
  insertImport,
  listImports,
  receivedImport,
  type ImportId,
  type TenantImport,
} from '../../db/tenant-imports.ts';
import { toPublicId } from '../../domain/ids.ts';
import { importRefusals } from '../../domain/tenants/export-manifest.ts';
import { tenantImportWorkflowId } from '../../temporal/workflow-ids.ts';
import type { TenantStart } from '../../workflows/tenant-types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { newId } from '../new-id.ts';
import { changeOwn, ownTenant, readOwn } from '../own-data.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { receiveArchive, refusedAtOnce } from './receive-archive.ts';
import { tenantImport, tenantImportList } from './schema.ts';

const send = route({
  method: 'post',
  path: '/v1/imports',
  tag: 'Exports',
  summary: 'Bring the archive of a business into this one',
  description:
    'The body is the archive as it was fetched. It is brought in only when this business is empty, and the archive is signed by us and unaltered; people, keys and credentials of M-PESA do not come along.',
  auth: 'settings:manage',
  stepUp: true,
  request: {},
  upload: { 'application/zip': z.string().meta({ format: 'binary' }) },
  responses: { 202: { description: 'It is being read', schema: tenantImport } },
  problems: [
    'tenant-not-empty',
    'import-under-way',
    'empty-file',
    'file-too-large',
    'malformed-request',
    'unsupported-media-type',
    'request-timeout',
  ],
  handler: async (_input, call) => {
    const refusal = refusedAtOnce(call.request);
    if (refusal !== undefined) return refusal;
    const { principal, dependencies } = call;
    const { db, now } = dependencies;
    const { tenantId } = principal;
    const importId = newId('tenantImport', now());
    const begun = await changeOwn(call, async (t) => {
      if ((await firstOccupied(t)) !== undefined) return 'tenant-not-empty';
      const one = await insertImport(t, {
        ...{ id: importId, requestedBy: actorOf(principal) },
        workflowIdOf: (number) => tenantImportWorkflowId(tenantId, number),
      });
      return one ?? 'import-under-way';
    });
    if (typeof begun === 'string') return problem(begun);
    const received = await receiveArchive(call.request, { db, tenantId, importId });
    if ('problem' in received) {
      await changeOwn(call, (t) => discardImport(t, importId));
      return received;
    }
    return accept(call, importId, received.byteCount);
  },
});

async function accept(call: Call, importId: ImportId, byteCount: number) {
  const { principal, requestId } = call;
  const { tenantId } = principal;
  const tenant = await ownTenant(call);
  const accepted = await changeOwn(call, async (t) => {
    if (!(await receivedImport(t, { importId, byteCount }))) return undefined;
    const one = await findImport(t, importId);
    if (one === undefined) return undefined;
    const start: TenantStart = {
      ...{ workflow: 'importTenant', workflowId: one.workflowId, tier: tenant.tier },
      ...{ summary: `Import ${one.number}`, input: { tenantId, importId } },
    };
    await appendWorkflowStart(t, start);
    await appendAudit(t, {
      ...{ actor: actorOf(principal), action: 'import.send', requestId },
      ...{ objectKind: 'import', objectId: importId, detail: { byteCount } },
    });
    return { one, start };
  });
  if (accepted === undefined) return problem('import-under-way');
  await hastenStart(call, accepted.start);
  return { status: 202 as const, body: shown(call, accepted.one) };
}

function shown({ dependencies: { temporal } }: Call, one: TenantImport) {
  const { id, number: _, workflowId, refusal, ...facts } = one;
  return {
    ...{ id: toPublicId('tenantImport', id), ...facts },
    refusal: importRefusals.find((known) => known === refusal) ?? null,
    runUrl: temporal.runUrl(workflowId),
  };
}

const list = route({
  method: 'get',
  path: '/v1/imports',
  tag: 'Exports',
  summary: 'The last 20 archives brought here, newest first',
  auth: 'settings:manage',
  request: {},
  responses: { 200: { description: 'Newest first', schema: tenantImportList } },
  problems: [],
  handler: async (_input, call) => {
    const found = await readOwn(call, async (t) => ({
      occupied: await firstOccupied(t),
      list: await listImports(t),
    }));
    const data = found.list.map((one) => shown(call, one));
    return { status: 200, body: { isEmpty: found.occupied === undefined, data } };
  },
});

export const importRoutes: readonly Route[] = [send, list];
