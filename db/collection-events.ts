/** What happened to a collection, in order: its timeline, and what live screens are fed with. */
import { sql } from 'kysely';
import type { CollectionId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

/** `finished` closes the live stream; a late payment may still follow it. */
export const collectionEventTypes = [
  'requested',
  'sending',
  'not-sent',
  'prompted',
  'silent',
  'witnessed',
  'queried',
  'pulled',
  'posted',
  'unresolved',
  'handed-over',
  'finished',
] as const;
export type CollectionEventType = (typeof collectionEventTypes)[number];

export interface CollectionEvent {
  seq: number;
  type: CollectionEventType;
  data: Record<string, unknown>;
  at: Instant;
}

/**
 * Appends to the timeline. The caller has written to the collection's row in this transaction, or
 * two writers would count to the same number and one of them would try again.
 */
export async function appendCollectionEvent(
  t: TenantHandle,
  collectionId: CollectionId,
  event: { type: CollectionEventType; data: Record<string, unknown> },
): Promise<void> {
  await sql`
    insert into ${t.table('collection_events')} (tenant_id, collection_id, seq, type, data)
    select ${t.tenantId}, ${collectionId}::uuid, 1 + coalesce((
      select max(seq) from ${t.table('collection_events')} e
      where e.collection_id = ${collectionId}::uuid
    ), 0), ${event.type}, ${JSON.stringify(event.data)}::jsonb`.execute(t.query);
}

/** The events after `afterSeq` (0 for all), oldest first. */
export async function listCollectionEvents(
  t: TenantHandle,
  collectionId: CollectionId,
  after: { afterSeq: number; limit: number },
): Promise<CollectionEvent[]> {
  const found = await sql<CollectionEvent>`
    select seq, type, data, at from ${t.table('collection_events')}
    where collection_id = ${collectionId} and seq > ${after.afterSeq}
    order by seq limit ${after.limit}`.execute(t.query);
  return found.rows;
}
