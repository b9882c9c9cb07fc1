/**
 * What Daraja posts about bills, prompts to businesses and standing orders (`b`). Money is an arrival
 * like any other: recorded once by its receipt, whoever tells of it first, and its run finds out
 * whose it is. A standing order nobody here asked for is set aside for a person.
 */
import type { TenantHandle } from '../db/database.ts';
import { newUuid } from '../db/new-id.ts';
import { recordReceived } from '../db/received-payments.ts';
import { findShortcode, type Shortcode } from '../db/shortcodes.ts';
import { parseBillCallback, type BillMoney } from '../domain/daraja/bill-callbacks.ts';
import { shownPayer } from '../domain/daraja/msisdn.ts';
import { id, type ShortcodeId } from '../domain/ids.ts';
import { epochMsOf } from '../domain/time.ts';
import { confirmPaymentWorkflowId } from '../temporal/workflow-ids.ts';
import type { Callback, CallbackHandlers, CallbackOutcome } from './callbacks.ts';
import { startConfirm } from './confirm-start.ts';

/** Takes the callbacks whose address was made for a shortcode's bills. */
export function takeBillCallbacks(handlers: CallbackHandlers): void {
  handlers.registerCallbackHandler('b', 'bills', hearBill);
}

async function hearBill(t: TenantHandle, callback: Callback): Promise<CallbackOutcome> {
  const shortcode = await findShortcode(t, callback.targetId as ShortcodeId);
  if (shortcode === undefined) return { state: 'not-mine' };
  const parsed = parseBillCallback(callback.body);
  if (!parsed.ok) return { state: 'quarantined', cause: parsed.refusal.code };
  const said = parsed.value;
  switch (said.kind) {
    case 'payment':
      return takeMoney(t, { callback, shortcode, said });
    case 'declined':
      return { state: 'recorded' };
    case 'agreed':
      return { state: 'quarantined', cause: 'standing-order-unknown' };
  }
}

async function takeMoney(
  t: TenantHandle,
  { callback, shortcode, said }: { callback: Callback; shortcode: Shortcode; said: BillMoney },
): Promise<CallbackOutcome> {
  const { number, storeNumber } = shortcode;
  if (said.shortcode !== undefined && ![number, storeNumber].includes(said.shortcode)) {
    return { state: 'quarantined', cause: 'shortcode-mismatch' };
  }
  const { receipt, amountCents, msisdn, accountReference } = said;
  const receivedPaymentId = id('receivedPayment', newUuid(epochMsOf(callback.receivedAt)));
  const { payment, isNew } = await recordReceived(t, {
    ...{ id: receivedPaymentId, shortcodeId: shortcode.id, receipt, source: 'c2b', amountCents },
    transactionType: said.channel,
    words: { reference: accountReference, msisdn, name: '' },
    ...(msisdn === '' ? {} : { msisdnMasked: shownPayer(msisdn) }),
    workflowId: confirmPaymentWorkflowId({ tenantId: t.tenantId, receivedPaymentId }),
    occurredAt: said.paidAt ?? callback.receivedAt,
  });
  if (payment.amountCents !== amountCents) {
    return { state: 'quarantined', cause: 'amount-mismatch' };
  }
  if (isNew) await startConfirm(t, payment.id);
  return { state: 'recorded' };
}
