/**
 * Writes the files people asked for, sealed, piece by piece. All rows of
 * a list are of one moment. A worker that dies is followed by one that begins a list anew and goes on
 * with a report about a person; whoever was only taken for dead is refused.
 */
import { Context } from '@temporalio/activity';
import type { Database, TenantHandle } from '../db/database.ts';
import {
  appendDownloadChunk,
  beginDownload,
  expectRows,
  findDownload,
  refuseDownload,
  type BegunDownload,
} from '../db/downloads.ts';
import { within } from '../db/page-reader.ts';
import { findTenant } from '../db/tenant-record.ts';
import {
  hoursKept,
  subjectReportKind,
  type FileFormat,
  type ListName,
} from '../domain/downloads/terms.ts';
import type { TenantId } from '../domain/ids.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { MakeDownloadInput, MakeDownloadResult } from '../workflows/download-types.ts';
import { makeAvailable } from './download-ready.ts';
import type { DownloadSteps } from './download-steps.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { gatherPieces } from './pieces.ts';
import { lists } from './sheets/lists.ts';
import { headingsFor } from './sheets/sheet-file.ts';
import { writeReport } from './subject-report.ts';
import { printedHead, printedRowsMax } from './sheets/printed-transactions.ts';

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
      const { kind } = begun;
      if (kind === subjectReportKind) await writeReport(d, tenantId, begun);
      else await writeList(d, tenantId, { ...begun, kind });
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

/** Every page is read in one snapshot, so that sums and rows are of one moment. */
async function writeList(
  d: DownloadDependencies,
  tenantId: TenantId,
  begun: BegunDownload & { kind: ListName },
): Promise<void> {
  const inside = <Result>(work: (t: TenantHandle) => Promise<Result>) =>
    d.db.withTenant(tenantId, work);
  const tenant = await findTenant(d.db, tenantId);
  if (tenant === undefined) throw new Error('a tenant has its downloads');
  const head = printedHead(tenant, instantFromEpochMs(Date.now()));
  const { kind } = begun;
  const format = fileFormatOf(begun);
  const headings = headingsFor(begun.requestedBy, tenant.settings);
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
      for await (const part of list.write(from, { format, headings })) {
        Context.current().cancellationSignal.throwIfAborted();
        await pieces.write(part);
      }
    },
    { snapshot: true },
  );
  await pieces.end();
  await d.failpoint('download.beforeReady');
  await inside((t) => makeAvailable(t, begun, { rowCount, hours: hoursKept }));
}

function fileFormatOf({ format }: Pick<BegunDownload, 'format'>): FileFormat {
  if (format === 'json') throw new Error('a list is never made as JSON');
  return format;
}
