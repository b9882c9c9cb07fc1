/** Inputs and results of every workflow and message: one plain JSON object each. */
import type { BreachStart } from './breach-types.ts';
import type { CollectionStart } from './collection-types.ts';
import type { TenantStart } from './tenant-types.ts';
import type { MappingId, OperationId, StatementId, TenantId, UserId } from '../domain/ids.ts';
import type { DisbursementStart } from './disbursement-types.ts';
import type { DownloadStart } from './download-types.ts';
import type { RowChangeStart } from './row-change-types.ts';
import type { ShortcodeStart } from './shortcode-types.ts';
import type { ColumnMapping, FileProblem, Verdict } from '../domain/statements/terms.ts';

export interface IngestStatementInput {
  tenantId: TenantId;
  statementId: StatementId;
  operationId: OperationId;
  uploadId: string;
  /**
   * Reference of a sealed password (temporal/password-tickets.ts). It is a secret: it travels only
   * inside encrypted payloads. A start through the outbox carries it in `WorkflowStart.sealedTicket`.
   */
  passwordTicket?: string;
  /** Features as they were when the run began; what is switched later counts for the next one. */
  flags?: { 'review-every-statement': boolean };
}

export type IngestStatementResult =
  | {
      status: 'posted';
      verdict: Verdict;
      rowCount: number;
      rejectCount: number;
      newRowCount: number;
      categorisedCount: number;
    }
  | { status: 'refused'; problem: StatementProblem; detail: string }
  | { status: 'abandoned'; problem: 'password-expired' | 'abandoned'; detail: string };

/** Why a statement was refused: the file, its proof, or a person's decision. */
export type StatementProblem = FileProblem | 'proof-failed' | 'review-refused';

export interface UndoStatementInput {
  tenantId: TenantId;
  statementId: StatementId;
  operationId: OperationId;
  requestedBy: UserId;
  reason?: string;
}

export interface MendStatementInput {
  tenantId: TenantId;
  statementId: StatementId;
  operationId: OperationId;
  requestedBy: UserId;
}

export type MendStatementResult =
  | {
      status: 'taken-in';
      mendedCount: number;
      skippedCount: number;
      rejectCount: number;
      verdict: Verdict;
    }
  | { status: 'refused'; detail: string };

export interface UndoStatementResult {
  status: 'undone';
  reversedCount: number;
  /** Transactions that another live statement also shows, so they stay. */
  keptCount: number;
}

export type Tier = 'starter' | 'pro' | 'enterprise';

/** What a start needs besides its input: who is served how, and a line for operators. */
export interface StartFacts {
  workflowId: string;
  tier: Tier;
  /** One line without personal data, for example `Statement stm_018f… (PDF, 214 kB)`. */
  summary: string;
  /** Markdown for operators, without personal data; the tenant is named when it is left out. */
  details?: string;
}

/**
 * A request to start a workflow, as the API makes it and as the outbox row of kind `workflow` keeps
 * it in `data`. Starting is idempotent by `workflowId`.
 */
export type WorkflowStart =
  | StatementStart
  | RowChangeStart
  | CollectionStart
  | DisbursementStart
  | TenantStart
  | DownloadStart
  | BreachStart
  | ShortcodeStart;

type StatementStart =
  | (StartFacts & {
      workflow: 'ingestStatement';
      input: IngestStatementInput;
      /** The password ticket sealed by `sealReference`; only in the outbox row. */
      sealedTicket?: string;
    })
  | (StartFacts & { workflow: 'undoStatement'; input: UndoStatementInput })
  | (StartFacts & { workflow: 'mendStatement'; input: MendStatementInput });

export interface ProvidePasswordInput {
  passwordTicket: string;
}

export type PasswordVerdict =
  | { accepted: true; problem: null; triesLeft: number }
  | { accepted: false; problem: 'password-wrong' | 'ticket-expired' | 'closed'; triesLeft: number };

export interface ProvideMappingInput {
  mapping: ColumnMapping;
  mappingId?: MappingId;
}

export type MappingVerdict = { accepted: true } | { accepted: false; problem: 'closed' };

export interface ReviewStatementInput {
  decision: 'post' | 'refuse';
  decidedBy: UserId;
  reason?: string;
}

export type ReviewVerdict =
  { accepted: true; decision: 'post' | 'refuse' } | { accepted: false; problem: 'closed' };

export interface CategorisedSignal {
  categorisedCount: number;
}

export type IngestPhase =
  | 'received'
  | 'inspecting'
  | 'waiting-password'
  | 'reading'
  | 'waiting-mapping'
  | 'proving'
  | 'waiting-review'
  | 'posting'
  | 'categorising'
  | 'finishing'
  | 'closed';

export interface IngestState {
  phase: IngestPhase;
  passwordTriesLeft: number;
  problem: StatementProblem | null;
}

export type MaintenanceJob =
  | 'orphan-uploads'
  | 'idempotency-keys'
  | 'invariants'
  | 'outbox'
  | 'audit-anchors'
  | 'ledgers'
  | 'sign-ins'
  | 'pulls'
  | 'signing-keys'
  | 'callbacks'
  | 'old-files'
  | 'balances'
  | 'flag-requests'
  | 'reversal-ties'
  | 'breaches';

export interface MaintenanceInput {
  job: MaintenanceJob;
}

export interface MaintenanceResult {
  /** Rows removed or violations found, by the job's own name for them. */
  counts: Record<string, number>;
}

export type { DecideInput, DecideVerdict } from './disbursement-types.ts';
