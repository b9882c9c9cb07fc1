import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import type { MoveSteps } from '../../activities/tenant-steps.ts';
import { id } from '../../domain/ids.ts';
import { queues } from '../../temporal/queues.ts';
import { tenantMoveWorkflowId } from '../../temporal/workflow-ids.ts';
import type { MoveVerdict, TenantStart } from '../../workflows/tenant-types.ts';
import { openStage, testBundle, type Stage } from '../support/temporal.ts';
import { until } from '../support/until.ts';

jest.setTimeout(30_000);

let stage: Stage;
let worker: Worker;
let running: Promise<void>;
let steps: MoveSteps;
let calls: string[];

beforeAll(async () => {
  stage = await openStage();
  const named = (name: keyof MoveSteps) => (input: never) => {
    calls.push(name);
    return steps[name](input);
  };
  const activities: Record<keyof MoveSteps, (input: never) => Promise<unknown>> = {
    prepareMove: named('prepareMove'),
    copyTenant: named('copyTenant'),
    catchUpMove: named('catchUpMove'),
    freezeTenant: named('freezeTenant'),
    thawTenant: named('thawTenant'),
    finishCopy: named('finishCopy'),
    switchTenant: named('switchTenant'),
    confirmMove: named('confirmMove'),
    rollBackMove: named('rollBackMove'),
    abandonMove: named('abandonMove'),
  };
  worker = await Worker.create({
    connection: stage.env.nativeConnection,
    namespace: stage.env.namespace ?? 'default',
    dataConverter: stage.env.options.client.dataConverter ?? {},
    taskQueue: queues.tenants,
    workflowBundle: { codePath: await testBundle() },
    maxCachedWorkflows: 0,
    activities,
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await stage.close();
});

function smooth(): MoveSteps {
  return {
    prepareMove: async () => {},
    copyTenant: async () => ({ rowCount: 12 }),
    catchUpMove: async () => ({ left: 0 }),
    freezeTenant: async () => {},
    thawTenant: async () => {},
    finishCopy: async () => ({ differing: [], rowCount: 12 }),
    switchTenant: async () => ({ frozenMilliseconds: 40 }),
    confirmMove: async () => {},
    rollBackMove: async () => {},
    abandonMove: async () => {},
  };
}

async function begin(some: Partial<MoveSteps> = {}) {
  calls = [];
  steps = { ...smooth(), ...some };
  const tenantId = id('tenant', randomUUID());
  const start: TenantStart = {
    workflow: 'moveTenant',
    workflowId: tenantMoveWorkflowId(tenantId, 1),
    tier: 'pro',
    summary: 'Move for a test',
    input: {
      tenantId,
      moveId: randomUUID(),
      from: 'shared',
      to: `t_${tenantId.replaceAll('-', '')}`,
      fromTier: 'starter',
      toTier: 'pro',
    },
  };
  expect(await stage.gateway.start(start)).toMatchObject({ kind: 'started' });
  const handle = stage.env.client.workflow.getHandle(start.workflowId);
  const decide = (decision: string) =>
    stage.gateway.ask<MoveVerdict>(
      { workflowId: start.workflowId, requestId: randomUUID() },
      { name: 'decideMove', input: { decision, actor: 'user:test' } },
    );
  return { handle, decide };
}

describe('moveTenant', () => {
  test('copies, freezes, compares, switches and removes the old copy when it is confirmed', async () => {
    const { handle, decide } = await begin();
    await until(() => calls.includes('switchTenant'));
    await until(async () => {
      const answer = await decide('confirm');
      return answer.kind === 'answered' && answer.verdict.accepted;
    });
    expect(await handle.result()).toEqual({
      status: 'confirmed',
      rowCount: 12,
      frozenMilliseconds: 40,
    });
    expect(calls).toEqual([
      'prepareMove',
      'copyTenant',
      'catchUpMove',
      'freezeTenant',
      'finishCopy',
      'switchTenant',
      'confirmMove',
    ]);
  });

  test('confirms by itself after two weeks without a word', async () => {
    const { handle } = await begin();
    expect(await handle.result()).toMatchObject({ status: 'confirmed' });
  });

  test('goes back when it is asked to, and a second decision is refused', async () => {
    const door = Promise.withResolvers<void>();
    const { handle, decide } = await begin({ rollBackMove: () => door.promise });
    await until(() => calls.includes('switchTenant'));
    await until(async () => {
      const answer = await decide('roll-back');
      return answer.kind === 'answered' && answer.verdict.accepted;
    });
    expect(await decide('confirm')).toEqual({
      kind: 'answered',
      verdict: { accepted: false, problem: 'decided' },
    });
    door.resolve();
    expect(await handle.result()).toEqual({ status: 'rolled-back' });
    expect(calls).not.toContain('confirmMove');
  });

  test('copies that differ let the writers in again, and in the end change nothing', async () => {
    const { handle } = await begin({
      finishCopy: async () => ({ differing: ['accounts'], rowCount: 12 }),
    });
    expect(await handle.result()).toMatchObject({ status: 'abandoned' });
    expect(calls.filter((name) => name === 'thawTenant')).toHaveLength(3);
    expect(calls).not.toContain('switchTenant');
    expect(calls.at(-1)).toBe('abandonMove');
  });

  test('writers are let in again when the comparison takes too long', async () => {
    const slow = ApplicationFailure.create({ message: 'still counting', nonRetryable: false });
    const { handle } = await begin({
      finishCopy: async () => {
        throw slow;
      },
    });
    expect(await handle.result()).toMatchObject({ status: 'abandoned' });
    expect(calls).toContain('thawTenant');
  });

  test('a decision before the switch is refused', async () => {
    const door = Promise.withResolvers<void>();
    const { handle, decide } = await begin({
      copyTenant: async () => {
        await door.promise;
        return { rowCount: 1 };
      },
    });
    await until(() => calls.includes('copyTenant'));
    expect(await decide('confirm')).toEqual({
      kind: 'answered',
      verdict: { accepted: false, problem: 'not-switched' },
    });
    door.resolve();
    expect(await handle.result()).toMatchObject({ status: 'confirmed' });
  });
});
