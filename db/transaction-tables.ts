/** Tenant tables of posted money: transactions, where they were seen, and the daily figures. */
import type {
  AccountId,
  AttachmentId,
  RowChangeId,
  RowMarkId,
  RowPartId,
  StatementId,
  TenantId,
  TransactionId,
} from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Channel, Direction, RowStatus } from '../domain/statements/terms.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Optional } from './columns.ts';
import type { Confidence, Nature } from './statement-tables.ts';

export interface TransactionsTable {
  tenant_id: TenantId;
  id: Defaulted<TransactionId>;
  account_id: AccountId;
  /** Equal for the same row seen in any file of the account; unique among live transactions. */
  identity: string;
  receipt: string;
  occurred_at: Instant;
  business_date: BusinessDate;
  direction: Direction;
  amount_cents: Cents;
  balance_cents: Optional<Cents>;
  row_status: RowStatus;
  purpose: string;
  channel: Channel;
  nature: Nature;
  is_fuliza: boolean;
  confidence: Confidence;
  category: Optional<string>;
  category_reason: Optional<string>;
  category_source: Optional<string>;
  counterparty_key_index: Optional<Buffer>;
  parent_id: Optional<TransactionId>;
  statement_id: StatementId;
  ordinal: number;
  reversed_at: Optional<Instant>;
  created_at: CreatedAt;
}

/** Further statements that show a transaction, besides the one it stands on. */
export interface TransactionSourcesTable {
  tenant_id: TenantId;
  transaction_id: TransactionId;
  statement_id: StatementId;
  ordinal: number;
}

/**
 * The inverted index of words: which transactions of one posted chunk contain a word. A GIN index
 * cannot be used under row-level security, because array operators are not leakproof.
 */
export interface TransactionWordsTable {
  tenant_id: TenantId;
  word: string;
  chunk_id: string;
  transaction_ids: TransactionId[];
}

export interface MonthlyRollupsTable {
  tenant_id: TenantId;
  account_id: AccountId;
  /** The first day of the month. */
  month: BusinessDate;
  direction: Direction;
  channel: Channel;
  category: string;
  nature: Nature;
  transaction_count: number;
  amount_cents: Cents;
}

/** Income and spending of an account and day. */
export interface DailyTotalsTable {
  tenant_id: TenantId;
  account_id: AccountId;
  business_date: BusinessDate;
  in_cents: Cents;
  out_cents: Cents;
}

export interface DailyRollupsTable {
  tenant_id: TenantId;
  account_id: AccountId;
  business_date: BusinessDate;
  direction: Direction;
  channel: Channel;
  category: string;
  nature: Nature;
  transaction_count: number;
  amount_cents: Cents;
}

/** A change people made to rows: one row of the list, or thousands at once. */
export interface RowChangesTable {
  tenant_id: TenantId;
  id: Defaulted<RowChangeId>;
  kind: 'category' | 'tags' | 'split';
  category: Optional<string>;
  tags_added: Defaulted<string[]>;
  tags_removed: Defaulted<string[]>;
  status: 'applying' | 'done' | 'undoing' | 'undone';
  row_count: number;
  in_cents: Cents;
  out_cents: Cents;
  changed_count: Defaulted<number>;
  actor: string;
  at: CreatedAt;
  undone_by: Optional<string>;
  asked_as: Optional<RowChangeId>;
  undone_at: Optional<Instant>;
}

/** A row of a change, with what it said before. */
export interface RowChangeRowsTable {
  tenant_id: TenantId;
  account_id: AccountId;
  identity: string;
  change_id: RowChangeId;
  transaction_id: TransactionId;
  state: Defaulted<'waiting' | 'changed' | 'left' | 'undone' | 'kept'>;
  category_before: Optional<string>;
  confidence_before: Optional<Confidence>;
  reason_before: Optional<string>;
  source_before: Optional<string>;
  /** Places in the tags of the change, from 1: those that stand because of it. */
  tags_standing: Optional<number[]>;
  /** Those of them the row said otherwise before. */
  tags_altered: Optional<number[]>;
}

/** Tags and the note of a row, by what the row is. */
export interface RowMarksTable {
  tenant_id: TenantId;
  id: Defaulted<RowMarkId>;
  account_id: AccountId;
  identity: string;
  tags: string[];
  note_sealed: Optional<Buffer>;
  created_at: CreatedAt;
}

/**
 * The index of tags: one row for each tag of a row, with what filters look at. Where no transaction
 * stands for the row, it waits for the next one that does.
 */
export interface RowTagsTable {
  tenant_id: TenantId;
  account_id: AccountId;
  identity: string;
  tag: string;
  transaction_id: Optional<TransactionId>;
  statement_id: Optional<StatementId>;
  ordinal: Optional<number>;
  occurred_at: Optional<Instant>;
  amount_cents: Optional<Cents>;
  direction: Optional<Direction>;
  channel: Optional<Channel>;
  nature: Optional<Nature>;
  purpose: Optional<string>;
  confidence: Optional<Confidence>;
  category: Optional<string>;
}

/** A photo or a PDF on a row, by what the row is; its bytes are the upload of the same id. */
export interface RowAttachmentsTable {
  tenant_id: TenantId;
  id: AttachmentId;
  account_id: AccountId;
  identity: string;
  file_name: string;
  created_at: CreatedAt;
  removed_at: Optional<Instant>;
}

/** What one part of a split row was for. */
export interface RowPartsTable {
  tenant_id: TenantId;
  id: Defaulted<RowPartId>;
  account_id: AccountId;
  identity: string;
  change_id: RowChangeId;
  /** From 1, in the order they were given. */
  place: number;
  category: string;
  amount_cents: Cents;
  note_sealed: Optional<Buffer>;
  created_at: CreatedAt;
}
