/** Tenant tables of statement ingestion: accounts, uploads, statements, their lines and rejects. */
import type {
  AccountId,
  MappingId,
  OperationId,
  StatementId,
  TenantId,
  TransactionId,
  UserId,
} from '../domain/ids.ts';
import type { Cents, Currency } from '../domain/money.ts';
import type { AttachmentKind } from '../domain/statements/attachments.ts';
import type {
  Channel,
  ColumnMapping,
  Direction,
  MediaKind,
  PrintedFacts,
  ProofCheck,
  RejectReason,
  RowStatus,
  StatementFormat,
  TamperFinding,
  Verdict,
} from '../domain/statements/terms.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Json, Optional, OptionalJson, WordTokens } from './columns.ts';

export const accountKinds = ['personal', 'till', 'paybill', 'bank'] as const;
export type AccountKind = (typeof accountKinds)[number];

export const statementStatuses = [
  'processing',
  'waiting-password',
  'waiting-mapping',
  'waiting-review',
  'posted',
  'refused',
  'undoing',
  'undone',
  'abandoned',
] as const;
export type StatementStatus = (typeof statementStatuses)[number];

export const stages = [
  'received',
  'unlocked',
  'parsed',
  'proved',
  'posted',
  'categorised',
] as const;
/** The last stage a statement completed. */
export type Stage = (typeof stages)[number];

export const natures = ['ordinary', 'charge', 'own-money', 'loan'] as const;
/** Only ordinary rows are income or spending; charges, own money and loans are shown apart. */
export type Nature = (typeof natures)[number];

export type Confidence = 'certain' | 'likely' | 'low';

export interface StageReached {
  stage: Stage;
  at: Instant;
  counts?: Record<string, number>;
}

/** What the file prints, without the names and numbers that are kept sealed beside it. */
export type PrintedWithoutNames = Omit<
  PrintedFacts,
  'customerName' | 'accountName' | 'accountNumber'
>;

export interface AccountsTable {
  tenant_id: TenantId;
  id: Defaulted<AccountId>;
  kind: AccountKind;
  number_masked: string;
  number_index: Buffer;
  label: string;
  name_sealed: Optional<string>;
  currency: Defaulted<Currency>;
  created_at: CreatedAt;
  unused_since: Optional<Instant>;
  /** When its reversals were first looked through for their payments in all of its statements. */
  reversals_sought_at: Optional<Instant>;
}

export interface UploadsTable {
  tenant_id: TenantId;
  id: string;
  file_name: string;
  size_bytes: Optional<number>;
  sha256: Optional<string>;
  media_kind: Optional<MediaKind | AttachmentKind>;
  created_by: UserId;
  created_at: CreatedAt;
  completed_at: Optional<Instant>;
}

export interface UploadChunksTable {
  tenant_id: TenantId;
  upload_id: string;
  seq: number;
  sealed: Buffer;
}

export interface ColumnMappingsTable {
  tenant_id: TenantId;
  id: Defaulted<MappingId>;
  fingerprint: string;
  name: string;
  mapping: Json<ColumnMapping>;
  created_by: UserId;
  created_at: CreatedAt;
  used_at: Optional<Instant>;
}

export interface StatementsTable {
  tenant_id: TenantId;
  id: StatementId;
  upload_id: Optional<string>;
  sha256: string;
  attempt: Defaulted<number>;
  file_name: string;
  size_bytes: number;
  media_kind: MediaKind;
  format: Optional<StatementFormat>;
  status: Defaulted<StatementStatus>;
  stage: Defaulted<Stage>;
  verdict: Optional<Verdict>;
  problem: Optional<string>;
  problem_detail: Optional<string>;
  account_id: Optional<AccountId>;
  mapping_id: Optional<MappingId>;
  period_from: Optional<BusinessDate>;
  period_to: Optional<BusinessDate>;
  printed: OptionalJson<PrintedWithoutNames>;
  printed_names_sealed: Optional<string>;
  row_count: Defaulted<number>;
  new_row_count: Defaulted<number>;
  reject_count: Defaulted<number>;
  skipped_count: Defaulted<number>;
  posted_count: Defaulted<number>;
  categorised_count: Defaulted<number>;
  total_in_cents: Optional<Cents>;
  total_out_cents: Optional<Cents>;
  opening_cents: Optional<Cents>;
  closing_cents: Optional<Cents>;
  first_at: Optional<Instant>;
  last_at: Optional<Instant>;
  checks: Json<readonly ProofCheck[]>;
  tamper: Json<readonly TamperFinding[]>;
  stages: Json<readonly StageReached[]>;
  workflow_id: string;
  operation_id: OperationId;
  created_by: UserId;
  created_at: CreatedAt;
  posted_at: Optional<Instant>;
  undone_at: Optional<Instant>;
  version: Defaulted<number>;
}

export interface StatementLinesTable {
  tenant_id: TenantId;
  statement_id: StatementId;
  ordinal: number;
  page: number;
  line: number;
  receipt: string;
  completed_at: Instant;
  row_status: RowStatus;
  in_cents: Cents;
  out_cents: Cents;
  balance_cents: Optional<Cents>;
  identity: string;
  purpose: string;
  channel: Channel;
  /** Null when the row moved no money: such rows stay lines and never become transactions. */
  direction: Optional<Direction>;
  nature: Nature;
  is_fuliza: boolean;
  confidence: Confidence;
  /** What the catalogue makes of the row, with how sure that is and why; all three or none. */
  category: Optional<string>;
  category_confidence: Optional<Confidence>;
  category_reason: Optional<string>;
  counterparty_key_index: Optional<Buffer>;
  parent_ordinal: Optional<number>;
  transaction_id: Optional<TransactionId>;
  sealed: Buffer;
  search_tokens: WordTokens;
}

/** What a person decided about a row that could not be read. */
export type RejectDecision = 'mended' | 'skipped';

export interface StatementRejectsTable {
  tenant_id: TenantId;
  statement_id: StatementId;
  seq: number;
  page: number;
  line: number;
  reason: RejectReason;
  sealed: Buffer;
  version: Defaulted<number>;
  decision: Optional<RejectDecision>;
  decided_by: Optional<UserId>;
  decided_at: Optional<Instant>;
  /** When a run took the decision in; it counts from then on. */
  settled_at: Optional<Instant>;
  /** The line that the typed row became. */
  ordinal: Optional<number>;
}
