/** Brings an archive into an empty tenant: looks at all of it first, then takes in everything at once. */
import { proxyActivities } from '@temporalio/workflow';
import type { ImportSteps } from '../activities/tenant-steps.ts';
import { databaseBatch } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { ImportTenantInput, ImportTenantResult } from './tenant-types.ts';

const steps = proxyActivities<ImportSteps>(databaseBatch);

export async function importTenant(input: ImportTenantInput): Promise<ImportTenantResult> {
  showEnd('checking', 'Comparing the archive with its signed list.');
  const verdict = await steps.checkImport(input);
  if (verdict.status === 'refused') return refused(verdict);
  showEnd('importing', `Bringing in ${verdict.rowCount} rows.`);
  const result = await steps.bringRows(input);
  if (result.status === 'refused') return refused(result);
  await steps.settleImport(input);
  showEnd('done', `${result.rowCount} rows were brought in.`);
  return result;
}

function refused(verdict: Extract<ImportTenantResult, { status: 'refused' }>) {
  showEnd('refused', `Nothing was brought in: ${verdict.refusal}.`);
  return verdict;
}
