/**
 * Takes a posted statement back: transactions no other live statement shows are reversed, the rest
 * stay, and the days they touched are recomputed from the events this emits. It runs to its end.
 */
import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { UndoSteps } from '../activities/statement-steps.ts';
import { databaseBatch, databaseStep } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { UndoStatementInput, UndoStatementResult } from './types.ts';

const records = proxyActivities<UndoSteps>(databaseStep);
const batches = proxyActivities<UndoSteps>(databaseBatch);

/** Runs one undo; the id is `statement-undo/{tenant}/{statement}`. */
export async function undoStatement(input: UndoStatementInput): Promise<UndoStatementResult> {
  return CancellationScope.nonCancellable(() => undo(input));
}

async function undo(input: UndoStatementInput): Promise<UndoStatementResult> {
  showEnd('undoing', 'Reversing the rows that only this statement brought.');
  try {
    const reversal = await batches.reverseTransactions(input);
    await records.finishUndo({ ...input, ...reversal });
    const { reversedCount, keptCount } = reversal;
    showEnd('undone', `Reversed ${reversedCount} rows; ${keptCount} stay, shown elsewhere too.`);
    return { status: 'undone', reversedCount, keptCount };
  } catch (error) {
    const { tenantId, statementId, operationId } = input;
    const detail = 'Taking the statement back stopped half way; it can be resumed by an operator.';
    await records.failUndo({ tenantId, statementId, operationId, problem: 'failed', detail });
    showEnd('failed', detail, true);
    throw error;
  }
}
