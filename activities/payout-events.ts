/** What is told outside and written to the audit trail when a payout changes; nothing personal. */
import { appendAudit } from '../db/audit.ts';
import type { TenantHandle } from '../db/database.ts';
import type { Disbursement } from '../db/disbursements.ts';
import { appendEvents } from '../db/outbox.ts';
import type { AuditAction } from '../domain/audit/actions.ts';
import { shownStatus } from '../domain/disbursements/status.ts';
import { toPublicId } from '../domain/ids.ts';

export type PayoutEventType =
  | 'disbursement.requested'
  | 'disbursement.awaiting_approval'
  | 'disbursement.approved'
  | 'disbursement.sent'
  | 'disbursement.unknown'
  | 'disbursement.paid'
  | 'disbursement.refused'
  | 'disbursement.cancelled'
  | 'disbursement.expired'
  | 'disbursement.returned';

/** Appends the event of a payout in the transaction of its change. */
export async function tellPayout(
  t: TenantHandle,
  payout: Disbursement,
  type: PayoutEventType,
): Promise<void> {
  const { id, kind, purpose, amountCents, returnedCents, chargeCents, receipt } = payout;
  const status = shownStatus(payout);
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${id}`,
      type,
      version: 1,
      isPersonal: false,
      data: {
        disbursementId: toPublicId('disbursement', id),
        ...{ kind, purpose, status, amountCents, returnedCents, chargeCents, receipt },
        currency: 'KES',
        batchId: payout.batchId === null ? null : toPublicId('payoutBatch', payout.batchId),
        refusalCode: payout.refusalCode,
      },
    },
  ]);
}

/** Writes who did what to a payout. */
export async function auditPayout(
  t: TenantHandle,
  payout: Pick<Disbursement, 'id' | 'amountCents'>,
  entry: { actor: string; action: AuditAction; detail?: Record<string, unknown> },
): Promise<void> {
  await appendAudit(t, {
    actor: entry.actor,
    action: entry.action,
    objectKind: 'disbursement',
    objectId: payout.id,
    detail: { amountCents: payout.amountCents, ...entry.detail },
  });
}
