/** Tenant tables of money out: payouts, batches, what was said about them, limits and balances. */
import type { Evidence } from '../domain/disbursements/decide.ts';
import type {
  DisbursementKind,
  DisbursementStatus,
  ShownStatus,
} from '../domain/disbursements/terms.ts';
import type {
  CollectionId,
  DisbursementId,
  Id,
  LedgerTransactionId,
  PayoutBatchId,
  ReceivedPaymentId,
  ReversalId,
  ShortcodeId,
  TenantId,
} from '../domain/ids.ts';
import type { LimitKind } from '../domain/limits/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { TariffProduct } from '../domain/tariffs/charge.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { ReturnStatus, WordStatus } from '../domain/waiting.ts';
import type { CreatedAt, Defaulted, Json, Optional, OptionalJson, SaidByOne } from './columns.ts';

/** A step of a payout as people read it, oldest first. */
export interface TimelineEntry {
  status: ShownStatus;
  at: Instant;
  /** Who or what brought it about: an actor, or the kind of evidence. */
  by: string;
  note?: string;
}

export interface DisbursementsTable {
  tenant_id: TenantId;
  id: DisbursementId;
  kind: DisbursementKind;
  purpose: Defaulted<'payout' | 'refund'>;
  draws_on: Defaulted<'purse' | 'suspense' | 'customer'>;
  shortcode_id: ShortcodeId;
  status: Defaulted<DisbursementStatus>;
  amount_cents: Cents;
  returned_cents: Defaulted<Cents>;
  charge_cents: Cents;
  payee_sealed: Buffer;
  payee_index: Buffer;
  payee_masked: string;
  reference_index: Optional<Buffer>;
  batch_id: Optional<PayoutBatchId>;
  batch_row: Optional<number>;
  subject_id: Optional<string>;
  requested_by: string;
  approval_reasons: Json<string[]>;
  approved_by: Optional<string>;
  originator_id: string;
  provider_originator_id: Optional<string>;
  conversation_id: Optional<string>;
  sends: Defaulted<number>;
  receipt: Optional<string>;
  is_disputed: Defaulted<boolean>;
  needs_attention: Defaulted<boolean>;
  refusal_code: Optional<string>;
  provider_code: Optional<string>;
  refusal_detail: Optional<string>;
  workflow_id: string;
  timeline: Json<TimelineEntry[]>;
  created_at: CreatedAt;
  sent_at: Optional<Instant>;
  finished_at: Optional<Instant>;
  version: Defaulted<number>;
}

export interface ReversalsTable {
  tenant_id: TenantId;
  id: ReversalId;
  shortcode_id: ShortcodeId;
  collection_id: Optional<CollectionId>;
  /** The payment of the desk that is given back; its money leaves suspense. */
  received_payment_id: Optional<ReceivedPaymentId>;
  method: 'reversal' | 'payout';
  /** The movement that gives the money back; its standing is that of the refund. */
  disbursement_id: DisbursementId;
  original_receipt: string;
  original_cents: Cents;
  amount_cents: Cents;
  reason: string;
  requested_by: string;
  is_counted: Defaulted<boolean>;
  created_at: CreatedAt;
}

export interface PayoutEvidenceTable {
  tenant_id: TenantId;
  id: Defaulted<string>;
  subject_id: string;
  source: Evidence['source'];
  fingerprint: string;
  evidence: Json<Evidence>;
  at: CreatedAt;
}

export interface PayoutClosingsTable extends SaidByOne<WordStatus> {
  disbursement_id: DisbursementId;
  outcome: 'paid' | 'not-paid';
  receipt: Optional<string>;
}

export interface PayoutReturnsTable extends SaidByOne<ReturnStatus> {
  disbursement_id: DisbursementId;
  receipt: string;
  amount_cents: Cents;
  transaction_id: Optional<LedgerTransactionId>;
}

export interface ProviderQueriesTable {
  tenant_id: TenantId;
  id: string;
  kind: 'status' | 'balance';
  shortcode_id: ShortcodeId;
  subject_kind: 'disbursement' | 'receipt' | 'shortcode';
  subject_id: string;
  receipt: Optional<string>;
  asked_by: string;
  asked_at: CreatedAt;
  answered_at: Optional<Instant>;
  answer: OptionalJson<Record<string, unknown>>;
}

export const batchStatuses = [
  'draft',
  'awaiting-approval',
  'running',
  'finished',
  'rejected',
  'cancelled',
  'expired',
] as const;
export type BatchStatus = (typeof batchStatuses)[number];

export interface PayoutBatchesTable {
  tenant_id: TenantId;
  id: PayoutBatchId;
  shortcode_id: ShortcodeId;
  kind: DisbursementKind;
  name: string;
  source: 'api' | 'csv' | 'xlsx';
  status: Defaulted<BatchStatus>;
  row_count: number;
  error_count: number;
  total_cents: Cents;
  /** How often failed rows were tried again. */
  round: Defaulted<number>;
  requested_by: string;
  submitted_by: Optional<string>;
  approved_by: Optional<string>;
  reason: Optional<string>;
  workflow_id: string;
  created_at: CreatedAt;
  submitted_at: Optional<Instant>;
  approved_at: Optional<Instant>;
  finished_at: Optional<Instant>;
  version: Defaulted<number>;
}

export interface PayoutBatchRowsTable {
  tenant_id: TenantId;
  batch_id: PayoutBatchId;
  ordinal: number;
  row_sealed: Buffer;
  payee_masked: string;
  amount_cents: Optional<Cents>;
  problem: Optional<string>;
  problem_detail: Optional<string>;
  disbursement_id: Optional<DisbursementId>;
}

export interface RefundTotalsTable {
  tenant_id: TenantId;
  shortcode_id: ShortcodeId;
  receipt: string;
  original_cents: Cents;
  refunded_cents: Defaulted<Cents>;
}

export interface LimitSettingsTable {
  tenant_id: TenantId;
  id: Defaulted<Id<'limitChange'>>;
  kind: LimitKind;
  amount_cents: Cents;
  effective_from: BusinessDate;
  expires_on: Optional<BusinessDate>;
  status: 'proposed' | 'active' | 'rejected';
  is_raise: boolean;
  reason: Defaulted<string>;
  proposed_by: string;
  decided_by: Optional<string>;
  created_at: CreatedAt;
  decided_at: Optional<Instant>;
}

export interface LimitUsageTable {
  tenant_id: TenantId;
  kind: 'per-day' | 'per-month' | 'payee-day';
  period: string;
  payee_key: Defaulted<string>;
  used_cents: Cents;
}

export interface LimitHoldsTable {
  tenant_id: TenantId;
  reference: string;
  amount_cents: Cents;
  day: BusinessDate;
  payee_key: string;
  state: Defaulted<'held' | 'consumed' | 'released'>;
  created_at: CreatedAt;
}

export interface ShortcodeBalancesTable {
  tenant_id: TenantId;
  query_id: string;
  shortcode_id: ShortcodeId;
  account: string;
  current_cents: Cents;
  available_cents: Cents;
  reserved_cents: Cents;
  uncleared_cents: Cents;
  at: Instant;
}

export interface BalanceWatchesTable {
  tenant_id: TenantId;
  shortcode_id: ShortcodeId;
  account: string;
  below_cents: Cents;
  is_low: Defaulted<boolean>;
  set_by: string;
}

/** In the schema `platform`: published tariffs are the same for every tenant. */
export interface TariffBandsTable {
  product: TariffProduct;
  effective_from: BusinessDate;
  effective_to: Optional<BusinessDate>;
  source: string;
  from_cents: Cents;
  to_cents: Cents;
  charge_cents: Cents;
  basis_points: Defaulted<number>;
  cap_cents: Optional<Cents>;
}
