/**
 * The steps of statement ingestion as the workflow sees them: what each takes and answers. Every
 * step may run more than once and leaves the same result; a business "no" is an answer.
 */
import type { MappingId, OperationId, StatementId, TenantId, UserId } from '../domain/ids.ts';
import type { ColumnMapping, FileProblem, Verdict } from '../domain/statements/terms.ts';

/** Which statement a step is about and which operation shows its progress. */
export interface StepKey {
  tenantId: TenantId;
  statementId: StatementId;
  operationId: OperationId;
}

export interface FileKey extends StepKey {
  uploadId: string;
  passwordTicket?: string;
}

export type PasswordProblem = 'password-needed' | 'password-wrong' | 'ticket-expired';
export type MappingProblem = 'mapping-needed' | 'columns' | 'dates-ambiguous';

export type FileRefusal = { kind: 'refused'; problem: FileProblem; detail: string };

export type Inspection =
  { kind: 'readable' } | { kind: 'password'; problem: PasswordProblem } | FileRefusal;

export interface ParseInput extends FileKey {
  mapping?: ColumnMapping;
  /** The remembered mapping this one was stored as. */
  mappingId?: MappingId;
}

export type ReadOutcome =
  | { kind: 'read'; rowCount: number; rejectCount: number }
  | { kind: 'password'; problem: PasswordProblem }
  | { kind: 'mapping'; problem: MappingProblem; detail: string }
  | FileRefusal;

export interface WaitInput extends StepKey {
  waitingFor: 'password' | 'mapping' | 'review';
  problem: string;
  detail: string;
}

export interface Proof {
  verdict: Verdict;
  rowCount: number;
  rejectCount: number;
  /** What failed, in one sentence; empty when proven. */
  detail: string;
}

export interface ReviewInput extends StepKey {
  decidedBy: UserId;
  reason?: string;
}

export interface Posting {
  newRowCount: number;
  /** Rows other statements had already brought. */
  knownRowCount: number;
  /** As they are after a review, in which rows may have been mended; missing in older histories. */
  verdict?: Verdict;
  rowCount?: number;
  rejectCount?: number;
}

export interface EndInput extends StepKey {
  problem: string;
  detail: string;
  /** The person who decided, where one did. */
  decidedBy?: UserId;
}

export interface AbandonInput extends EndInput {
  /** A person stopped it, or nobody came in time. */
  cause: 'cancelled' | 'expired';
}

export interface UndoInput extends StepKey {
  requestedBy: UserId;
  reason?: string;
}

export interface Reversal {
  reversedCount: number;
  keptCount: number;
}

/** Steps that start the caged parser child; they run on the queue for files. */
export interface FileSteps {
  inspectFile(input: FileKey): Promise<Inspection>;
  parseStatement(input: ParseInput): Promise<ReadOutcome>;
}

/** Steps that only touch the database (and Redis for tickets and live updates). */
export interface StatementSteps {
  forgetPassword(input: { tenantId: TenantId; passwordTicket: string }): Promise<void>;
  markWaiting(input: WaitInput): Promise<void>;
  resumeProcessing(input: StepKey): Promise<void>;
  recordApproval(input: ReviewInput): Promise<void>;
  proveStatement(input: StepKey): Promise<Proof>;
  postStatement(input: StepKey): Promise<Posting>;
  /** Throws `Categories.Pending` (retryable) until every posted row has its category. */
  checkCategorised(input: StepKey): Promise<void>;
  finishStatement(input: StepKey): Promise<{ categorisedCount: number }>;
  refuseStatement(input: EndInput): Promise<void>;
  abandonStatement(input: AbandonInput): Promise<void>;
  failStatement(input: EndInput): Promise<void>;
}

export interface MendInput extends StepKey {
  requestedBy: UserId;
}

export type Mending =
  | {
      kind: 'taken-in';
      /** Rows that are lines of the statement now. */
      mendedCount: number;
      skippedCount: number;
      /** Rows that still nobody decided about. */
      rejectCount: number;
      verdict: Verdict;
    }
  /** The statement takes no rows any more. */
  | { kind: 'refused'; detail: string };

export interface MendSteps {
  takeInMended(input: MendInput): Promise<Mending>;
  failMending(input: EndInput): Promise<void>;
}

export interface UndoSteps {
  reverseTransactions(input: UndoInput): Promise<Reversal>;
  finishUndo(input: UndoInput & Reversal): Promise<void>;
  failUndo(input: EndInput): Promise<void>;
}
