/**
 * Writes the files people asked for, sealed, piece by piece. All rows are of one moment. A worker
 * that dies is followed by one that begins anew; whoever was only taken for dead is refused.
 */
import { Context } from '@temporalio/activity';
import type { Database, TenantHandle } from '../db/database.ts';
import {
  appendDownloadChunk,
  beginDownload,
  expectRows,
  findDownload,
  finishDownload,
  refuseDownload,
  type DownloadWriting,
} from '../db/downloads.ts';
import { appendEvents } from '../db/outbox.ts';
import { within } from '../db/page-reader.ts';
import { findTenant } from '../db/tenant-record.ts';
import { hoursKept, type FileFormat, type ListName } from '../domain/downloads/terms.ts';
import { toPublicId, type TenantId } from '../domain/ids.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { MakeDownloadInput, MakeDownloadResult } from '../workflows/download-types.ts';
import type { DownloadSteps } from './download-steps.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { gatherPieces } from './pieces.ts';
import { lists } from './sheets/lists.ts';
import { printedRowsMax } from './sheets/printed-transactions.ts';

interface DownloadDependencies {
  db: Database;
  failpoint: Failpoint;
}

export function createDownloadActivities(d: DownloadDependencies): DownloadSteps {
  return { writeDownload: (input) => writeDownload(d, input) };
}

/** Somebody else writes the file now, or nobody wants it any more. */
class NotOurs extends Error {}

async function writeDownload(
  d: DownloadDependencies,
  input: MakeDownloadInput,
): Promise<MakeDownloadResult> {
  const { tenantId, downloadId } = input;
  const begun = await d.db.withTenant(tenantId, (t) => beginDownload(t, downloadId));
  if (begun !== undefined) {
    try {
      await writeList(d, tenantId, begun);
    } catch (error) {
      if (!(error instanceof NotOurs)) throw error;
    }
  }
  await d.failpoint('download.afterReady');
  return endOf(d, input);
}

async function endOf(
  d: DownloadDependencies,
  { tenantId, downloadId }: MakeDownloadInput,
): Promise<MakeDownloadResult> {
  const download = await d.db.withTenant(tenantId, (t) => findDownload(t, downloadId));
  if (download === undefined) {
    throw permanentFault(failureTypes.bug, `there is no download ${downloadId}`);
  }
  const { status, rowCount, byteCount } = download;
  if (status === 'running') throw new Error(`download ${downloadId} is written by somebody else`);
  return { status, rowCount, byteCount };
}

interface Begun extends DownloadWriting {
  kind: ListName;
  format: FileFormat;
  choice: string;
}

/** Every page is read in one snapshot, so that sums and rows are of one moment. */
async function writeList(d: DownloadDependencies, tenantId: TenantId, begun: Begun): Promise<void> {
  const inside = <Result>(work: (t: TenantHandle) => Promise<Result>) =>
    d.db.withTenant(tenantId, work);
  const tenant = await findTenant(d.db, tenantId);
  if (tenant === undefined) throw new Error('a tenant has its downloads');
  const head = { business: tenant.name, printedAt: instantFromEpochMs(Date.now()) };
  const { kind, format } = begun;
  let rowCount = 0;
  const pieces = gatherPieces(async (seq, bytes) => {
    const isOurs = await inside((t) => appendDownloadChunk(t, begun, { seq, bytes, rowCount }));
    if (!isOurs) throw new NotOurs();
    await d.failpoint('download.midFile');
  });
  await d.db.withTenant(
    tenantId,
    async (snapshot) => {
      const list = lists[kind];
      const choice = JSON.parse(begun.choice);
      const rowTotal = await list.count(snapshot, choice);
      if (format === 'pdf' && rowTotal > printedRowsMax) {
        await inside((t) => refuseDownload(t, begun));
        throw new NotOurs();
      }
      await inside((t) => expectRows(t, begun, rowTotal));
      const onRows = (count: number) => (rowCount += count);
      const from = { read: within(snapshot), choice, onRows, head };
      for await (const part of list.write(from, format)) {
        Context.current().cancellationSignal.throwIfAborted();
        await pieces.write(part);
      }
    },
    { snapshot: true },
  );
  await pieces.end();
  await d.failpoint('download.beforeReady');
  await inside(async (t) => {
    if (await finishDownload(t, begun, { rowCount, hours: hoursKept })) {
      await tellReady(t, begun, rowCount);
    }
  });
}

async function tellReady(
  t: TenantHandle,
  { downloadId, kind }: Begun,
  rowCount: number,
): Promise<void> {
  const data = { downloadId: toPublicId('download', downloadId), list: kind, rowCount };
  await appendEvents(t, [
    {
      ...{ topic: 'domain-events', key: `${t.tenantId}:${downloadId}`, type: 'download.ready' },
      ...{ version: 1, isPersonal: false, data },
    },
  ]);
}
