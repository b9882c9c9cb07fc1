/**
 * Carries out, or takes back, a change of more rows than a request should wait for. Which rows they
 * are was written down when it was asked for; it runs to its end.
 */
import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { RowChangeSteps } from '../activities/row-change-steps.ts';
import { databaseBatch } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { ChangeRowsInput, ChangeRowsResult } from './row-change-types.ts';

const steps = proxyActivities<RowChangeSteps>(databaseBatch);

/** Runs one deed of a change; the id is `row-change/{tenant}/{change}/{deed}`. */
export async function changeRows(input: ChangeRowsInput): Promise<ChangeRowsResult> {
  return CancellationScope.nonCancellable(async () => {
    showEnd('changing', 'Rows are changed in chunks.');
    const { changedCount } = await steps.carryOutChange(input);
    showEnd('done', `${changedCount} rows follow the change.`);
    return { changedCount };
  });
}
