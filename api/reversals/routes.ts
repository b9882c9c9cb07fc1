/** Giving received money back, by M-PESA's reversal or by a payout to whoever paid. */
import { z } from 'zod';
import { keptOf } from '../../db/collection-ledger.ts';
import { openedCollection } from '../../db/collections.ts';
import type { SealedCollection } from '../../db/collection-record.ts';
import type { TenantHandle } from '../../db/database.ts';
import { findDisbursement, type Disbursement } from '../../db/disbursements.ts';
import {
  countRefund,
  findRefund,
  insertRefund,
  leftToRefund,
  type Refund,
} from '../../db/refunds.ts';
import type { Payee } from '../../domain/disbursements/terms.ts';
import type { CollectionId, DisbursementId } from '../../domain/ids.ts';
import { formatMoney, subtract, zero, type Cents } from '../../domain/money.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { actorOf } from '../auth/principal.ts';
import { recordPayout, type PayoutWish } from '../disbursements/record.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idFor } from '../request-id.ts';
import { idSchema } from '../primitives.ts';
import { problem, ProblemError, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { exportRoute, listRoute } from './list-route.ts';
import { showRefund } from './present.ts';
import { refund, refundRequest } from './schema.ts';

const give = route({
  method: 'post',
  path: '/v1/collections/{id}/refunds',
  tag: 'Refunds',
  summary: 'Give a collection back, whole or in part',
  description:
    'All refunds of a payment together never exceed what was received. It goes through the same checks and approval as a payout.',
  auth: 'disbursements:write',
  request: { params: z.strictObject({ id: idSchema('collection') }), body: refundRequest },
  idempotency: 'required',
  responses: { 202: { description: 'It is on its way', schema: refund } },
  problems: ['not-found', 'cannot-refund', 'refund-too-large', 'shortcode-unusable'],
  handler: async ({ params: { id }, body }, call) => {
    const { temporal } = call.dependencies;
    const recorded = await inOneTransaction(() =>
      changeOwn(call, (t) => recordRefund(t, call, { id, ...body })),
    );
    if ('problem' in recorded) return recorded;
    await hastenStart(call, recorded.start);
    const shown = showRefund(recorded, temporal.runUrl);
    return { status: 202, body: shown, headers: { Location: `/v1/refunds/${shown.id}` } };
  },
});

/** A refusal half way gives the transaction up, and with it what was counted. */
export async function inOneTransaction<Result>(
  work: () => Promise<Result>,
): Promise<Result | Problem> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}

interface RefundWish extends Omit<z.output<typeof refundRequest>, 'amountCents'> {
  id: CollectionId;
  amountCents?: Cents | undefined;
}

async function recordRefund(
  t: TenantHandle,
  call: Call,
  wish: RefundWish,
): Promise<{ refund: Refund; disbursement: Disbursement; start: WorkflowStart } | Problem> {
  const collection = await openedCollection(t, wish.id);
  if (collection === undefined) return problem('not-found');
  const refundId = idFor(call, 'reversal', wish);
  const disbursementId = idFor(call, 'disbursement', wish);
  const known = await findRefund(t, refundId);
  if (known !== undefined) return foundAgain(t, call, { known, collection, wish, disbursementId });
  const { receipt: originalReceipt, paidCents, shortcodeId } = collection;
  if (collection.status !== 'paid' || originalReceipt === null || paidCents === null) {
    return problem('cannot-refund');
  }
  // What was kept for the customer is paid back from their credit.
  const originalCents = subtract(paidCents, await keptOf(t, collection.id));
  if (originalCents <= 0) return tooLarge(zero);
  const original = { shortcodeId, originalReceipt, originalCents };
  const amountCents = wish.amountCents ?? (await leftToRefund(t, original));
  if (amountCents <= 0) return tooLarge(amountCents);
  const counted = await countRefund(t, { ...original, amountCents });
  if (!counted.ok) return tooLarge(counted.leftCents);
  const payout = payoutOf({ collection, wish, disbursementId, amountCents });
  const recorded = await recordPayout(t, call, payout);
  if ('problem' in recorded) throw new ProblemError(recorded);
  const { method, reason } = wish;
  await insertRefund(t, {
    ...{ id: refundId, ...original, collectionId: collection.id, method, disbursementId },
    receivedPaymentId: null,
    ...{ amountCents, reason, requestedBy: actorOf(call.principal) },
  });
  const stored = await findRefund(t, refundId);
  if (stored === undefined) throw new Error('an insert was lost');
  return { refund: stored, ...recorded };
}

/** What an earlier request with the same key recorded before its process died. */
async function foundAgain(
  t: TenantHandle,
  call: Call,
  earlier: {
    known: Refund;
    collection: SealedCollection;
    wish: RefundWish;
    disbursementId: DisbursementId;
  },
) {
  const { amountCents } = earlier.known;
  const recorded = await recordPayout(t, call, payoutOf({ ...earlier, amountCents }));
  return 'problem' in recorded ? recorded : { refund: earlier.known, ...recorded };
}

function payoutOf(refunding: {
  collection: SealedCollection;
  wish: RefundWish;
  disbursementId: DisbursementId;
  amountCents: Cents;
}): PayoutWish {
  const { collection, wish, disbursementId, amountCents } = refunding;
  const { msisdn, receipt, shortcodeId, id: subjectId } = collection;
  const isReversal = wish.method === 'reversal';
  const payee: Payee = isReversal
    ? { kind: 'payer', receipt: receipt ?? '', msisdn }
    : { kind: 'msisdn', msisdn };
  return {
    ...{ id: disbursementId, shortcodeId, amountCents, payee, subjectId },
    kind: isReversal ? 'reversal' : 'business-payment',
    purpose: 'refund',
    payeeName: '',
    remarks: wish.reason,
    reference: null,
  };
}

/** All refunds of a receipt count against it. */
export function tooLarge(leftCents: Cents): Problem {
  const detail = `At most ${formatMoney(leftCents)} of this payment is left to give back.`;
  return problem('refund-too-large', { detail });
}

const read = route({
  method: 'get',
  path: '/v1/refunds/{id}',
  tag: 'Refunds',
  summary: 'One refund with the movement that gives the money back',
  auth: 'disbursements:read',
  request: { params: z.strictObject({ id: idSchema('reversal') }) },
  responses: { 200: { description: 'The refund', schema: refund } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { temporal } = call.dependencies;
    const found = await readOwn(call, async (t) => {
      const stored = await findRefund(t, id);
      const disbursement = stored && (await findDisbursement(t, stored.disbursementId));
      return stored && disbursement && { refund: stored, disbursement };
    });
    if (found === undefined) return problem('not-found');
    return { status: 200, body: showRefund(found, temporal.runUrl) };
  },
});

export const refundRoutes: readonly Route[] = [give, listRoute, exportRoute, read];
