/** A collection as the rest of the product sees it, and how its row becomes one. */
import type { Selectable } from 'kysely';
import type {
  CollectionId,
  CustomerId,
  LedgerTransactionId,
  PaymentLinkId,
  ShortcodeId,
} from '../domain/ids.ts';
import type {
  CollectionSource,
  CollectionStatus,
  Disagreement,
} from '../domain/collections/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { CollectionBatchId, CollectionsTable } from './collection-tables.ts';
import type { TenantHandle } from './database.ts';

export interface Collection {
  id: CollectionId;
  shortcodeId: ShortcodeId;
  source: CollectionSource;
  customerId: CustomerId | null;
  paymentLinkId: PaymentLinkId | null;
  batchId: CollectionBatchId | null;
  status: CollectionStatus;
  amountCents: Cents;
  msisdnMasked: string;
  accountReference: string;
  description: string;
  merchantRequestId: string | null;
  checkoutRequestId: string | null;
  resultCode: string | null;
  resultDetail: string | null;
  receipt: string | null;
  paidCents: Cents | null;
  paidAt: Instant | null;
  isLate: boolean;
  disagreements: readonly Disagreement[];
  ledgerTransactionId: LedgerTransactionId | null;
  sentAt: Instant | null;
  /** From here on silence is shown as unresolved. */
  resolvesBy: Instant | null;
  handedOverAt: Instant | null;
  workflowId: string;
  createdBy: string;
  createdAt: Instant;
  updatedAt: Instant;
  version: number;
}

/** What only those see who prompt the phone. */
export interface SealedCollection extends Collection {
  msisdn: string;
}

export const msisdnContext = 'collection.msisdn';

export function sealMsisdn(t: Pick<TenantHandle, 'seal'>, msisdn: string): Buffer {
  return t.seal.seal(msisdn, msisdnContext);
}

/** The blind index under which a payer's number is found. */
export function msisdnIndex(t: Pick<TenantHandle, 'seal'>, msisdn: string): Buffer {
  return t.seal.index(`msisdn:${msisdn}`);
}

export function openCollection(
  t: Pick<TenantHandle, 'seal'>,
  row: Selectable<CollectionsTable>,
): SealedCollection {
  return { ...toCollection(row), msisdn: t.seal.open(row.msisdn_sealed, msisdnContext) };
}

export function toCollection(row: Selectable<CollectionsTable>): Collection {
  const { id, source, status, description, receipt, disagreements, version } = row;
  return {
    ...{ id, source, status, description, receipt, disagreements, version },
    shortcodeId: row.shortcode_id,
    customerId: row.customer_id,
    paymentLinkId: row.payment_link_id,
    batchId: row.batch_id,
    amountCents: row.amount_cents,
    msisdnMasked: row.msisdn_masked,
    accountReference: row.account_reference,
    merchantRequestId: row.merchant_request_id,
    checkoutRequestId: row.checkout_request_id,
    resultCode: row.result_code,
    resultDetail: row.result_detail,
    paidCents: row.paid_cents,
    paidAt: row.paid_at,
    isLate: row.is_late,
    ledgerTransactionId: row.ledger_transaction_id,
    sentAt: row.sent_at,
    resolvesBy: row.resolves_by,
    handedOverAt: row.handed_over_at,
    workflowId: row.workflow_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
