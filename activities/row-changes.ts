/** Carries out a change of many rows; each chunk and its events are one transaction. */
import { Context } from '@temporalio/activity';
import type { Database } from '../db/database.ts';
import { stepChange } from '../db/bulk-changes.ts';
import { findChange } from '../db/row-changes.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { ChangeRowsInput, ChangeRowsResult } from '../workflows/row-change-types.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import type { RowChangeSteps } from './row-change-steps.ts';

interface RowChangeDependencies {
  db: Database;
  failpoint: Failpoint;
}

/** Rows per transaction. */
const chunkRows = 2_000;

export function createRowChangeActivities(d: RowChangeDependencies): RowChangeSteps {
  return { carryOutChange: (input) => carryOut(d, input) };
}

async function carryOut(
  d: RowChangeDependencies,
  { tenantId, changeId }: ChangeRowsInput,
): Promise<ChangeRowsResult> {
  const { cancellationSignal } = Context.current();
  for (let isDone = false; !isDone;) {
    cancellationSignal.throwIfAborted();
    isDone = await d.db.withTenant(tenantId, (t) => stepChange(t, changeId, chunkRows));
    await d.failpoint('change.midRows');
  }
  const change = await d.db.withTenant(tenantId, (t) => findChange(t, changeId));
  if (change === undefined) {
    throw permanentFault(failureTypes.bug, `there is no change ${changeId}`);
  }
  return { changedCount: change.changedCount };
}
