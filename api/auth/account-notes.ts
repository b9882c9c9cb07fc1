/**
 * What happens to a person's account is noted in the audit log of every business they belong to.
 * What they should know of themselves, in case it was somebody else, is told them there as well.
 */
import { appendAudit } from '../../db/audit.ts';
import { listTenantsOf } from '../../db/auth.ts';
import type { TenantHandle } from '../../db/database.ts';
import { isNoticeTold, tellNotice } from '../../db/notices.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import type { UserId } from '../../domain/ids.ts';
import type { AccountNoticeKind, NoticeFigures } from '../../domain/notices/terms.ts';
import { newUuid } from '../new-id.ts';
import { announceNotices } from '../notices/announce.ts';
import type { Call } from '../route.ts';

/** What a person is told about their own account, in codes. */
export interface AccountTelling {
  kind: AccountNoticeKind;
  figures: NoticeFigures;
  /** UUID of what is new and told of once; left out when it is the account itself. */
  subjectId?: string;
}

/** Appends one entry per business of the person, and tells them where something is to be told. */
export async function noteAccount(
  call: Pick<Call, 'dependencies' | 'requestId'>,
  userId: UserId,
  event: {
    action: AuditAction;
    actor?: string;
    detail?: Record<string, unknown>;
    told?: AccountTelling;
  },
): Promise<void> {
  const { db, now } = call.dependencies;
  const { told } = event;
  const tenantIds = await db.asOperator('note an account event', (o) => listTenantsOf(o, userId));
  for (const tenantId of tenantIds) {
    await db.withTenant(tenantId, async (t) => {
      await appendAudit(t, {
        actor: event.actor ?? `user:${userId}`,
        action: event.action,
        objectKind: 'user',
        objectId: userId,
        requestId: call.requestId,
        ...(event.detail === undefined ? {} : { detail: event.detail }),
      });
      if (told !== undefined) await tellPerson(t, { userId, nowMs: now() }, told);
    });
    if (told !== undefined) announceNotices(call.dependencies, tenantId);
  }
}

/** Tells one person in one business; what was told about the same new thing is not told or counted twice. */
export async function tellPerson(
  t: TenantHandle,
  { userId, nowMs }: { userId: UserId; nowMs: number },
  { kind, figures, subjectId }: AccountTelling,
): Promise<void> {
  const key = `${kind}/${subjectId ?? newUuid(nowMs)}`;
  // The answer about it may have been lost: whoever asked again made no second thing.
  if (subjectId !== undefined && (await isNoticeTold(t, key))) return;
  const telling = { tells: kind, key, subjectId: subjectId ?? null, figures, amountCents: null };
  await tellNotice(t, telling, { audience: `user:${userId}` });
}
