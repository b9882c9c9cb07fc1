/** Nudges the bells of a business; how many notices wait is always read from the database. */
import type { TenantId } from '../../domain/ids.ts';
import { noticesChannel } from '../../domain/redis-keys.ts';
import type { Dependencies } from '../dependencies.ts';

/** A Redis that is away costs a bell some seconds and whoever tells something nothing. */
export function announceNotices({ redis }: Pick<Dependencies, 'redis'>, tenantId: TenantId): void {
  redis.publish(noticesChannel(tenantId), '1').catch(() => {});
}
