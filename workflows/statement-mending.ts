/**
 * Takes in what people decided about rows that could not be read: typed rows become lines, skipped
 * ones count no more, and the proof is made again. It runs to its end once it has begun.
 */
import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { MendSteps } from '../activities/statement-steps.ts';
import { tellRun } from '../domain/statements/run-phrases.ts';
import { databaseBatch, databaseStep } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { MendStatementInput, MendStatementResult } from './types.ts';

const records = proxyActivities<MendSteps>(databaseStep);
const batches = proxyActivities<MendSteps>(databaseBatch);

/** Runs once; the id is `statement-mend/{tenant}/{statement}/{operation}`. */
export async function mendStatement(input: MendStatementInput): Promise<MendStatementResult> {
  return CancellationScope.nonCancellable(() => mend(input));
}

async function mend(input: MendStatementInput): Promise<MendStatementResult> {
  showEnd('mending', 'Taking in the rows that people typed in or left out.');
  try {
    const { kind, ...mending } = await batches.takeInMended(input);
    if ('detail' in mending) {
      showEnd('refused', mending.detail);
      return { status: 'refused', ...mending };
    }
    const { mendedCount, skippedCount } = mending;
    showEnd('mended', `${mendedCount} typed rows were taken in, ${skippedCount} left out.`);
    return { status: 'taken-in', ...mending };
  } catch (error) {
    const { tenantId, statementId, operationId } = input;
    const detail = tellRun('mending-stopped');
    await records.failMending({ tenantId, statementId, operationId, problem: 'failed', detail });
    showEnd('failed', detail, true);
    throw error;
  }
}
