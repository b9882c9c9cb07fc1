/** Takes along everything a tenant has, keeps the archive for a week, and removes it. */
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { ExportSteps } from '../activities/tenant-steps.ts';
import { databaseBatch } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { ExportTenantInput, ExportTenantResult } from './tenant-types.ts';

const steps = proxyActivities<ExportSteps>(databaseBatch);

export async function exportTenant(input: ExportTenantInput): Promise<ExportTenantResult> {
  showEnd('copying', 'Reading every row as it was at one moment.');
  await steps.exportRows(input);
  showEnd('copying', 'Adding the uploaded files.');
  await steps.exportFiles(input);
  const { rowCount, byteCount } = await steps.sealExport(input);
  showEnd('ready', `${rowCount} rows can be fetched for a week.`);
  await sleep('7 days');
  await steps.expireExport(input);
  showEnd('expired', 'The archive was removed.');
  return { status: 'expired', rowCount, byteCount };
}
