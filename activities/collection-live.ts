/** Nudges whoever watches a collection live; what happened is always read from the database. */
import type { CollectionId, TenantId } from '../domain/ids.ts';
import { operationChannel } from '../domain/redis-keys.ts';

/** The one Redis command a nudge needs. */
export interface Publisher {
  publish(channel: string, message: string): Promise<unknown>;
}

/** A Redis that is away costs watchers a second and the payment nothing. */
export function announceCollection(
  redis: Publisher,
  of: { tenantId: TenantId; collectionId: CollectionId },
): void {
  redis.publish(operationChannel(of.tenantId, of.collectionId), '1').catch(() => {});
}
