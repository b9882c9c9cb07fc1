/** Runs of money in on a time-skipping server; their steps are whatever the test put on stage. */
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { CollectionSteps, PushSteps, Standing } from '../../activities/collection-steps.ts';
import type { PullSteps } from '../../activities/pulls.ts';
import type { CollectionStatus } from '../../domain/collections/terms.ts';
import { id } from '../../domain/ids.ts';
import { openTemporalGateway, type TemporalGateway } from '../../temporal/client.ts';
import { queues } from '../../temporal/queues.ts';
import { registerSearchAttributes } from '../../temporal/setup-namespace.ts';
import { collectionWorkflowId } from '../../temporal/workflow-ids.ts';
import type {
  Acceptance,
  CollectionResult,
  CollectionStart,
} from '../../workflows/collection-types.ts';
import {
  installQuietRuntime,
  openTimeSkipping,
  testBundle,
  testDataConverter,
} from './temporal.ts';

export type CollectionStageSteps = CollectionSteps & PushSteps & PullSteps;

export interface CollectionRuns {
  env: TestWorkflowEnvironment;
  gateway: TemporalGateway;
  steps: Partial<CollectionStageSteps>;
  /** The steps called so far, in order, with what they were asked. */
  calls: { name: string; input: unknown }[];
  close(): Promise<void>;
}

const stepNames = [
  'sendStkPush',
  'askAboutPush',
  'savePrompt',
  'settleCollection',
  'endUnpaid',
  'markUnresolved',
  'handOver',
  'allocateReceived',
  'startBatchRows',
  'pullPayments',
] as const satisfies readonly (keyof CollectionStageSteps)[];

/** Starts server and workers. `maxCachedWorkflows: 0` makes every workflow task replay its run. */
export async function openCollectionRuns(
  options: { maxCachedWorkflows?: number; kek?: Buffer } = {},
): Promise<CollectionRuns> {
  const { maxCachedWorkflows = 100, kek } = options;
  installQuietRuntime();
  const dataConverter = testDataConverter(kek);
  const env = await openTimeSkipping(dataConverter);
  const namespace = env.namespace ?? 'default';
  await registerSearchAttributes(env.connection, namespace);
  const connection = { connection: env.connection, address: env.address, namespace };
  const runs: CollectionRuns = {
    env,
    gateway: openTemporalGateway({ ...connection, uiUrl: 'http://ui', dataConverter }),
    steps: {},
    calls: [],
    close: async () => {},
  };
  const shared = {
    ...{ connection: env.nativeConnection, namespace, dataConverter },
    activities: Object.fromEntries(
      stepNames.map((name) => [name, (input: never) => play(runs, name, input)]),
    ),
  };
  const codePath = await testBundle();
  const workers = await Promise.all([
    Worker.create({
      ...{ ...shared, taskQueue: queues.payments, workflowBundle: { codePath } },
      ...{ maxCachedWorkflows, workflowFailureErrorTypes: { '*': ['Error'] } },
    }),
    Worker.create({ ...shared, taskQueue: queues.daraja }),
  ]);
  const running = workers.map((worker) => worker.run());
  runs.close = async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await env.teardown();
  };
  return runs;
}

async function play(
  runs: CollectionRuns,
  name: keyof CollectionStageSteps,
  input: never,
): Promise<unknown> {
  runs.calls.push({ name, input });
  const step: ((input: never) => Promise<unknown>) | undefined = runs.steps[name];
  if (step === undefined) throw new Error(`the test put no ${name} on stage`);
  return step(input);
}

export function standing(status: CollectionStatus, code: string | null = null): Standing {
  const isOpen = ['requested', 'sending', 'prompted', 'unknown'].includes(status);
  return { status, isOpen, code, words: `It is ${status}.` };
}

/** A push the provider takes and nobody ever says a word about. */
export function silentSteps(): CollectionStageSteps {
  let status: CollectionStatus = 'prompted';
  return {
    sendStkPush: async () => ({ kind: 'prompted', customerMessage: 'Success' }),
    askAboutPush: async () => ({ kind: 'pending' }),
    savePrompt: async () => {},
    settleCollection: async () => standing(status),
    endUnpaid: async ({ status: end, code }) => standing(end, code),
    markUnresolved: async () => {
      status = 'unknown';
    },
    handOver: async () => {},
    allocateReceived: async () => ({ outcome: 'desk' }),
    startBatchRows: async () => ({ startedCount: 0, isDone: true }),
    pullPayments: async () => ({ isComplete: true, newCount: 0 }),
  };
}

/** A collection as the API starts it. */
export function aCollectionStart(): CollectionStart & { workflow: 'collectByStk' } {
  const tenantId = id('tenant', randomUUID());
  const collectionId = id('collection', randomUUID());
  return {
    ...{ workflow: 'collectByStk', tier: 'starter', summary: 'Collect for a test' },
    workflowId: collectionWorkflowId({ tenantId, collectionId }),
    input: { tenantId, collectionId, timeScale: 1 },
  };
}

/** Starts a collection over the given steps; unnamed ones are those of a silent push. */
export async function beginCollection(
  runs: CollectionRuns,
  steps: Partial<CollectionStageSteps> = {},
) {
  runs.calls.length = 0;
  runs.steps = { ...silentSteps(), ...steps };
  const start = aCollectionStart();
  const outcome = await runs.gateway.start(start);
  if (outcome.kind !== 'started') throw new Error(`not started: ${outcome.kind}`);
  const { workflowId } = start;
  const handle = runs.env.client.workflow.getHandle(workflowId);
  const called = (name: string) => runs.calls.filter((call) => call.name === name).length;
  return {
    ...{ start, handle, called },
    result: (): Promise<CollectionResult> => handle.result(),
    hear: () =>
      runs.gateway.tell(workflowId, { name: 'witnessed', input: { witnessId: randomUUID() } }),
    acceptance: () =>
      runs.gateway.ask<Acceptance>(
        { workflowId, requestId: randomUUID() },
        { name: 'awaitAcceptance', input: {} },
      ),
    cancel: () =>
      runs.gateway.ask(
        { workflowId, requestId: randomUUID() },
        { name: 'cancelCollection', input: { requestedBy: 'user:test' } },
      ),
  };
}
