/** Builders for money in: valid by default, unique where the database asks for it. */
import { randomUUID } from 'node:crypto';
import { insertCollection, patchCollection, type NewCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { ShortcodeKind } from '../../db/shortcode-tables.ts';
import { creditReceipt } from '../../db/ledger.ts';
import { insertShortcode, rotateCredentials } from '../../db/shortcodes.ts';
import {
  id,
  type CollectionId,
  type LedgerTransactionId,
  type ShortcodeId,
} from '../../domain/ids.ts';
import { received } from '../../domain/ledger/movements.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';

/** The default shortcode of the twin, with its credentials. */
export const twinSecrets = {
  consumerKey: 'twin-key',
  consumerSecret: 'twin-secret',
  passkey: 'twin-passkey',
  initiatorName: 'twin-initiator',
  initiatorPassword: 'twin-Password#1',
};

export async function aShortcode(
  t: TenantHandle,
  {
    number = '174379',
    kind = 'paybill',
    storeNumber = null,
  }: { number?: string; kind?: ShortcodeKind; storeNumber?: string | null } = {},
): Promise<ShortcodeId> {
  const shortcodeId = id('shortcode', randomUUID());
  await insertShortcode(t, {
    id: shortcodeId,
    ...{ number, kind, storeNumber, name: 'Main till', environment: 'sandbox' },
    createdBy: 'user:test',
  });
  await rotateCredentials(t, shortcodeId, { secrets: twinSecrets, actor: 'user:test' });
  return shortcodeId;
}

export interface CollectionWish extends Partial<NewCollection> {
  shortcodeId: ShortcodeId;
}

/** A collection that was recorded and not sent. */
export async function aCollection(t: TenantHandle, wish: CollectionWish): Promise<CollectionId> {
  const collectionId = wish.id ?? id('collection', randomUUID());
  await insertCollection(t, {
    ...{ id: collectionId, source: 'api', amountCents: cents(150_000) },
    ...{ msisdn: '254712345678', msisdnMasked: '2547******78' },
    ...{ accountReference: 'INV-10442', description: 'Invoice' },
    workflowId: `collection/${t.tenantId}/${collectionId}`,
    createdBy: 'user:test',
    ...wish,
  });
  return collectionId;
}

/** A collection the provider took. */
export async function aPromptedCollection(
  t: TenantHandle,
  wish: CollectionWish & { sentAtMs?: number },
): Promise<{ collectionId: CollectionId; checkoutRequestId: string; merchantRequestId: string }> {
  const { sentAtMs = Date.now(), ...wanted } = wish;
  const collectionId = await aCollection(t, wanted);
  const ids = {
    checkoutRequestId: `ws_CO_${randomUUID()}`,
    merchantRequestId: randomUUID(),
  };
  const sentAt = instantFromEpochMs(sentAtMs);
  await patchCollection(t, collectionId, { ...ids, status: 'prompted', sentAt });
  return { collectionId, ...ids };
}

/** A collection that was paid and credited. */
export async function aPaidCollection(
  t: TenantHandle,
  { receipt = aReceipt(), ...wish }: CollectionWish & { receipt?: string },
): Promise<{ collectionId: CollectionId; receipt: string; transactionId: LedgerTransactionId }> {
  const collectionId = await aCollection(t, wish);
  const { shortcodeId, amountCents = cents(150_000) } = wish;
  return payCollection(t, { collectionId, shortcodeId, amountCents, receipt });
}

/** Credits a recorded collection, and ends it as paid. */
export async function payCollection(
  t: TenantHandle,
  of: {
    collectionId: CollectionId;
    shortcodeId: ShortcodeId;
    amountCents: Cents;
    receipt?: string;
  },
): Promise<{ collectionId: CollectionId; receipt: string; transactionId: LedgerTransactionId }> {
  const { collectionId, shortcodeId, amountCents, receipt = aReceipt() } = of;
  const workflowId = `collection/${t.tenantId}/${collectionId}`;
  const source = { kind: 'collection', id: collectionId, workflowId, receipt } as const;
  const { transactionId } = await creditReceipt(t, {
    ...{ shortcodeId, receipt, amountCents, kind: 'collection.paid' },
    postings: received({ shortcodeId, amountCents }),
    source: { ...source, actor: 'service:test' },
  });
  await patchCollection(t, collectionId, {
    ...{ status: 'paid', receipt, paidCents: amountCents, ledgerTransactionId: transactionId },
    paidAt: instantFromEpochMs(Date.now()),
  });
  return { collectionId, receipt, transactionId };
}

/** The body of a push's success, as Daraja posts it. */
export function stkSuccess(
  of: { checkoutRequestId: string; merchantRequestId: string },
  paid: { receipt: string; shillings?: number; msisdn?: string },
): object {
  const { receipt, shillings = 1500, msisdn = '254712345678' } = paid;
  return {
    Body: {
      stkCallback: {
        MerchantRequestID: of.merchantRequestId,
        CheckoutRequestID: of.checkoutRequestId,
        ResultCode: 0,
        ResultDesc: 'The service request is processed successfully.',
        CallbackMetadata: {
          Item: [
            { Name: 'Amount', Value: shillings },
            { Name: 'MpesaReceiptNumber', Value: receipt },
            { Name: 'Balance' },
            { Name: 'TransactionDate', Value: 20261114093541 },
            { Name: 'PhoneNumber', Value: /^\d+$/.test(msisdn) ? Number(msisdn) : msisdn },
          ],
        },
      },
    },
  };
}

/** The body of a push's failure. */
export function stkFailure(
  of: { checkoutRequestId: string; merchantRequestId: string },
  code: number | string,
): object {
  return {
    Body: {
      stkCallback: {
        MerchantRequestID: of.merchantRequestId,
        CheckoutRequestID: of.checkoutRequestId,
        ResultCode: code,
        ResultDesc: 'Request cancelled by user',
      },
    },
  };
}

/** The body of a C2B confirmation. */
export function c2bConfirmation(paid: {
  receipt: string;
  amount?: string;
  reference?: string;
  shortcode?: string;
  msisdn?: string;
  name?: string;
}): object {
  const { receipt, amount = '1500.00', reference = 'INV-10442', shortcode = '174379' } = paid;
  return {
    TransactionType: 'Pay Bill',
    TransID: receipt,
    TransTime: '20261114093541',
    TransAmount: amount,
    BusinessShortCode: shortcode,
    BillRefNumber: reference,
    InvoiceNumber: '',
    OrgAccountBalance: '48210.00',
    ThirdPartyTransID: '',
    MSISDN: paid.msisdn ?? '2547 ***** 678',
    FirstName: paid.name ?? 'WANJIKU',
    MiddleName: '',
    LastName: '',
  };
}

/** A receipt nobody had before. */
export function aReceipt(): string {
  return `U${randomUUID().replaceAll('-', '').slice(0, 9)}`.toUpperCase();
}
