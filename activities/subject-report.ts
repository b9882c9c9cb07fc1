/**
 * Gathers what is held about a person into a sealed file. Each look through some rows and the place
 * where it stopped are one transaction, so that a worker that dies is followed by one that goes on.
 */
import { Context } from '@temporalio/activity';
import type { Database, TenantHandle } from '../db/database.ts';
import { findSubject, reported } from '../db/data-subjects.ts';
import {
  appendDownloadChunk,
  holdReport,
  placeReport,
  type BegunDownload,
} from '../db/downloads.ts';
import { firstPosition } from '../db/subject-sources.ts';
import { reportHoursKept } from '../domain/downloads/terms.ts';
import type { TenantId } from '../domain/ids.ts';
import type { SubjectQuestion } from '../domain/tenants/data-subject.ts';
import { makeAvailable } from './download-ready.ts';
import type { Failpoint } from './failpoint.ts';

/** What is opened in one transaction: a fraction of a second of work. */
const look = { rowsMax: 2_000, recordsMax: 1_000 };

/** Looks on until everything was looked through, or somebody else does. */
export async function writeReport(
  d: { db: Database; failpoint: Failpoint },
  tenantId: TenantId,
  begun: BegunDownload,
): Promise<void> {
  const person: SubjectQuestion = JSON.parse(begun.choice);
  for (let isOver = false; !isOver;) {
    Context.current().cancellationSignal.throwIfAborted();
    isOver = await d.db.withTenant(tenantId, (t) => lookOn(t, begun, person));
    await d.failpoint(isOver ? 'download.afterReady' : 'download.midFile');
  }
}

/** One look; true when there is nothing more to do for this attempt. */
async function lookOn(
  t: TenantHandle,
  begun: BegunDownload,
  person: SubjectQuestion,
): Promise<boolean> {
  const place = await holdReport(t, begun);
  if (place === undefined) return true;
  const { position, recordCount, nextSeq } = place;
  const { records, next } = await findSubject(t, person, {
    from: position ?? firstPosition,
    ...look,
  });
  const { msisdn = null, name = null } = person;
  const opening = `${JSON.stringify({ msisdn, name }).slice(0, -1)},"records":[`;
  const listed = records
    .map((record, n) => `${recordCount + n === 0 ? '' : ','}\n${JSON.stringify(reported(record))}`)
    .join('');
  const text = (nextSeq === 0 ? opening : '') + listed + (next === undefined ? '\n]}\n' : '');
  const rowCount = recordCount + records.length;
  if (text !== '') {
    await appendDownloadChunk(t, begun, { seq: nextSeq, bytes: Buffer.from(text), rowCount });
  }
  if (next !== undefined) await placeReport(t, begun, next);
  else await makeAvailable(t, begun, { rowCount, hours: reportHoursKept });
  return next === undefined;
}
