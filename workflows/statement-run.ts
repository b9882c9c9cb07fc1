/** What the halves of ingestion share: the run's own facts, how it shows a phase, how it ends. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { UserId } from '../domain/ids.ts';
import type { StepKey } from '../activities/statement-steps.ts';
import { businessStatusKey, needsAttentionKey } from '../temporal/search-attributes.ts';
import type { Desk } from './statement-desk.ts';
import type { IngestPhase, IngestStatementInput, StatementProblem } from './types.ts';

export interface Run {
  input: IngestStatementInput;
  desk: Desk;
  /** The ticket in use; replaced when a person brings another password. */
  passwordTicket?: string;
}

/** How a run ends without posting. */
export type Ending =
  | { kind: 'refused'; problem: StatementProblem; detail: string; decidedBy?: UserId }
  | {
      kind: 'abandoned';
      problem: 'password-expired' | 'abandoned';
      detail: string;
      cause: 'expired';
    };

export function refusal(problem: StatementProblem, detail: string): Ending {
  return { kind: 'refused', problem, detail };
}

export function stepKey(run: Run): StepKey {
  const { tenantId, statementId, operationId } = run.input;
  return { tenantId, statementId, operationId };
}

/** Shows a phase to people: on the run's page in words, and as `BusinessStatus` in lists. */
export function enter(run: Run, phase: IngestPhase, words: string): void {
  setCurrentDetails(words);
  if (run.desk.phase !== phase) showStatus(phase, phase.startsWith('waiting-'));
  run.desk.phase = phase;
}

/** Shows how the run ended. */
export function showEnd(status: string, words: string, needsAttention = false): void {
  setCurrentDetails(words);
  showStatus(status, needsAttention);
}

function showStatus(status: string, needsAttention: boolean): void {
  upsertSearchAttributes([
    { key: businessStatusKey, value: status },
    { key: needsAttentionKey, value: needsAttention },
  ]);
}
