import type { TenantHandle } from '../db/database.ts';
import { finishDownload, type BegunDownload } from '../db/downloads.ts';
import { appendEvents } from '../db/outbox.ts';
import { toPublicId } from '../domain/ids.ts';

/** Makes a file available for some hours and tells of it, unless this attempt may not any more. */
export async function makeAvailable(
  t: TenantHandle,
  begun: BegunDownload,
  { rowCount, hours }: { rowCount: number; hours: number },
): Promise<void> {
  if (!(await finishDownload(t, begun, { rowCount, hours }))) return;
  const { downloadId, kind } = begun;
  const data = { downloadId: toPublicId('download', downloadId), list: kind, rowCount };
  await appendEvents(t, [
    {
      ...{ topic: 'domain-events', key: `${t.tenantId}:${downloadId}`, type: 'download.ready' },
      ...{ version: 1, isPersonal: false, data },
    },
  ]);
}
