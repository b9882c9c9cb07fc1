/** Tenant tables of the double-entry books. */
import type { ColumnType } from 'kysely';
import type {
  CustomerId,
  LedgerAccountId,
  LedgerTransactionId,
  PostingRequestId,
  ReservationId,
  ShortcodeId,
  TenantId,
} from '../domain/ids.ts';
import type { HandPosting, PostingRequestStatus } from '../domain/ledger/posting-requests.ts';
import type {
  AccountKind,
  ReservationStatus,
  SourceKind,
  VoidReason,
} from '../domain/ledger/terms.ts';
import type { Cents, Currency } from '../domain/money.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Optional } from './columns.ts';

export interface LedgerAccountsTable {
  tenant_id: TenantId;
  id: Defaulted<LedgerAccountId>;
  kind: AccountKind;
  owner: string;
  currency: Defaulted<Currency>;
  /** Without what waits in `ledger_deltas`. */
  balance_cents: Defaulted<Cents>;
  reserved_cents: Defaulted<Cents>;
  watch: Optional<'below' | 'above' | 'both'>;
  version: Defaulted<number>;
  opened_at: CreatedAt;
  closed_at: Optional<Instant>;
}

export interface LedgerTransactionsTable {
  tenant_id: TenantId;
  id: Defaulted<LedgerTransactionId>;
  reference: string;
  kind: string;
  occurred_at: Instant;
  recorded_at: CreatedAt;
  postings_hash: Buffer;
  reverses: Optional<LedgerTransactionId>;
  source_kind: SourceKind;
  source_id: string;
  workflow_id: Optional<string>;
  receipt: Optional<string>;
  actor: string;
  reason: Optional<string>;
  /** Points at leg 1 of its entries: no transaction is committed without them. */
  first_leg: Defaulted<number>;
}

export interface LedgerEntriesTable {
  tenant_id: TenantId;
  transaction_id: LedgerTransactionId;
  leg: number;
  account_id: LedgerAccountId;
  amount_cents: Cents;
  currency: Defaulted<Currency>;
  occurred_at: Instant;
}

export interface LedgerDeltasTable {
  tenant_id: TenantId;
  account_id: LedgerAccountId;
  id: ColumnType<number, never, never>;
  amount_cents: Cents;
}

export interface LedgerReservationsTable {
  tenant_id: TenantId;
  id: Defaulted<ReservationId>;
  reference: string;
  from_account_id: LedgerAccountId;
  to_account_id: LedgerAccountId;
  amount_cents: Cents;
  committed_cents: Optional<Cents>;
  status: Defaulted<ReservationStatus>;
  why: Optional<VoidReason>;
  transaction_id: Optional<LedgerTransactionId>;
  source_kind: SourceKind;
  source_id: string;
  workflow_id: Optional<string>;
  actor: string;
  expires_at: Instant;
  created_at: CreatedAt;
  closed_at: Optional<Instant>;
}

export interface LedgerDayBalancesTable {
  tenant_id: TenantId;
  account_id: LedgerAccountId;
  business_date: BusinessDate;
  balance_cents: Cents;
}

export interface ReceiptsTable {
  tenant_id: TenantId;
  shortcode_id: string;
  receipt: string;
  leg: Defaulted<string>;
  amount_cents: Cents;
  transaction_id: LedgerTransactionId;
  source_kind: SourceKind;
  source_id: string;
  credited_at: CreatedAt;
}

export interface LedgerMonitorsTable {
  tenant_id: TenantId;
  id: Defaulted<string>;
  account_id: LedgerAccountId;
  name: string;
  direction: 'below' | 'above';
  threshold_cents: Cents;
  is_crossed: Defaulted<boolean>;
  crossed_at: Optional<Instant>;
  created_by: string;
  created_at: CreatedAt;
  paused_at: Optional<Instant>;
  tells: Defaulted<string[]>;
}

export interface PostingRequestsTable {
  tenant_id: TenantId;
  id: PostingRequestId;
  kind: HandPosting['kind'];
  account_id: Optional<LedgerAccountId>;
  side: Optional<'in' | 'out'>;
  amount_cents: Optional<Cents>;
  transaction_id: Optional<LedgerTransactionId>;
  customer_id: Optional<CustomerId>;
  shortcode_id: Optional<ShortcodeId>;
  reason: string;
  status: Defaulted<PostingRequestStatus>;
  requested_by: string;
  requested_at: Instant;
  expires_at: Instant;
  decided_by: Optional<string>;
  decided_at: Optional<Instant>;
  note: Optional<string>;
  posted_id: Optional<LedgerTransactionId>;
}

export interface LedgerSealsTable {
  tenant_id: TenantId;
  seq: number;
  transaction_count: number;
  digest: Buffer;
  prev_hash: Buffer;
  hash: Buffer;
  sealed_at: Instant;
}

export interface LedgerSealedTable {
  tenant_id: TenantId;
  transaction_id: LedgerTransactionId;
  seq: number;
  content_hash: Buffer;
}
