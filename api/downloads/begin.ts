/** Has a file made in the background: noted with its start and its record, all or nothing. */
import { appendAudit, type AuditEntry } from '../../db/audit.ts';
import {
  countRunningDownloads,
  findDownload,
  insertDownload,
  type Download,
} from '../../db/downloads.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import type { ClearFilter } from '../../domain/downloads/clear-filter.ts';
import { downloadsAtOnce } from '../../domain/downloads/terms.ts';
import { downloadWorkflowId } from '../../temporal/workflow-ids.ts';
import type { DownloadStart } from '../../workflows/download-types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn, ownTenant } from '../own-data.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import type { Call } from '../route.ts';
import { showDownload } from './present.ts';

/** What is to be made, and what of it may stand in clear. */
export interface Wish extends Pick<Download, 'kind' | 'format'> {
  choice: object;
  filter: ClearFilter;
  /** What the audit log says, where that is more than which list it is. */
  record?: Omit<AuditEntry, 'actor' | 'requestId'>;
  /** What the request said, so that one that is repeated is known again. */
  body: unknown;
}

/** The answer: the file that is being made, or that too many are. */
export async function beginDownload(call: Call, { body, record, ...wish }: Wish) {
  const { principal, requestId } = call;
  const { tenantId } = principal;
  const downloadId = idFor(call, 'download', body);
  const tenant = await ownTenant(call);
  const requestedBy = actorOf(principal);
  const workflowId = downloadWorkflowId({ tenantId, downloadId });
  const start: DownloadStart = {
    ...{ workflow: 'makeDownload', workflowId, tier: tenant.tier },
    ...{ summary: `File of ${wish.kind} as ${wish.format}`, input: { tenantId, downloadId } },
  };
  const stored = await changeOwn(call, async (t) => {
    const known = await findDownload(t, downloadId);
    if (known !== undefined) return known;
    if ((await countRunningDownloads(t, requestedBy)) >= downloadsAtOnce) return undefined;
    const made = await insertDownload(t, { ...wish, id: downloadId, requestedBy, workflowId });
    await appendWorkflowStart(t, start);
    const { kind, format, filter } = wish;
    const begin: NonNullable<Wish['record']> = {
      ...{ action: 'download.begin', detail: { list: kind, format, filter } },
      ...{ objectKind: 'download', objectId: downloadId },
    };
    await appendAudit(t, { ...(record ?? begin), actor: requestedBy, requestId });
    return made;
  });
  if (stored === undefined) return problem('downloads-under-way');
  if (stored.status === 'running') await hastenStart(call, start);
  return { status: 202 as const, body: showDownload(call, stored) };
}
