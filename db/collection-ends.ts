/** What a collection that ended without money leaves behind. */
import { appendCollectionEvent } from './collection-events.ts';
import type { Collection } from './collection-record.ts';
import type { TenantHandle } from './database.ts';
import { appendEvents } from './outbox.ts';

/** Tells the timeline and the world that a collection ended without money. */
export async function noteUnpaidEnd(t: TenantHandle, ended: Collection): Promise<void> {
  const { id, status, amountCents, resultCode } = ended;
  await appendCollectionEvent(t, id, { type: 'finished', data: { status, code: resultCode } });
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${id}`,
      type: `collection.${status}`,
      version: 1,
      isPersonal: false,
      data: { collectionId: id, amountCents, currency: 'KES', code: resultCode },
    },
  ]);
}
