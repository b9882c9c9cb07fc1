/** The files somebody had made in the background: how far each is, fetching it, taking it away. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  deleteDownload,
  findDownload,
  listDownloads,
  readDownload,
  type Download,
} from '../../db/downloads.ts';
import type { DownloadKind } from '../../domain/downloads/terms.ts';
import type { DownloadId } from '../../domain/ids.ts';
import type { Permission } from '../auth/permissions.ts';
import { actorOf, hasFreshMfa, mayDo, type Principal } from '../auth/principal.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route, type StepUp } from '../route.ts';
import { exportStepUp, fileMedia, takingOf } from '../sheets/download.ts';
import { streamed } from '../stream-body.ts';
import { isOver, showDownload } from './present.ts';
import { download, downloadList } from './schema.ts';

const params = z.strictObject({ id: idSchema('download') });
/** Whoever may read money may see what they asked for; the file itself asks for more. */
const auth = 'transactions:read';

const media = { ...fileMedia, json: 'application/json' } as const;

/** What it takes to hold the file: the same as to take the list along at once. */
const asks: Readonly<Record<DownloadKind, { permission: Permission; stepUp: StepUp }>> = {
  transactions: { permission: 'transactions:export', stepUp: exportStepUp },
  collections: { permission: 'transactions:export', stepUp: exportStepUp },
  disbursements: { permission: 'transactions:export', stepUp: exportStepUp },
  journal: { permission: 'ledger:export', stepUp: exportStepUp },
  audit: { permission: 'audit:read', stepUp: exportStepUp },
  'subject-report': { permission: 'personal:reveal', stepUp: true },
};

const list = route({
  method: 'get',
  path: '/v1/downloads',
  tag: 'Downloads',
  summary: 'The last 50 files you had made, newest first',
  auth,
  request: {},
  responses: { 200: { description: 'Newest first', schema: downloadList } },
  problems: [],
  handler: async (_input, call) => {
    const { principal } = call;
    const found = await readOwn(call, (t) => listDownloads(t, actorOf(principal)));
    return { status: 200, body: { data: found.map((one) => showDownload(call, one)) } };
  },
});

const read = route({
  method: 'get',
  path: '/v1/downloads/{id}',
  tag: 'Downloads',
  summary: 'How far a file is',
  auth,
  request: { params },
  responses: { 200: { description: 'As it is now', schema: download } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { principal } = call;
    const one = await readOwn(call, (t) => ownDownload(t, principal, id));
    return one === undefined
      ? problem('not-found')
      : { status: 200, body: showDownload(call, one) };
  },
});

/** What somebody else had made is nobody else's business. */
async function ownDownload(
  t: TenantHandle,
  principal: Principal,
  downloadId: DownloadId,
): Promise<Download | undefined> {
  const one = await findDownload(t, downloadId);
  const isOwn = one?.requestedBy === actorOf(principal) && one.status !== 'deleted';
  return isOwn ? one : undefined;
}

const fetchFile = route({
  method: 'get',
  path: '/v1/downloads/{id}/file',
  tag: 'Downloads',
  summary: 'Fetch the file',
  description:
    'Asks for what the list itself asks for, a fresh second factor included, and is recorded in the audit log.',
  auth,
  request: { params },
  responses: { 200: { description: 'The file', media: Object.values(media) } },
  problems: ['not-found', 'download-not-ready', 'forbidden', 'step-up-required'],
  handler: async ({ params: { id } }, call) => {
    const { principal, dependencies, requestId } = call;
    const { db, now } = dependencies;
    const { tenantId } = principal;
    const found = await changeOwn(call, async (t) => {
      const one = await ownDownload(t, principal, id);
      if (one === undefined) return problem('not-found');
      const refusal = refusalOf(call, one);
      if (refusal !== undefined) return refusal;
      if (one.status !== 'ready' || isOver(one, now())) return problem('download-not-ready');
      const { kind, format, filter, rowCount: rows } = one;
      const what = takingOf(kind, { format, rows, isWhole: true, filter, downloadId: id });
      await appendAudit(t, { actor: actorOf(principal), ...what, requestId });
      return one;
    });
    if ('problem' in found) return found;
    const { kind, format } = found;
    return {
      status: 200,
      body: streamed(media[format], () => readDownload(db, tenantId, found)),
      headers: { 'Content-Disposition': `attachment; filename="${kind}.${format}"` },
    };
  },
});

function refusalOf(
  { principal, dependencies }: Call,
  { kind }: Pick<Download, 'kind'>,
): Problem | undefined {
  const { permission, stepUp } = asks[kind];
  if (!mayDo(principal, permission)) return problem('forbidden');
  if (stepUp === 'persons' && principal.key !== undefined) return undefined;
  return hasFreshMfa(principal, dependencies.now()) ? undefined : problem('step-up-required');
}

const remove = route({
  method: 'delete',
  path: '/v1/downloads/{id}',
  tag: 'Downloads',
  summary: 'Take a file away, also one that is still being made',
  auth,
  request: { params },
  responses: { 204: { description: 'It is gone' } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { principal, requestId } = call;
    const isGone = await changeOwn(call, async (t) => {
      const one = await ownDownload(t, principal, id);
      if (one === undefined || !(await deleteDownload(t, id))) return false;
      await appendAudit(t, {
        ...{ actor: actorOf(principal), action: 'download.delete', requestId },
        ...{ objectKind: 'download', objectId: id },
      });
      return true;
    });
    return isGone ? { status: 204, body: undefined } : problem('not-found');
  },
});

export const downloadRoutes: readonly Route[] = [list, read, fetchFile, remove];
