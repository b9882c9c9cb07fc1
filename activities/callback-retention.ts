/** Erases the texts of callbacks that are older than they may be kept, tenant by tenant. */
import { eraseOldCallbacks } from '../db/callback-retention.ts';
import type { Database } from '../db/database.ts';
import { retention } from '../domain/tenants/retention.ts';
import {
  addDays,
  businessDateOf,
  instantFromEpochMs,
  startOfBusinessDate,
} from '../domain/time.ts';
import { eachTenant, inBatches } from './each-tenant.ts';

const batchMax = 500;
const words = { purpose: 'erase old callbacks', complaint: 'some callbacks could not be erased' };

/** A tenant that fails does not stop the others, and makes the step fail at the end. */
export async function sweepCallbacks(db: Database, nowMs: number): Promise<Record<string, number>> {
  const today = businessDateOf(instantFromEpochMs(nowMs));
  const before = startOfBusinessDate(addDays(today, -retention.callbacks.days));
  let erased = 0;
  await eachTenant(db, words, async (tenantId) => {
    erased += await inBatches(batchMax, (limit) =>
      db.withTenant(tenantId, (t) => eraseOldCallbacks(t, { before, limit })),
    );
  });
  return { 'callbacks erased': erased };
}
