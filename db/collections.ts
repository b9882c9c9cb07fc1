/** Requests for money: recorded before anything is sent, and changed one step at a time. */
import { sql } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import type { CollectionSource, CollectionStatus } from '../domain/collections/terms.ts';
import type { CollectionId, CustomerId, PaymentLinkId, ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import {
  msisdnIndex,
  openCollection,
  sealMsisdn,
  toCollection,
  type Collection,
  type SealedCollection,
} from './collection-record.ts';
import { appendCollectionEvent } from './collection-events.ts';
import type { CollectionBatchId } from './collection-tables.ts';
import type { TenantHandle } from './database.ts';

export interface NewCollection {
  id: CollectionId;
  shortcodeId: ShortcodeId;
  source: CollectionSource;
  customerId?: CustomerId;
  paymentLinkId?: PaymentLinkId;
  batchId?: CollectionBatchId;
  amountCents: Cents;
  /** Twelve digits; sealed here. */
  msisdn: string;
  msisdnMasked: string;
  accountReference: string;
  description: string;
  workflowId: string;
  createdBy: string;
}

/** Records the intent; false when this id is recorded already. */
export async function insertCollection(t: TenantHandle, wanted: NewCollection): Promise<boolean> {
  const inserted = await t.query
    .insertInto('collections')
    .values({
      tenant_id: t.tenantId,
      id: wanted.id,
      shortcode_id: wanted.shortcodeId,
      source: wanted.source,
      customer_id: wanted.customerId ?? null,
      payment_link_id: wanted.paymentLinkId ?? null,
      batch_id: wanted.batchId ?? null,
      amount_cents: wanted.amountCents,
      msisdn_sealed: sealMsisdn(t, wanted.msisdn),
      msisdn_index: msisdnIndex(t, wanted.msisdn),
      msisdn_masked: wanted.msisdnMasked,
      account_reference: wanted.accountReference,
      reference_key: referenceKey(wanted.accountReference),
      description: wanted.description,
      workflow_id: wanted.workflowId,
      created_by: wanted.createdBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) return false;
  const { source, amountCents, createdBy } = wanted;
  await appendCollectionEvent(t, wanted.id, {
    type: 'requested',
    data: { source, amountCents, actor: createdBy },
  });
  return true;
}

export async function findCollection(
  t: TenantHandle,
  collectionId: CollectionId,
): Promise<Collection | undefined> {
  const row = await selectOne(t, collectionId).executeTakeFirst();
  return row && toCollection(row);
}

/** The collection with the number it prompts. */
export async function openedCollection(
  t: TenantHandle,
  collectionId: CollectionId,
): Promise<SealedCollection | undefined> {
  const row = await selectOne(t, collectionId).executeTakeFirst();
  return row && openCollection(t, row);
}

/** The collection, held until the transaction ends: whoever decides about it takes turns here. */
export async function lockCollection(
  t: TenantHandle,
  collectionId: CollectionId,
): Promise<Collection | undefined> {
  const row = await selectOne(t, collectionId).forNoKeyUpdate().executeTakeFirst();
  return row && toCollection(row);
}

/** The same with the number it prompted. */
export async function lockOpenedCollection(
  t: TenantHandle,
  collectionId: CollectionId,
): Promise<SealedCollection | undefined> {
  const row = await selectOne(t, collectionId).forNoKeyUpdate().executeTakeFirst();
  return row && openCollection(t, row);
}

function selectOne(t: TenantHandle, collectionId: CollectionId) {
  return t.query.selectFrom('collections').selectAll().where('id', '=', collectionId);
}

export type CollectionPatch = Partial<
  Pick<
    Collection,
    | 'status'
    | 'merchantRequestId'
    | 'checkoutRequestId'
    | 'resultCode'
    | 'resultDetail'
    | 'receipt'
    | 'paidCents'
    | 'paidAt'
    | 'isLate'
    | 'disagreements'
    | 'ledgerTransactionId'
    | 'sentAt'
    | 'resolvesBy'
    | 'handedOverAt'
  >
>;

const columns = {
  status: 'status',
  merchantRequestId: 'merchant_request_id',
  checkoutRequestId: 'checkout_request_id',
  resultCode: 'result_code',
  resultDetail: 'result_detail',
  receipt: 'receipt',
  paidCents: 'paid_cents',
  paidAt: 'paid_at',
  isLate: 'is_late',
  disagreements: 'disagreements',
  ledgerTransactionId: 'ledger_transaction_id',
  sentAt: 'sent_at',
  resolvesBy: 'resolves_by',
  handedOverAt: 'handed_over_at',
} as const satisfies Record<keyof CollectionPatch, string>;

/**
 * Changes the given fields when the collection has one of the statuses; undefined when it has
 * another one, or there is none.
 */
export async function patchCollection(
  t: TenantHandle,
  collectionId: CollectionId,
  patch: CollectionPatch & { whenStatus?: readonly CollectionStatus[] },
): Promise<Collection | undefined> {
  const { whenStatus, ...fields } = patch;
  const changes = Object.entries(columns)
    .filter(([field]) => field in fields)
    .map(([field, column]) => [column, fields[field as keyof CollectionPatch]]);
  let update = t.query
    .updateTable('collections')
    .set(Object.fromEntries(changes))
    .set({ version: sql`version + 1`, updated_at: sql`now()` })
    .where('id', '=', collectionId);
  if (whenStatus !== undefined) update = update.where('status', 'in', whenStatus);
  const row = await update.returningAll().executeTakeFirst();
  return row && toCollection(row);
}

/** Counts a question to the provider; answers how many there were. */
export async function countAsk(t: TenantHandle, collectionId: CollectionId): Promise<number> {
  const row = await t.query
    .updateTable('collections')
    .set({ ask_count: sql`ask_count + 1` })
    .where('id', '=', collectionId)
    .returning('ask_count')
    .executeTakeFirst();
  return row?.ask_count ?? 0;
}

export interface PaymentTraits {
  shortcodeId: ShortcodeId;
  receipt: string;
  amountCents: Cents;
  /** The reference the payer typed or the prompt carried; empty when there is none. */
  reference: string;
  occurredAt: Instant;
}

export const earlyMinutes = 5;
export const lateHours = 26;

/**
 * The collections a payment could be the money of: those that carry its receipt, otherwise those of
 * this shortcode and amount that were sent shortly before it and are not paid with a receipt of
 * their own. Whether the payer fits is the caller's to see; oldest first.
 */
export async function findCollectionsLike(
  t: TenantHandle,
  traits: PaymentTraits,
): Promise<SealedCollection[]> {
  const key = referenceKey(traits.reference);
  const rows = await t.query
    .selectFrom('collections')
    .selectAll()
    .where('shortcode_id', '=', traits.shortcodeId)
    .where((where) =>
      where.or([
        where('receipt', '=', traits.receipt),
        where.and([
          where('amount_cents', '=', traits.amountCents),
          where('receipt', 'is', null),
          where('sent_at', 'is not', null),
          ...(key === '' ? [] : [where('reference_key', '=', key)]),
          where(
            'sent_at',
            '<',
            sql<Instant>`${traits.occurredAt}::timestamptz + make_interval(mins => ${earlyMinutes})`,
          ),
          where(
            'sent_at',
            '>',
            sql<Instant>`${traits.occurredAt}::timestamptz - make_interval(hours => ${lateHours})`,
          ),
        ]),
      ]),
    )
    .orderBy('created_at')
    .orderBy('id')
    .limit(20)
    .execute();
  return rows.map((row) => openCollection(t, row));
}
