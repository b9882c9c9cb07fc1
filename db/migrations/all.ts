import { subjectReports } from './0099_subject_reports.ts';
import { downloads } from './0098_downloads.ts';
import { platform } from './0001_platform.ts';
import { membersAndOperations } from './0002_members_and_operations.ts';
import { statements } from './0003_statements.ts';
import { transactions } from './0004_transactions.ts';
import { events } from './0005_events.ts';
import { invariants } from './0006_invariants.ts';
import { hourlyUploadSweep } from './0007_hourly_upload_sweep.ts';
import { moreRoles } from './0008_more_roles.ts';
import { ledger } from './0009_ledger.ts';
import { thinTransactions } from './0010_thin_transactions.ts';
import { shortcodes } from './0011_shortcodes.ts';
import { collections } from './0012_collections.ts';
import { disbursements } from './0013_disbursements.ts';
import { sessions } from './0014_sessions.ts';
import { isolationTiers } from './0015_isolation_tiers.ts';
import { monthlyRollups } from './0020_monthly_rollups.ts';
import { parentsByLookup } from './0021_parents_by_lookup.ts';
import { ledgerUpkeep } from './0023_ledger_upkeep.ts';
import { credentials } from './0035_credentials.ts';
import { secondFactors } from './0036_second_factors.ts';
import { signingKeys } from './0037_signing_keys.ts';
import { apiKeys } from './0038_api_keys.ts';
import { tenantMoves } from './0039_tenant_moves.ts';
import { tenantPeople } from './0040_tenant_people.ts';
import { flags } from './0041_flags.ts';
import { parentsByPosition } from './0051_parents_by_position.ts';
import { tenantExports } from './0059_tenant_exports.ts';
import { pull } from './0046_pull.ts';
import { deskRefunds } from './0049_desk_refunds.ts';
import { signingKeyNews } from './0055_signing_key_news.ts';
import { categorisedLines } from './0060_categorised_lines.ts';
import { serviceKeys } from './0063_service_keys.ts';
import { reviewFlag } from './0064_review_flag.ts';
import { tenantImports } from './0066_tenant_imports.ts';
import { tenantClosings } from './0067_tenant_closings.ts';
import { postingRequests } from './0069_posting_requests.ts';
import { accountClosing } from './0070_account_closing.ts';
import { moneyAttention } from './0071_money_attention.ts';
import { payoutClosings } from './0072_payout_closings.ts';
import { savedViews } from './0073_saved_views.ts';
import { subjectRequests } from './0074_subject_requests.ts';
import { collectionRounds } from './0077_collection_rounds.ts';
import { founding } from './0075_founding.ts';
import { flagChanges } from './0076_flag_changes.ts';
import { payoutReturns } from './0078_payout_returns.ts';
import { customerCredit } from './0079_customer_credit.ts';
import { withdrawnPayments } from './0080_withdrawn_payments.ts';
import { unusedAccounts } from './0081_unused_accounts.ts';
import { returnedPayouts } from './0090_returned_payouts.ts';
import { archivedCustomers } from './0091_archived_customers.ts';
import { flagConstraints } from './0093_flag_constraints.ts';
import { returnedCheck } from './0094_returned_check.ts';
import { earnedByTwo } from './0097_earned_by_two.ts';
import { tagChanges } from './0100_tag_changes.ts';
import { splits } from './0101_splits.ts';
import { attachments } from './0102_attachments.ts';
import { mendedRejects } from './0103_mended_rejects.ts';
import { reversalsAcross } from './0104_reversals_across.ts';
import { flagRequests } from './0105_flag_requests.ts';
import { flagPhases } from './0106_flag_phases.ts';
import { knownDevices } from './0108_known_devices.ts';
import { breaches } from './0109_breaches.ts';
import { toldEvents } from './0110_told_events.ts';
import { wordsExpire } from './0111_words_expire.ts';
import { collectionClosings } from './0112_collection_closings.ts';
import { untiedRows } from './0113_untied_rows.ts';
import { rowTags } from './0114_row_tags.ts';
import { invoices } from './0115_invoices.ts';
import { rowChanges } from './0082_row_changes.ts';
import { rowMarks } from './0084_row_marks.ts';
import { shownNumbers } from './0085_shown_numbers.ts';
import { rowChangeRequests } from './0083_row_change_requests.ts';
import { notices } from './0086_notices.ts';
import type { Migration } from './migration.ts';

/** Every migration in the order it runs; a released one is never edited. */
export const migrations: readonly Migration[] = [
  platform,
  membersAndOperations,
  statements,
  transactions,
  events,
  invariants,
  hourlyUploadSweep,
  moreRoles,
  ledger,
  thinTransactions,
  shortcodes,
  collections,
  disbursements,
  sessions,
  isolationTiers,
  monthlyRollups,
  parentsByLookup,
  ledgerUpkeep,
  credentials,
  secondFactors,
  signingKeys,
  apiKeys,
  tenantMoves,
  tenantPeople,
  flags,
  pull,
  deskRefunds,
  parentsByPosition,
  signingKeyNews,
  tenantExports,
  categorisedLines,
  serviceKeys,
  reviewFlag,
  tenantImports,
  tenantClosings,
  postingRequests,
  accountClosing,
  moneyAttention,
  payoutClosings,
  savedViews,
  subjectRequests,
  founding,
  flagChanges,
  collectionRounds,
  payoutReturns,
  customerCredit,
  withdrawnPayments,
  unusedAccounts,
  rowChanges,
  rowChangeRequests,
  rowMarks,
  shownNumbers,
  notices,
  returnedPayouts,
  archivedCustomers,
  flagConstraints,
  returnedCheck,
  earnedByTwo,
  downloads,
  subjectReports,
  tagChanges,
  splits,
  attachments,
  mendedRejects,
  reversalsAcross,
  flagRequests,
  flagPhases,
  knownDevices,
  breaches,
  toldEvents,
  wordsExpire,
  collectionClosings,
  untiedRows,
  rowTags,
  invoices,
];
