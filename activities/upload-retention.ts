/** Erases uploaded files that are older than they may be kept, and tells of those that are next. */
import type { Database, TenantHandle } from '../db/database.ts';
import { isNoticeTold, tellNotice } from '../db/notices.ts';
import { countUploadsOf, eraseOldUploads } from '../db/upload-retention.ts';
import { filesToldDays, retention } from '../domain/tenants/retention.ts';
import {
  addDays,
  businessDateOf,
  instantFromEpochMs,
  startOfBusinessDate,
  type BusinessDate,
} from '../domain/time.ts';
import { eachTenant, inBatches } from './each-tenant.ts';

/** A file is up to 64 MB in chunks: a transaction takes few of them. */
const batchMax = 20;
const words = { purpose: 'erase old files', complaint: 'some files could not be erased' };

/** A tenant that fails does not stop the others, and makes the step fail at the end. */
export async function sweepOldUploads(
  db: Database,
  nowMs: number,
): Promise<Record<string, number>> {
  const today = businessDateOf(instantFromEpochMs(nowMs));
  const before = startOfBusinessDate(addDays(today, -retention.files.days));
  let erased = 0;
  let told = 0;
  await eachTenant(db, words, async (tenantId) => {
    erased += await inBatches(batchMax, (limit) =>
      db.withTenant(tenantId, (t) => eraseOldUploads(t, { before, limit })),
    );
    told += await db.withTenant(tenantId, (t) => tellOfNext(t, today));
  });
  return { 'files erased': erased, 'files told of': told };
}

/** Tells once of the files that go on the day a month from now; answers how many those are. */
async function tellOfNext(t: TenantHandle, today: BusinessDate): Promise<number> {
  const day = addDays(today, filesToldDays);
  const complete = addDays(day, -retention.files.days);
  const [from, before] = [addDays(complete, -1), complete].map(startOfBusinessDate);
  if (from === undefined || before === undefined) return 0;
  const { count } = await countUploadsOf(t, { from, before });
  const key = `files-leaving/${day}`;
  if (count === 0 || (await isNoticeTold(t, key))) return 0;
  const figures = { files: count, day };
  const telling = { tells: 'files-leaving', key, subjectId: null, figures } as const;
  await tellNotice(t, { ...telling, amountCents: null }, {});
  return count;
}
