/** One scheduled job of the house: a sweep or a check, started by its Schedule. */
import { proxyActivities } from '@temporalio/workflow';
import type { MaintenanceSteps } from '../activities/maintenance.ts';
import { maintenanceStep } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { MaintenanceInput, MaintenanceResult } from './types.ts';

const steps = proxyActivities<MaintenanceSteps>(maintenanceStep);

/** Runs one job once; what it misses, its next run does. */
export async function maintenance(input: MaintenanceInput): Promise<MaintenanceResult> {
  const counts = await runJob(input);
  const words = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const needsAttention = input.job === 'invariants' && Object.values(counts).some((n) => n > 0);
  showEnd('done', `${input.job}: ${words.join(', ')}.`, needsAttention);
  return { counts };
}

function runJob(input: MaintenanceInput): Promise<Record<string, number>> {
  switch (input.job) {
    case 'orphan-uploads':
      return steps.sweepOrphanUploads();
    case 'idempotency-keys':
      return steps.sweepIdempotencyKeys();
    case 'invariants':
      return steps.checkInvariants();
    case 'outbox':
      return steps.sweepOutbox();
    case 'audit-anchors':
      return steps.anchorAudit();
    case 'pulls':
      return steps.startPulls();
    case 'ledgers':
      return steps.keepLedgers();
    case 'sign-ins':
      return steps.sweepSignIns();
    case 'signing-keys':
      return steps.keepSigningKeys();
    case 'callbacks':
      return steps.sweepCallbacks();
    case 'old-files':
      return steps.sweepOldUploads();
    case 'balances':
      return steps.askForBalances();
    case 'flag-requests':
      return steps.keepFlagRequests();
    case 'breaches':
      return steps.keepBreaches();
    case 'reversal-ties':
      return steps.tieReversals();
  }
}
