/**
 * A time-skipping Temporal server for one test file, with workers whose activities are whatever the
 * test put on stage. Payloads are encrypted as in production.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { FileSteps, StatementSteps, UndoSteps } from '../../activities/statement-steps.ts';
import { id, type StatementId, type TenantId } from '../../domain/ids.ts';
import { ensureWorkflowBundle } from '../../temporal/bundle.ts';
import { openTemporalGateway, type TemporalGateway } from '../../temporal/client.ts';
import { createDataConverter } from '../../temporal/data-converter.ts';
import { queues } from '../../temporal/queues.ts';
import { registerSearchAttributes } from '../../temporal/setup-namespace.ts';
import { tenantInterceptor } from '../../temporal/tracing.ts';
import { statementWorkflowId } from '../../temporal/workflow-ids.ts';
import type { IngestStatementInput, WorkflowStart } from '../../workflows/types.ts';
import { serviceVariable } from './services.ts';

export type Steps = FileSteps & StatementSteps & UndoSteps;

export interface Stage {
  env: TestWorkflowEnvironment;
  gateway: TemporalGateway;
  /** Replaced by each test; the workers look it up on every call. */
  steps: Partial<Steps>;
  /** The steps called so far, in order. */
  calls: string[];
  close(): Promise<void>;
}

/** Starts server and workers. `maxCachedWorkflows: 0` makes every workflow task replay its run. */
export async function openStage(options: { maxCachedWorkflows?: number } = {}): Promise<Stage> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} },
    },
  });
  const dataConverter = testDataConverter();
  const path = serviceVariable('TEMPORAL_TEST_SERVER');
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
    client: { dataConverter, interceptors: { workflow: [tenantInterceptor()] } },
  });
  const namespace = env.namespace ?? 'default';
  await registerSearchAttributes(env.connection, namespace);
  const connection = { connection: env.connection, address: env.address, namespace };
  const stage: Stage = {
    env,
    gateway: openTemporalGateway({ ...connection, uiUrl: 'http://ui', dataConverter }),
    steps: {},
    calls: [],
    close: async () => {},
  };
  const workers = await startWorkers(stage, options.maxCachedWorkflows);
  stage.close = async () => {
    await workers.stop();
    await env.teardown();
  };
  return stage;
}

/** The product's data converter with a key of its own. */
export function testDataConverter(kek: Buffer = randomBytes(32)) {
  return createDataConverter({ kek, kekId: 'test' });
}

/** The bundle all tests of the checkout share. */
export function testBundle(): Promise<string> {
  return ensureWorkflowBundle({ directory: '.daftari/test' });
}

async function startWorkers(stage: Stage, maxCachedWorkflows = 100) {
  const codePath = await testBundle();
  const shared = {
    connection: stage.env.nativeConnection,
    namespace: stage.env.namespace ?? 'default',
    activities: proxyOf(stage),
    dataConverter: stage.env.options.client.dataConverter ?? testDataConverter(),
    maxHeartbeatThrottleInterval: 50,
  };
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: queues.statements,
      workflowBundle: { codePath },
      maxCachedWorkflows,
      workflowFailureErrorTypes: { '*': ['Error'] },
    }),
    Worker.create({ ...shared, taskQueue: queues.statementFiles }),
  ]);
  const runs = workers.map((worker) => worker.run());
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
    },
  };
}

const stepNames = [
  'inspectFile',
  'parseStatement',
  'forgetPassword',
  'markWaiting',
  'resumeProcessing',
  'recordApproval',
  'proveStatement',
  'postStatement',
  'checkCategorised',
  'finishStatement',
  'refuseStatement',
  'abandonStatement',
  'failStatement',
  'reverseTransactions',
  'finishUndo',
  'failUndo',
] as const satisfies readonly (keyof Steps)[];

function proxyOf(stage: Stage): Record<string, (input: never) => Promise<unknown>> {
  const entries = stepNames.map((name) => [name, (input: never) => play(stage, name, input)]);
  return Object.fromEntries(entries);
}

async function play(stage: Stage, name: keyof Steps, input: never): Promise<unknown> {
  stage.calls.push(name);
  const step: ((input: never) => Promise<unknown>) | undefined = stage.steps[name];
  if (step === undefined) throw new Error(`the test put no ${name} on stage`);
  return step(input);
}

/** An ingestion with fresh ids; `start` is what the API would hand to the gateway. */
export function aStatement(extra: Partial<IngestStatementInput> = {}): {
  tenantId: TenantId;
  statementId: StatementId;
  start: Extract<WorkflowStart, { workflow: 'ingestStatement' }>;
} {
  const tenantId = id('tenant', randomUUID());
  const statementId = id('statement', randomUUID());
  const sha256 = randomBytes(32).toString('hex');
  const operationId = id('operation', randomUUID());
  const input = { tenantId, statementId, operationId, uploadId: randomUUID(), ...extra };
  const workflowId = statementWorkflowId({ tenantId, sha256, attempt: 1 });
  const facts = { workflowId, tier: 'starter', summary: 'Statement for a test' } as const;
  return { tenantId, statementId, start: { ...facts, workflow: 'ingestStatement', input } };
}
