/** What happens to a person's account is noted in the audit log of every business they belong to. */
import { appendAudit } from '../../db/audit.ts';
import { listTenantsOf } from '../../db/auth.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Call } from '../route.ts';

/** Appends one entry per business of the person. */
export async function noteAccount(
  call: Pick<Call, 'dependencies' | 'requestId'>,
  userId: UserId,
  event: { action: string; actor?: string; detail?: Record<string, unknown> },
): Promise<void> {
  const { db } = call.dependencies;
  const tenantIds = await db.asOperator('note an account event', (o) => listTenantsOf(o, userId));
  for (const tenantId of tenantIds) {
    await db.withTenant(tenantId, (t) =>
      appendAudit(t, {
        actor: event.actor ?? `user:${userId}`,
        action: event.action,
        objectKind: 'user',
        objectId: userId,
        requestId: call.requestId,
        ...(event.detail === undefined ? {} : { detail: event.detail }),
      }),
    );
  }
}
