/**
 * Money of the desk that is sent back. It counts as allocated from the request on, so that it can be
 * given away once only, and waits on the desk again when its payout pays nothing.
 */
import type { ReceivedPaymentId, ReversalId } from '../domain/ids.ts';
import { add, subtract, type Cents } from '../domain/money.ts';
import { insertAllocation, listAllocations, undoAllocation } from './allocations.ts';
import type { TenantHandle } from './database.ts';
import { isWaiting, leftOf, noteOnDesk, settle } from './desk.ts';
import { newUuid } from './new-id.ts';
import { lockReceived, type ReceivedPayment } from './received-payments.ts';

export interface DeskRefund {
  refundId: ReversalId;
  receivedPaymentId: ReceivedPaymentId;
  amountCents: Cents;
  actor: string;
}

/** Takes an amount of a locked payment for its refund; false when less is waiting. */
export async function takeForRefund(
  t: TenantHandle,
  payment: ReceivedPayment,
  { refundId, amountCents, actor }: Omit<DeskRefund, 'receivedPaymentId'>,
): Promise<boolean> {
  if (!isWaiting(payment) || amountCents > leftOf(payment)) return false;
  const receivedPaymentId = payment.id;
  await insertAllocation(t, {
    ...{ id: newUuid(Date.parse(payment.receivedAt)), receivedPaymentId, actor, reason: 'desk' },
    ...{ targetKind: 'refund', targetId: refundId, amountCents },
  });
  await noteOnDesk(t, 'payment.refundRequested', {
    ...{ receivedPaymentId, refundId, amountCents, receipt: payment.receipt },
  });
  await settle(t, payment, add(payment.allocatedCents, amountCents));
  return true;
}

/** The refund paid nothing: its money waits again. Repeating it changes nothing. */
export async function releaseToDesk(t: TenantHandle, refund: DeskRefund): Promise<void> {
  const { receivedPaymentId: paymentId, refundId, actor } = refund;
  const payment = await lockReceived(t, paymentId);
  if (payment === undefined) throw new Error('a refund has lost its payment');
  const made = (await listAllocations(t, paymentId)).find(
    ({ targetKind, targetId, undoneAt }) =>
      targetKind === 'refund' && targetId === refundId && undoneAt === null,
  );
  if (made === undefined) return;
  await undoAllocation(t, { paymentId, allocationId: made.id, actor });
  await settle(t, payment, subtract(payment.allocatedCents, made.amountCents));
}

/** The refund was paid after all; false when its money has been given to somebody else since. */
export async function retakeForRefund(t: TenantHandle, refund: DeskRefund): Promise<boolean> {
  const payment = await lockReceived(t, refund.receivedPaymentId);
  if (payment === undefined) throw new Error('a refund has lost its payment');
  return takeForRefund(t, payment, refund);
}
