/**
 * Every table Kysely knows. Tenant tables carry no schema name: `TenantHandle.query` puts in the
 * schema of the tenant's tier. Platform tables are always written with their schema.
 */
import type { BreachBusinessesTable, BreachEntriesTable, BreachesTable } from './breach-tables.ts';
import type { DownloadChunksTable, DownloadsTable } from './download-tables.ts';
import type { CollectionSchema } from './collection-tables.ts';
import type {
  AuditHeadsTable,
  AuditLogTable,
  ConsumedEventsTable,
  IdempotencyKeysTable,
  MembersTable,
  OperationEventsTable,
  OperationsTable,
  OutboxTable,
  ToldEventsTable,
} from './event-tables.ts';
import type {
  ApiKeysTable,
  ServiceKeysTable,
  ServiceNoncesTable,
  SigningKeysTable,
} from './key-tables.ts';
import type {
  ChallengesTable,
  IdentitiesTable,
  PasskeysTable,
  RecoveryCodesTable,
  TotpSeedsTable,
} from './second-factor-tables.ts';
import type {
  AttemptsTable,
  EmailLinksTable,
  MailsTable,
  RefreshTokensTable,
  RevocationsTable,
  SecurityEventsTable,
  SessionsTable,
} from './identity-tables.ts';
import type {
  LedgerAccountsTable,
  LedgerDayBalancesTable,
  LedgerDeltasTable,
  LedgerEntriesTable,
  LedgerMonitorsTable,
  LedgerReservationsTable,
  LedgerSealedTable,
  LedgerSealsTable,
  LedgerTransactionsTable,
  PostingRequestsTable,
  ReceiptsTable,
} from './ledger-tables.ts';
import type {
  BalanceWatchesTable,
  DisbursementsTable,
  LimitHoldsTable,
  LimitSettingsTable,
  LimitUsageTable,
  PayoutBatchesTable,
  PayoutBatchRowsTable,
  PayoutClosingsTable,
  PayoutEvidenceTable,
  PayoutReturnsTable,
  ProviderQueriesTable,
  RefundTotalsTable,
  ReversalsTable,
  ShortcodeBalancesTable,
  TariffBandsTable,
} from './payout-tables.ts';
import type {
  AuditAnchorsTable,
  DeadLettersTable,
  MembershipsTable,
  MigrationsTable,
  TenantDatabasesTable,
  TenantPlacesTable,
  TenantsTable,
  UsersTable,
  TenantClosingsTable,
} from './platform-tables.ts';
import type {
  CallbackInboxTable,
  ShortcodeChecksTable,
  ShortcodeCredentialsTable,
  ShortcodesTable,
} from './shortcode-tables.ts';
import type {
  AccountsTable,
  ColumnMappingsTable,
  StatementLinesTable,
  StatementRejectsTable,
  StatementsTable,
  UploadChunksTable,
  UploadsTable,
} from './statement-tables.ts';
import type {
  FlagChangesTable,
  FlagChoicesTable,
  FlagListsTable,
  FlagRequestsTable,
  FlagUsesTable,
  FlagsTable,
  InvitationsTable,
  MoveChangesTable,
  TenantExportChunksTable,
  TenantExportFilesTable,
  TenantExportsTable,
  NoticeMarksTable,
  NoticeReadsTable,
  NoticesTable,
  SavedViewsTable,
  SubjectRequestsTable,
  TenantImportChunksTable,
  TenantImportsTable,
  TenantMovesTable,
} from './tenant-tables.ts';
import type {
  DailyRollupsTable,
  DailyTotalsTable,
  MonthlyRollupsTable,
  RowAttachmentsTable,
  RowChangeRowsTable,
  RowMarksTable,
  RowTagsTable,
  RowPartsTable,
  RowChangesTable,
  TransactionSourcesTable,
  TransactionsTable,
  TransactionWordsTable,
} from './transaction-tables.ts';

export interface TenantSchema extends CollectionSchema {
  members: MembersTable;
  accounts: AccountsTable;
  uploads: UploadsTable;
  upload_chunks: UploadChunksTable;
  column_mappings: ColumnMappingsTable;
  statements: StatementsTable;
  statement_lines: StatementLinesTable;
  statement_rejects: StatementRejectsTable;
  transactions: TransactionsTable;
  transaction_sources: TransactionSourcesTable;
  transaction_words: TransactionWordsTable;
  row_changes: RowChangesTable;
  row_change_rows: RowChangeRowsTable;
  row_marks: RowMarksTable;
  row_tags: RowTagsTable;
  row_parts: RowPartsTable;
  row_attachments: RowAttachmentsTable;
  daily_rollups: DailyRollupsTable;
  daily_totals: DailyTotalsTable;
  monthly_rollups: MonthlyRollupsTable;
  operations: OperationsTable;
  operation_events: OperationEventsTable;
  outbox: OutboxTable;
  told_events: ToldEventsTable;
  consumed_events: ConsumedEventsTable;
  idempotency_keys: IdempotencyKeysTable;
  audit_heads: AuditHeadsTable;
  audit_log: AuditLogTable;
  ledger_accounts: LedgerAccountsTable;
  ledger_transactions: LedgerTransactionsTable;
  ledger_entries: LedgerEntriesTable;
  ledger_deltas: LedgerDeltasTable;
  ledger_reservations: LedgerReservationsTable;
  ledger_day_balances: LedgerDayBalancesTable;
  receipts: ReceiptsTable;
  ledger_monitors: LedgerMonitorsTable;
  posting_requests: PostingRequestsTable;
  saved_views: SavedViewsTable;
  notices: NoticesTable;
  notice_reads: NoticeReadsTable;
  notice_marks: NoticeMarksTable;
  subject_requests: SubjectRequestsTable;
  ledger_seals: LedgerSealsTable;
  ledger_sealed: LedgerSealedTable;
  shortcodes: ShortcodesTable;
  shortcode_credentials: ShortcodeCredentialsTable;
  shortcode_checks: ShortcodeChecksTable;
  callback_inbox: CallbackInboxTable;
  tenant_moves: TenantMovesTable;
  downloads: DownloadsTable;
  download_chunks: DownloadChunksTable;
  tenant_exports: TenantExportsTable;
  tenant_export_files: TenantExportFilesTable;
  tenant_export_chunks: TenantExportChunksTable;
  tenant_imports: TenantImportsTable;
  tenant_import_chunks: TenantImportChunksTable;
  invitations: InvitationsTable;
  flag_choices: FlagChoicesTable;
  disbursements: DisbursementsTable;
  payout_batches: PayoutBatchesTable;
  payout_batch_rows: PayoutBatchRowsTable;
  payout_evidence: PayoutEvidenceTable;
  payout_closings: PayoutClosingsTable;
  payout_returns: PayoutReturnsTable;
  provider_queries: ProviderQueriesTable;
  refund_totals: RefundTotalsTable;
  reversals: ReversalsTable;
  limit_settings: LimitSettingsTable;
  limit_usage: LimitUsageTable;
  limit_holds: LimitHoldsTable;
  shortcode_balances: ShortcodeBalancesTable;
  balance_watches: BalanceWatchesTable;
}

export interface PlatformSchema {
  'platform.tenants': TenantsTable;
  'platform.users': UsersTable;
  'platform.dead_letters': DeadLettersTable;
  'platform.migrations': MigrationsTable;
  'platform.sessions': SessionsTable;
  'platform.refresh_tokens': RefreshTokensTable;
  'platform.revocations': RevocationsTable;
  'platform.tenant_closings': TenantClosingsTable;
  'platform.tenant_places': TenantPlacesTable;
  'platform.tenant_databases': TenantDatabasesTable;
  'platform.memberships': MembershipsTable;
  'platform.move_changes': MoveChangesTable;
  'platform.audit_anchors': AuditAnchorsTable;
  'platform.flag_lists': FlagListsTable;
  'platform.flags': FlagsTable;
  'platform.flag_changes': FlagChangesTable;
  'platform.flag_requests': FlagRequestsTable;
  'platform.flag_uses': FlagUsesTable;
  'platform.tariff_bands': TariffBandsTable;
  'platform.signing_keys': SigningKeysTable;
  'platform.api_keys': ApiKeysTable;
  'platform.service_keys': ServiceKeysTable;
  'platform.service_nonces': ServiceNoncesTable;
  'platform.totp_seeds': TotpSeedsTable;
  'platform.recovery_codes': RecoveryCodesTable;
  'platform.passkeys': PasskeysTable;
  'platform.challenges': ChallengesTable;
  'platform.identities': IdentitiesTable;
  'platform.attempts': AttemptsTable;
  'platform.email_links': EmailLinksTable;
  'platform.mails': MailsTable;
  'platform.security_events': SecurityEventsTable;
  'platform.breaches': BreachesTable;
  'platform.breach_businesses': BreachBusinessesTable;
  'platform.breach_entries': BreachEntriesTable;
}

export interface Schema extends TenantSchema, PlatformSchema {}

export type TenantTable = keyof TenantSchema;
