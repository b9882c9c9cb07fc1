/** Sending money of the desk back to whoever paid it. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { takeForRefund } from '../../db/desk-refunds.ts';
import { findReceived, lockReceived, type ReceivedPayment } from '../../db/received-payments.ts';
import { countRefund, findRefund, insertRefund } from '../../db/refunds.ts';
import { parseMsisdn } from '../../domain/daraja/msisdn.ts';
import type { Payee } from '../../domain/disbursements/terms.ts';
import type { DisbursementId, ReceivedPaymentId } from '../../domain/ids.ts';
import { payoutMinimum } from '../../domain/limits/terms.ts';
import { formatMoney } from '../../domain/money.ts';
import { actorOf } from '../auth/principal.ts';
import { shortcodesOf } from '../collections/present.ts';
import { recordPayout, type PayoutWish } from '../disbursements/record.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, ProblemError, type Problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { inOneTransaction, tooLarge } from '../reversals/routes.ts';
import { route, type Call } from '../route.ts';
import { showReceivedDetail } from './present.ts';
import { deskRefundRequest, receivedPaymentDetail } from './schema.ts';

/** The same as for any payout: limits, money, a second person above the limit, one sending. */
export const refundReceived = route({
  method: 'post',
  path: '/v1/received-payments/{id}/refund',
  tag: 'Received payments',
  summary: 'Send waiting money back to whoever paid it',
  description:
    'A payout out of the money that waits, with the checks and the approval of any other. The amount waits again when the payout is refused or cancelled; `refunds` shows where it is.',
  auth: 'disbursements:write',
  request: {
    params: z.strictObject({ id: idSchema('receivedPayment') }),
    body: deskRefundRequest,
  },
  idempotency: 'required',
  responses: { 200: { description: 'The payment as it is now', schema: receivedPaymentDetail } },
  problems: [
    ...(['not-found', 'not-allocatable', 'cannot-refund', 'refund-too-large'] as const),
    'shortcode-unusable',
  ],
  handler: async ({ params: { id }, body }, call) => {
    const recorded = await inOneTransaction(() =>
      changeOwn(call, (t) => record(t, call, { id, ...body })),
    );
    if ('problem' in recorded) return recorded;
    await hastenStart(call, recorded.start);
    return { status: 200, body: recorded.shown };
  },
});

interface DeskRefundWish extends z.output<typeof deskRefundRequest> {
  id: ReceivedPaymentId;
}

async function record(t: TenantHandle, call: Call, wish: DeskRefundWish) {
  const payment = await lockReceived(t, wish.id);
  if (payment === undefined) return problem('not-found');
  const refundId = idFor(call, 'reversal', wish);
  const payout = payoutOf(payment, wish, idFor(call, 'disbursement', wish));
  if ('problem' in payout) return payout;
  const isNew = (await findRefund(t, refundId)) === undefined;
  if (isNew) await take(t, call, { payment, wish, refundId });
  const recorded = await recordPayout(t, call, payout);
  if ('problem' in recorded) throw new ProblemError(recorded);
  if (isNew) {
    await insertRefund(t, {
      ...{ id: refundId, ...originalOf(payment), amountCents: wish.amountCents },
      ...{ collectionId: null, receivedPaymentId: payment.id, disbursementId: payout.id },
      ...{ method: wish.method, reason: wish.why, requestedBy: actorOf(call.principal) },
    });
  }
  return { start: recorded.start, shown: await show(t, call, payment.id) };
}

function originalOf({ shortcodeId, receipt, amountCents }: ReceivedPayment) {
  return { shortcodeId, originalReceipt: receipt, originalCents: amountCents };
}

/** Counts the amount on the desk and against its receipt, or gives the transaction up. */
async function take(
  t: TenantHandle,
  call: Call,
  taking: {
    payment: ReceivedPayment;
    wish: DeskRefundWish;
    refundId: ReturnType<typeof idFor<'reversal'>>;
  },
): Promise<void> {
  const { payment, wish, refundId } = taking;
  const { amountCents } = wish;
  const actor = actorOf(call.principal);
  const isTaken = await takeForRefund(t, payment, { refundId, amountCents, actor });
  if (!isTaken) throw new ProblemError(problem('not-allocatable'));
  const counted = await countRefund(t, { ...originalOf(payment), amountCents });
  if (!counted.ok) throw new ProblemError(tooLarge(counted.leftCents));
  await appendAudit(t, {
    ...{ actor, action: 'received-payment.refund', requestId: call.requestId },
    ...{ objectKind: 'received-payment', objectId: payment.id, detail: { amountCents } },
  });
}

/** M-PESA often hides the payer's number: then only its own reversal reaches them. */
function payoutOf(
  payment: ReceivedPayment,
  { method, why, amountCents }: DeskRefundWish,
  disbursementId: DisbursementId,
): PayoutWish | Problem {
  const { shortcodeId, receipt, words, id: subjectId } = payment;
  const phone = parseMsisdn(words.msisdn);
  const msisdn = phone.ok ? phone.msisdn : null;
  const money = {
    ...{ id: disbursementId, shortcodeId, amountCents, subjectId, payeeName: words.name },
    ...({ purpose: 'refund', drawsOn: 'suspense', remarks: why, reference: null } as const),
  };
  const payer: Payee = { kind: 'payer', receipt, msisdn };
  if (method === 'reversal') return { ...money, kind: 'reversal', payee: payer };
  if (msisdn === null) {
    const detail = 'M-PESA did not tell the number of the payer; have the payment reversed.';
    return problem('cannot-refund', { detail });
  }
  if (amountCents < payoutMinimum) {
    const detail = `A phone takes at least ${formatMoney(payoutMinimum)}; have the payment reversed.`;
    return problem('cannot-refund', { detail });
  }
  return { ...money, kind: 'business-payment', payee: { kind: 'msisdn', msisdn } };
}

async function show(t: TenantHandle, call: Call, paymentId: ReceivedPaymentId) {
  const payment = await findReceived(t, paymentId);
  if (payment === undefined) throw new Error('a locked payment vanished');
  const { runUrl } = call.dependencies.temporal;
  return showReceivedDetail(t, payment, { shortcodes: await shortcodesOf(t), runUrl });
}
