/** Asks for the run that finds out whose an arrival is. */
import type { TenantHandle } from '../db/database.ts';
import { appendWorkflowStart } from '../db/outbox.ts';
import { tierOf } from '../db/tenant-tier.ts';
import { toPublicId, type ReceivedPaymentId } from '../domain/ids.ts';
import { confirmPaymentWorkflowId } from '../temporal/workflow-ids.ts';
import type { CollectionStart } from '../workflows/collection-types.ts';

/** A receipt that a collection already credited is noted there as one more witness by its own run. */
export async function startConfirm(
  t: TenantHandle,
  receivedPaymentId: ReceivedPaymentId,
): Promise<void> {
  const { tenantId } = t;
  const workflowId = confirmPaymentWorkflowId({ tenantId, receivedPaymentId });
  const start: CollectionStart = {
    ...{ workflow: 'confirmPayment', workflowId, tier: await tierOf(t) },
    summary: `Received ${toPublicId('receivedPayment', receivedPaymentId)}`,
    input: { tenantId, receivedPaymentId },
  };
  await appendWorkflowStart(t, start);
}
