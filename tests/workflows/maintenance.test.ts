import { randomUUID } from 'node:crypto';
import { TypedSearchAttributes } from '@temporalio/common';
import { queues } from '../../temporal/queues.ts';
import { houseTenant } from '../../temporal/schedules.ts';
import { needsAttentionKey, tenantIdKey } from '../../temporal/search-attributes.ts';
import type { MaintenanceJob, MaintenanceResult } from '../../workflows/types.ts';
import { openStage, smoothSteps, type Stage } from '../support/temporal.ts';

describe('maintenance', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ maxCachedWorkflows: 0 });
  });

  afterAll(async () => {
    await stage.close();
  });

  async function run(job: MaintenanceJob): Promise<{ id: string; result: MaintenanceResult }> {
    const workflowId = `maintenance/${job}-${randomUUID()}`;
    const result: MaintenanceResult = await stage.env.client.workflow.execute('maintenance', {
      workflowId,
      taskQueue: queues.maintenance,
      args: [{ job }],
      typedSearchAttributes: new TypedSearchAttributes([{ key: tenantIdKey, value: houseTenant }]),
      priority: { fairnessKey: houseTenant },
    });
    return { id: workflowId, result };
  }

  async function needsAttention(workflowId: string): Promise<boolean | undefined> {
    const described = await stage.env.client.workflow.getHandle(workflowId).describe();
    return described.typedSearchAttributes.get(needsAttentionKey);
  }

  test.each([
    ['orphan-uploads', 'sweepOrphanUploads', { 'uploads removed': 2 }],
    ['idempotency-keys', 'sweepIdempotencyKeys', { 'keys forgotten': 5 }],
    ['invariants', 'checkInvariants', { 'violations found': 0 }],
    ['audit-anchors', 'anchorAudit', { 'chains anchored': 3 }],
    ['outbox', 'sweepOutbox', { 'rows removed': 7, 'rows waiting': 0 }],
    ['sign-ins', 'sweepSignIns', { 'sessions forgotten': 1 }],
    ['pulls', 'startPulls', { 'shortcodes looked at': 2 }],
    ['signing-keys', 'keepSigningKeys', { 'keys moved': 1 }],
    ['callbacks', 'sweepCallbacks', { 'callbacks erased': 4 }],
    ['old-files', 'sweepOldUploads', { 'files erased': 2 }],
    ['balances', 'askForBalances', { 'shortcodes asked about': 2 }],
    ['flag-requests', 'keepFlagRequests', { 'changes applied': 1 }],
    ['reversal-ties', 'tieReversals', { 'reversals tied': 2 }],
    ['breaches', 'keepBreaches', { 'breaches looked at': 1 }],
    ['ledgers', 'keepLedgers', { 'transactions sealed': 3 }],
  ] as const)('the job %s does its one thing and tells what it did', async (job, step, counts) => {
    stage.calls.length = 0;
    stage.steps = smoothSteps();

    const { id, result } = await run(job);

    expect(result).toEqual({ counts });
    expect(stage.calls).toEqual([step]);
    expect(await needsAttention(id)).toBe(false);
  });

  test('a broken invariant calls for attention', async () => {
    stage.steps = { ...smoothSteps(), checkInvariants: async () => ({ 'violations found': 2 }) };

    const { id } = await run('invariants');

    expect(await needsAttention(id)).toBe(true);
  });
});
