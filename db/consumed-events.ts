/** Which events a consumer has already had its effect for. */
import type { TenantHandle } from './database.ts';

/**
 * Notes an event in the transaction of its effect; true when it is new. A twin being handled at the
 * same moment waits for the first to commit, and then finds it is not new.
 */
export async function recordConsumed(
  t: TenantHandle,
  consumer: string,
  eventId: string,
): Promise<boolean> {
  const inserted = await t.query
    .insertInto('consumed_events')
    .values({ tenant_id: t.tenantId, consumer, event_id: eventId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
