/** Tenant tables of money in: customers, links, collections, witnesses, arrivals, allocations. */
import type {
  CallbackId,
  CollectionId,
  CustomerId,
  InvoiceId,
  LedgerTransactionId,
  PaymentLinkId,
  ReceivedPaymentId,
  ShortcodeId,
  TenantId,
  Id,
} from '../domain/ids.ts';
import type {
  AllocationReason,
  CollectionSource,
  CollectionStatus,
  Disagreement,
  ReceivedSource,
  ReceivedState,
  TargetKind,
  WitnessKind,
  WitnessOutcome,
} from '../domain/collections/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { WordStatus } from '../domain/waiting.ts';
import type { CreatedAt, Defaulted, Json, Optional, SaidByOne, WordTokens } from './columns.ts';

export type CollectionBatchId = Id<'collectionBatch'>;

export interface CustomersTable {
  tenant_id: TenantId;
  id: CustomerId;
  reference: string;
  reference_key: string;
  name_sealed: Buffer;
  name_tokens: WordTokens;
  msisdn_sealed: Optional<Buffer>;
  msisdn_index: Optional<Buffer>;
  msisdn_masked: Optional<string>;
  created_by: string;
  created_at: CreatedAt;
  archived_at: Optional<Instant>;
}

export const linkStatuses = ['open', 'paid', 'closed'] as const;
export type LinkStatus = (typeof linkStatuses)[number];

export interface PaymentLinksTable {
  tenant_id: TenantId;
  id: PaymentLinkId;
  shortcode_id: ShortcodeId;
  customer_id: Optional<CustomerId>;
  title: string;
  reference: string;
  reference_key: string;
  amount_cents: Optional<Cents>;
  status: Defaulted<LinkStatus>;
  is_reusable: Defaulted<boolean>;
  paid_cents: Defaulted<Cents>;
  paid_count: Defaulted<number>;
  expires_at: Optional<Instant>;
  created_by: string;
  created_at: CreatedAt;
  closed_at: Optional<Instant>;
  version: Defaulted<number>;
}

export const batchStatuses = ['draft', 'running', 'done', 'cancelled'] as const;
export type BatchStatus = (typeof batchStatuses)[number];

export interface CollectionBatchesTable {
  tenant_id: TenantId;
  id: CollectionBatchId;
  shortcode_id: ShortcodeId;
  file_name: string;
  status: Defaulted<BatchStatus>;
  row_count: number;
  bad_row_count: number;
  amount_cents: Cents;
  round: Defaulted<number>;
  workflow_id: string;
  created_by: string;
  created_at: CreatedAt;
  version: Defaulted<number>;
}

export interface CollectionsTable {
  tenant_id: TenantId;
  id: CollectionId;
  shortcode_id: ShortcodeId;
  source: CollectionSource;
  customer_id: Optional<CustomerId>;
  payment_link_id: Optional<PaymentLinkId>;
  batch_id: Optional<CollectionBatchId>;
  status: Defaulted<CollectionStatus>;
  amount_cents: Cents;
  msisdn_sealed: Buffer;
  msisdn_index: Buffer;
  msisdn_masked: string;
  account_reference: string;
  reference_key: string;
  description: string;
  merchant_request_id: Optional<string>;
  checkout_request_id: Optional<string>;
  result_code: Optional<string>;
  result_detail: Optional<string>;
  receipt: Optional<string>;
  paid_cents: Optional<Cents>;
  paid_at: Optional<Instant>;
  is_late: Defaulted<boolean>;
  disagreements: Defaulted<Disagreement[]>;
  ledger_transaction_id: Optional<LedgerTransactionId>;
  ask_count: Defaulted<number>;
  sent_at: Optional<Instant>;
  resolves_by: Optional<Instant>;
  handed_over_at: Optional<Instant>;
  workflow_id: string;
  created_by: string;
  created_at: CreatedAt;
  updated_at: CreatedAt;
  version: Defaulted<number>;
}

export interface CollectionWitnessesTable {
  tenant_id: TenantId;
  id: Defaulted<string>;
  collection_id: CollectionId;
  kind: WitnessKind;
  outcome: WitnessOutcome;
  code: Optional<string>;
  detail: Optional<string>;
  receipt: Optional<string>;
  amount_cents: Optional<Cents>;
  body_hash: Buffer;
  callback_id: Optional<CallbackId>;
  occurred_at: Optional<Instant>;
  observed_at: CreatedAt;
}

export interface CollectionEventsTable {
  tenant_id: TenantId;
  collection_id: CollectionId;
  seq: number;
  type: string;
  data: Json<Record<string, unknown>>;
  at: CreatedAt;
}

export interface CollectionBatchRowsTable {
  tenant_id: TenantId;
  batch_id: CollectionBatchId;
  row_number: number;
  problem: Optional<string>;
  amount_cents: Optional<Cents>;
  msisdn_masked: Optional<string>;
  sealed: Buffer;
  collection_id: Optional<CollectionId>;
}

export interface ReceivedPaymentsTable {
  tenant_id: TenantId;
  id: ReceivedPaymentId;
  shortcode_id: ShortcodeId;
  receipt: string;
  source: ReceivedSource;
  transaction_type: Optional<string>;
  amount_cents: Cents;
  allocated_cents: Defaulted<Cents>;
  state: Defaulted<ReceivedState>;
  reason: Defaulted<AllocationReason>;
  sealed: Buffer;
  reference_index: Optional<Buffer>;
  payer_index: Optional<Buffer>;
  msisdn_masked: Optional<string>;
  collection_id: Optional<CollectionId>;
  workflow_id: string;
  occurred_at: Instant;
  received_at: CreatedAt;
  ledger_transaction_id: Optional<LedgerTransactionId>;
  version: Defaulted<number>;
}

export interface AllocationsTable {
  tenant_id: TenantId;
  id: Defaulted<string>;
  received_payment_id: ReceivedPaymentId;
  target_kind: TargetKind;
  target_id: string;
  amount_cents: Cents;
  reason: AllocationReason;
  actor: string;
  ledger_transaction_id: Optional<LedgerTransactionId>;
  at: CreatedAt;
  undone_at: Optional<Instant>;
  undone_by: Optional<string>;
}

export interface ReferenceLessonsTable {
  tenant_id: TenantId;
  reference_index: Buffer;
  payer_index: Buffer;
  target_kind: 'payment-link' | 'customer';
  target_id: string;
  times: Defaulted<number>;
  taught_at: CreatedAt;
}

export interface CollectionClosingsTable extends SaidByOne<WordStatus> {
  collection_id: CollectionId;
}

export interface InvoiceCountersTable {
  tenant_id: TenantId;
  last_number: Defaulted<number>;
}

export interface InvoicesTable {
  tenant_id: TenantId;
  id: InvoiceId;
  number: number;
  customer_id: CustomerId;
  payment_link_id: PaymentLinkId;
  issued_on: BusinessDate;
  due_on: BusinessDate;
  total_cents: Cents;
  voided_at: Optional<Instant>;
  void_reason: Optional<string>;
  created_by: string;
  created_at: CreatedAt;
  version: Defaulted<number>;
}

export interface InvoiceLinesTable {
  tenant_id: TenantId;
  invoice_id: InvoiceId;
  ordinal: number;
  description: string;
  quantity: number;
  unit_cents: Cents;
  amount_cents: Cents;
}

/** The tables of money in, by name. */
export interface CollectionSchema {
  customers: CustomersTable;
  payment_links: PaymentLinksTable;
  invoice_counters: InvoiceCountersTable;
  invoices: InvoicesTable;
  invoice_lines: InvoiceLinesTable;
  collection_batches: CollectionBatchesTable;
  collections: CollectionsTable;
  collection_witnesses: CollectionWitnessesTable;
  collection_events: CollectionEventsTable;
  collection_closings: CollectionClosingsTable;
  collection_batch_rows: CollectionBatchRowsTable;
  received_payments: ReceivedPaymentsTable;
  allocations: AllocationsTable;
  reference_lessons: ReferenceLessonsTable;
}
