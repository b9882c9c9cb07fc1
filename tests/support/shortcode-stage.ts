/** Workers for the runs that try a shortcode out, over activities that a test puts in. */
import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import type {
  ShortcodeCheckCalls,
  ShortcodeCheckSteps,
} from '../../activities/shortcode-checks.ts';
import type { CheckStep } from '../../db/shortcode-tables.ts';
import { id } from '../../domain/ids.ts';
import { queues } from '../../temporal/queues.ts';
import { shortcodeCheckWorkflowId } from '../../temporal/workflow-ids.ts';
import type { ShortcodeStart } from '../../workflows/shortcode-types.ts';
import { openStage, testBundle, type Stage } from './temporal.ts';

export type CheckCalls = ShortcodeCheckCalls & ShortcodeCheckSteps;

export interface ShortcodeStage {
  stage: Stage;
  /** Replaced by each test. */
  calls: CheckCalls;
  finished: { status: string; steps: CheckStep[] }[];
  close(): Promise<void>;
}

export const passed = (step: CheckStep['step'], code: string): CheckStep => ({
  ...{ step, state: 'passed', code, detail: null },
});

export function smoothCalls(into: ShortcodeStage['finished']): CheckCalls {
  return {
    checkToken: async () => passed('token', 'signed-in'),
    checkPasskey: async () => passed('stk', 'accepted'),
    askBalance: async () => passed('initiator', 'asked'),
    registerAddresses: async () => passed('register', 'registered'),
    registerPull: async () => passed('pull', 'listed'),
    noteSteps: async () => {},
    finishCheck: async ({ status, steps }) => void into.push({ status, steps }),
  };
}

export async function openShortcodeStage(options: { kek?: Buffer } = {}): Promise<ShortcodeStage> {
  const stage = await openStage(options);
  const finished: ShortcodeStage['finished'] = [];
  const on: ShortcodeStage = {
    stage,
    calls: smoothCalls(finished),
    finished,
    close: async () => {},
  };
  const shared = {
    connection: stage.env.nativeConnection,
    namespace: stage.env.namespace ?? 'default',
    dataConverter: stage.env.options.client.dataConverter ?? {},
  };
  const workers = await Promise.all([
    Worker.create({
      ...{ ...shared, taskQueue: queues.payments, maxCachedWorkflows: 0 },
      workflowBundle: { codePath: await testBundle() },
      activities: {
        noteSteps: (input: never) => on.calls.noteSteps(input),
        finishCheck: (input: never) => on.calls.finishCheck(input),
      },
    }),
    Worker.create({
      ...{ ...shared, taskQueue: queues.daraja },
      activities: {
        checkToken: (input: never) => on.calls.checkToken(input),
        checkPasskey: (input: never) => on.calls.checkPasskey(input),
        askBalance: (input: never) => on.calls.askBalance(input),
        registerAddresses: (input: never) => on.calls.registerAddresses(input),
        registerPull: (input: never) => on.calls.registerPull(input),
      },
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  on.close = async () => {
    for (const worker of workers) worker.shutdown();
    await running;
    await stage.close();
  };
  return on;
}

export function aCheck(kind: 'test' | 'register' = 'test'): ShortcodeStart {
  const tenantId = id('tenant', randomUUID());
  const checkId = randomUUID();
  return {
    workflow: 'checkShortcode',
    workflowId: shortcodeCheckWorkflowId({ tenantId, checkId }),
    tier: 'starter',
    summary: 'Check for a test',
    input: {
      ...{ tenantId, checkId, kind, callbackWaitMs: 60_000 },
      shortcodeId: id('shortcode', randomUUID()),
    },
  };
}
