/** Erases the texts of callbacks that are older than they may be kept, tenant by tenant. */
import { eraseOldCallbacks } from '../db/callback-retention.ts';
import type { Database } from '../db/database.ts';
import { listTenantIds } from '../db/tenants.ts';
import {
  addDays,
  businessDateOf,
  instantFromEpochMs,
  startOfBusinessDate,
} from '../domain/time.ts';

/** Thirteen months, so that a year's end can be looked at a month later. */
const keptDays = 396;
const batchMax = 500;

/** A tenant that fails does not stop the others, and makes the step fail at the end. */
export async function sweepCallbacks(db: Database, nowMs: number): Promise<Record<string, number>> {
  const today = businessDateOf(instantFromEpochMs(nowMs));
  const before = startOfBusinessDate(addDays(today, -keptDays));
  const failures: unknown[] = [];
  let erased = 0;
  for (const tenantId of await db.asOperator('erase old callbacks', listTenantIds)) {
    try {
      for (let count = batchMax; count === batchMax; erased += count) {
        count = await db.withTenant(tenantId, (t) =>
          eraseOldCallbacks(t, { before, limit: batchMax }),
        );
      }
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some callbacks could not be erased');
  return { 'callbacks erased': erased };
}
