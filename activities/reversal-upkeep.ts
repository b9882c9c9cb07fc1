/** Statements that were posted before reversals were tied: each account is looked through once. */
import type { Database } from '../db/database.ts';
import { listUnsoughtAccounts, tieAcrossStatements } from '../db/reversals-across.ts';

/** Throws at the end when an account could not be looked through; its next run tries again. */
export async function tieReversals(db: Database): Promise<Record<string, number>> {
  const found = await db.everywhere('find accounts without ties', listUnsoughtAccounts);
  const failures: unknown[] = [];
  let tied = 0;
  for (const { tenantId, accountId } of found.flat()) {
    try {
      tied += await db.withTenant(tenantId, (t) => tieAcrossStatements(t, accountId));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some reversals could not be tied');
  return { 'reversals tied': tied };
}
