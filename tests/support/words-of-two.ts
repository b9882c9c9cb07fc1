/** What two people say of money: what was noted of it, and time that passes without the second one. */
import type { ApiStage } from './api.ts';
import type { Somebody } from './tenants.ts';

/** The audit records about a thing, oldest first. */
export async function auditedDeeds(
  stage: ApiStage,
  objectId: string,
): Promise<Record<string, unknown>[]> {
  return stage.database.asOwner(
    `select action, actor, detail from shared.audit_log where object_id = $1 order by seq`,
    [objectId],
  );
}

/** Everything that waits in a business was said eight days earlier. */
export async function weekPasses(
  { stage, somebody }: { stage: ApiStage; somebody: Somebody },
  table: 'payout_closings' | 'payout_returns' | 'collection_closings',
): Promise<void> {
  await stage.database.asOwner(
    `update shared.${table} set requested_at = requested_at - interval '8 days',
       expires_at = expires_at - interval '8 days'
     where tenant_id = $1 and status = 'waiting'`,
    [somebody.tenantId],
  );
}
