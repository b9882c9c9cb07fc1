/** Everything a business has, as one archive: asking for it, following it, and fetching it. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Database, TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import {
  countRecentExports,
  findExport,
  insertExport,
  listExportFiles,
  listExports,
  readExportFile,
  type ExportId,
  type TenantExport,
} from '../../db/tenant-exports.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { toPublicId, type TenantId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { tenantExportWorkflowId } from '../../temporal/workflow-ids.ts';
import type { TenantStart } from '../../workflows/tenant-types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn, ownTenant, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { zipped } from '../../activities/sheets/zip-writer.ts';
import { streamed } from '../stream-body.ts';
import { tenantExport, tenantExportList } from './schema.ts';
import { idFor } from '../request-id.ts';

const begin = route({
  method: 'post',
  path: '/v1/exports',
  tag: 'Exports',
  summary: 'Take along everything the business has',
  description:
    'Makes one archive: every table as JSON Lines and CSV as of one moment, the uploaded files, and a manifest with a digest of each file, signed with Ed25519. It can be fetched for seven days.',
  auth: 'tenant:export',
  stepUp: true,
  request: {},
  idempotency: 'optional',
  responses: { 202: { description: 'It is being made', schema: tenantExport } },
  problems: ['export-under-way', 'limit-reached'],
  handler: async (_input, call) => {
    const { principal, requestId } = call;
    const { tenantId } = principal;
    const id = idFor(call, 'tenantExport', null);
    const tenant = await ownTenant(call);
    const actor = actorOf(principal);
    const outcome = await changeOwn(call, async (t) => {
      const known = (await listExports(t)).find((one) => one.id === id);
      if (known !== undefined) return { one: known };
      if ((await countRecentExports(t)) >= tenant.limits.exportsPerDay) return 'limit-reached';
      const one = await insertExport(t, {
        ...{ id, requestedBy: actor },
        workflowIdOf: (number) => tenantExportWorkflowId(tenantId, number),
      });
      if (one === undefined) return 'export-under-way';
      const start: TenantStart = {
        ...{ workflow: 'exportTenant', workflowId: one.workflowId, tier: tenant.tier },
        ...{ summary: `Export ${one.number}`, input: { tenantId, exportId: one.id } },
      };
      await appendWorkflowStart(t, start);
      await noted(t, { actor, action: 'export.begin', objectId: one.id, requestId });
      return { one, start };
    });
    if (typeof outcome === 'string') return problem(outcome);
    if ('start' in outcome) await hastenStart(call, outcome.start);
    return { status: 202, body: shown(call, outcome.one) };
  },
});

function noted(
  t: TenantHandle,
  entry: { actor: string; action: AuditAction; objectId: string; requestId: string },
): Promise<number> {
  return appendAudit(t, { ...entry, objectKind: 'export' });
}

function shown({ dependencies: { temporal } }: Call, one: TenantExport) {
  const { id, number: _, workflowId, ...facts } = one;
  return { id: toPublicId('tenantExport', id), ...facts, runUrl: temporal.runUrl(workflowId) };
}

const list = route({
  method: 'get',
  path: '/v1/exports',
  tag: 'Exports',
  summary: 'The last 50 exports, newest first',
  auth: 'tenant:export',
  request: {},
  responses: { 200: { description: 'Newest first', schema: tenantExportList } },
  problems: [],
  handler: async (_input, call) => {
    const found = await readOwn(call, listExports);
    return { status: 200, body: { data: found.map((one) => shown(call, one)) } };
  },
});

const params = z.strictObject({ id: idSchema('tenantExport') });

const read = route({
  method: 'get',
  path: '/v1/exports/{id}',
  tag: 'Exports',
  summary: 'How far an export is',
  auth: 'tenant:export',
  request: { params },
  responses: { 200: { description: 'As it is now', schema: tenantExport } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const one = await readOwn(call, (t) => findExport(t, id));
    return one === undefined ? problem('not-found') : { status: 200, body: shown(call, one) };
  },
});

const fetchArchive = route({
  method: 'get',
  path: '/v1/exports/{id}/archive',
  tag: 'Exports',
  summary: 'Fetch the archive',
  description: 'Needs a fresh second factor, and is recorded in the audit log.',
  auth: 'tenant:export',
  stepUp: true,
  request: { params },
  responses: { 200: { description: 'A ZIP file', media: ['application/zip'] } },
  problems: ['not-found', 'export-not-ready'],
  handler: async ({ params: { id } }, call) => {
    const { principal, dependencies, requestId } = call;
    const { db, now } = dependencies;
    const { tenantId } = principal;
    const actor = actorOf(principal);
    const found = await changeOwn(call, async (t) => {
      const one = await findExport(t, id);
      if (one?.status !== 'ready' || isOver(one, now())) return one;
      await noted(t, { actor, action: 'export.fetch', objectId: id, requestId });
      return { ...one, files: await listExportFiles(t, id) };
    });
    if (found === undefined) return problem('not-found');
    if (!('files' in found)) return problem('export-not-ready');
    const { files, number } = found;
    const name = `daftari-export-${number}.zip`;
    return {
      status: 200,
      body: streamed('application/zip', () => archive(db, { tenantId, exportId: id, files })),
      headers: { 'Content-Disposition': `attachment; filename="${name}"` },
    };
  },
});

/** The run removes the bytes when their time is over; until it did, they are not given out either. */
function isOver({ expiresAt }: TenantExport, nowMs: number): boolean {
  return expiresAt !== null && expiresAt <= instantFromEpochMs(nowMs);
}

function archive(
  db: Database,
  of: {
    tenantId: TenantId;
    exportId: ExportId;
    files: readonly { ordinal: number; name: string; byteCount: number }[];
  },
): AsyncGenerator<Buffer> {
  const { files, ...which } = of;
  return zipped(
    files.map(({ ordinal, name, byteCount }) => ({
      name,
      pieces: () => readExportFile(db, { ...which, ordinal, byteCount }),
    })),
  );
}

export const exportRoutes: readonly Route[] = [begin, list, read, fetchArchive];
