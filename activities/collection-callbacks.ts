/**
 * What callbacks say about money in: the end of a push, the confirmation of a payment. A callback is
 * unsigned, so whatever contradicts what we asked is kept aside without effect and asked about.
 */
import { addWitness } from '../db/collection-witnesses.ts';
import { appendCollectionEvent } from '../db/collection-events.ts';
import type { SealedCollection } from '../db/collection-record.ts';
import { lockOpenedCollection, patchCollection } from '../db/collections.ts';
import type { TenantHandle } from '../db/database.ts';
import { newUuid } from '../db/new-id.ts';
import { findReceivedByReceipt, recordReceived } from '../db/received-payments.ts';
import { findShortcode } from '../db/shortcodes.ts';
import { tierOf } from '../db/tenant-tier.ts';
import { parseC2bPayment, parseStkCallback, type StkCallback } from '../domain/daraja/callbacks.ts';
import { agreesWithMsisdn, shownPayer } from '../domain/daraja/msisdn.ts';
import { meaningOf } from '../domain/daraja/result-codes.ts';
import type { WitnessOutcome } from '../domain/collections/terms.ts';
import { id, toPublicId, type CollectionId, type ShortcodeId } from '../domain/ids.ts';
import { epochMsOf } from '../domain/time.ts';
import { confirmPaymentWorkflowId, lateCollectionWorkflowId } from '../temporal/workflow-ids.ts';
import type { CollectionStart } from '../workflows/collection-types.ts';
import type { Callback, CallbackHandlers, CallbackOutcome } from './callbacks.ts';
import { startConfirm } from './confirm-start.ts';

/** Takes the callbacks of pushes (`s`) and of payments by themselves (`c`, `v` as evidence). */
export function takeCollectionCallbacks(handlers: CallbackHandlers): void {
  handlers.registerCallbackHandler('s', 'collections', hearStk);
  handlers.registerCallbackHandler('c', 'collections', hearConfirmation);
  handlers.registerCallbackHandler('v', 'collections', keepValidation);
}

async function hearStk(t: TenantHandle, callback: Callback): Promise<CallbackOutcome> {
  const collection = await lockOpenedCollection(t, callback.targetId as CollectionId);
  if (collection === undefined) return { state: 'not-mine' };
  const parsed = parseStkCallback(callback.body);
  if (!parsed.ok) return quarantined(parsed.refusal.code);
  const said = parsed.value;
  const objection = await objectionTo(t, collection, said);
  if (objection !== undefined) return quarantined(objection);
  if (collection.checkoutRequestId === null) {
    const { merchantRequestId, checkoutRequestId } = said;
    await patchCollection(t, collection.id, { merchantRequestId, checkoutRequestId });
  }
  const { witnessId, isNew } = await noteStk(t, { collection, said, callback });
  if (!isNew) return { state: 'recorded' };
  return {
    state: 'recorded',
    tell: {
      workflowId: collection.workflowId,
      signal: { name: 'witnessed', input: { witnessId } },
    },
    late: await lateStart(t, { collectionId: collection.id, witnessId }),
  };
}

function quarantined(cause: string): CallbackOutcome {
  return { state: 'quarantined', cause };
}

/** Why a callback cannot be about this push; undefined when it can. */
async function objectionTo(
  t: TenantHandle,
  collection: SealedCollection,
  said: StkCallback,
): Promise<string | undefined> {
  if (collection.sentAt === null) return 'never-sent';
  const { checkoutRequestId, merchantRequestId } = collection;
  if (checkoutRequestId !== null && checkoutRequestId !== said.checkoutRequestId) {
    return 'checkout-mismatch';
  }
  if (merchantRequestId !== null && merchantRequestId !== said.merchantRequestId) {
    return 'merchant-mismatch';
  }
  if (said.receipt === undefined) return undefined;
  if (said.amountCents !== collection.amountCents) return 'amount-mismatch';
  const { shortcodeId } = collection;
  const known = await findReceivedByReceipt(t, { shortcodeId, receipt: said.receipt });
  const isReused =
    known !== undefined &&
    (known.collectionId === null ? known.allocatedCents > 0 : known.collectionId !== collection.id);
  return isReused ? 'receipt-reuse' : undefined;
}

async function noteStk(
  t: TenantHandle,
  heard: { collection: SealedCollection; said: StkCallback; callback: Callback },
): Promise<{ witnessId: string; isNew: boolean }> {
  const { collection, said, callback } = heard;
  const { resultCode: code, receipt, amountCents, transactionAt } = said;
  const outcome = outcomeOf(code);
  const { id: witnessId, isNew } = await addWitness(t, {
    collectionId: collection.id,
    ...{ kind: 'callback', outcome, code, callbackId: callback.id },
    ...(receipt === undefined ? {} : { receipt }),
    ...(amountCents === undefined ? {} : { amountCents }),
    ...(transactionAt === undefined ? {} : { occurredAt: transactionAt }),
    detail: said.resultDescription,
  });
  if (!isNew) return { witnessId, isNew };
  const phoneAgrees =
    said.msisdn === undefined ? undefined : agreesWithMsisdn(said.msisdn, collection.msisdn);
  await appendCollectionEvent(t, collection.id, {
    type: 'witnessed',
    data: {
      ...{ kind: 'callback', outcome, code, receipt: receipt ?? null, callbackId: callback.id },
      ...(phoneAgrees === false ? { msisdnDiffers: true } : {}),
    },
  });
  return { witnessId, isNew };
}

function outcomeOf(code: string): WitnessOutcome {
  const { status } = meaningOf('stk', code);
  return status === 'unknown' ? 'unclear' : status;
}

/** For a callback that finds its run closed: money is credited all the same. */
async function lateStart(
  t: TenantHandle,
  late: { collectionId: CollectionId; witnessId: string },
): Promise<CollectionStart> {
  const { tenantId } = t;
  const { collectionId, witnessId } = late;
  return {
    ...{ workflow: 'lateCollection', tier: await tierOf(t) },
    workflowId: lateCollectionWorkflowId({ tenantId, witnessId }),
    summary: `Late word of ${toPublicId('collection', collectionId)}`,
    input: { tenantId, collectionId, witnessId },
  };
}

/** The money has moved: a confirmation is never refused, at worst nobody knows whose it is. */
async function hearConfirmation(t: TenantHandle, callback: Callback): Promise<CallbackOutcome> {
  const shortcode = await findShortcode(t, callback.targetId as ShortcodeId);
  if (shortcode === undefined) return { state: 'not-mine' };
  const parsed = parseC2bPayment(callback.body);
  if (!parsed.ok) return quarantined(parsed.refusal.code);
  const said = parsed.value;
  const isOurs = [shortcode.number, shortcode.storeNumber].includes(said.shortcode);
  if (!isOurs) return quarantined('shortcode-mismatch');
  const { receipt, amountCents, msisdn } = said;
  const receivedPaymentId = id('receivedPayment', newUuid(epochMsOf(callback.receivedAt)));
  const workflowId = confirmPaymentWorkflowId({ tenantId: t.tenantId, receivedPaymentId });
  const { payment, isNew } = await recordReceived(t, {
    ...{ id: receivedPaymentId, shortcodeId: shortcode.id, receipt, source: 'c2b', amountCents },
    transactionType: said.transactionType.slice(0, 60),
    words: { reference: said.accountReference, msisdn, name: said.payerName },
    ...(msisdn === '' ? {} : { msisdnMasked: shownPayer(msisdn) }),
    workflowId,
    occurredAt: said.paidAt ?? callback.receivedAt,
  });
  if (!isNew && payment.amountCents !== amountCents) return quarantined('amount-mismatch');
  await startConfirm(t, payment.id);
  return { state: 'recorded' };
}

/** Validation was answered at the door; what it asked is kept as evidence and changes nothing. */
async function keepValidation(t: TenantHandle, callback: Callback): Promise<CallbackOutcome> {
  const shortcode = await findShortcode(t, callback.targetId as ShortcodeId);
  return shortcode === undefined ? { state: 'not-mine' } : { state: 'recorded' };
}
