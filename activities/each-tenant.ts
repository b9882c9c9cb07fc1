/** Work that is done for every tenant in turn, whatever becomes of the others. */
import type { Database } from '../db/database.ts';
import { listTenantIds } from '../db/tenants.ts';
import type { TenantId } from '../domain/ids.ts';

/**
 * Calls `work` with every tenant. A tenant that fails does not stop the others; at the end all that
 * failed are thrown together, with `complaint` as the message.
 */
export async function eachTenant(
  db: Database,
  { purpose, complaint }: { purpose: string; complaint: string },
  work: (tenantId: TenantId) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const tenantId of await db.asOperator(purpose, listTenantIds)) {
    try {
      await work(tenantId);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, complaint);
}

/** Does work in full batches until one is not full; answers how many there were in all. */
export async function inBatches(
  limit: number,
  work: (limit: number) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (let count = limit; count === limit; sum += count) count = await work(limit);
  return sum;
}
