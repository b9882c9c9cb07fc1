/**
 * A time-skipping Temporal server for one test file, with workers whose activities are whatever the
 * test put on stage. Payloads are encrypted as in production.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { MaintenanceSteps } from '../../activities/maintenance.ts';
import type { RowChangeSteps } from '../../activities/row-change-steps.ts';
import type {
  FileSteps,
  MendSteps,
  StatementSteps,
  UndoSteps,
} from '../../activities/statement-steps.ts';
import { id, type StatementId, type TenantId } from '../../domain/ids.ts';
import type { ColumnMapping } from '../../domain/statements/terms.ts';
import { ensureWorkflowBundle } from '../../temporal/bundle.ts';
import { openTemporalGateway, type TemporalGateway } from '../../temporal/client.ts';
import { createDataConverter } from '../../temporal/data-converter.ts';
import { queues } from '../../temporal/queues.ts';
import { registerSearchAttributes } from '../../temporal/setup-namespace.ts';
import { tenantInterceptor } from '../../temporal/tracing.ts';
import {
  rowChangeWorkflowId,
  statementMendWorkflowId,
  statementUndoWorkflowId,
  statementWorkflowId,
} from '../../temporal/workflow-ids.ts';
import type { IngestStatementInput, WorkflowStart } from '../../workflows/types.ts';
import { serviceVariable } from './services.ts';

export type Steps = FileSteps &
  StatementSteps &
  UndoSteps &
  MendSteps &
  RowChangeSteps &
  MaintenanceSteps;

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
export async function openStage(
  options: { maxCachedWorkflows?: number; kek?: Buffer } = {},
): Promise<Stage> {
  installQuietRuntime();
  const dataConverter = testDataConverter(options.kek);
  const env = await openTimeSkipping(dataConverter);
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

/** Call before anything of the SDK is used in a test file; only errors are printed. */
export function installQuietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} },
    },
  });
}

/** Every step of a file that opens, proves, posts and is categorised at once. */
export function smoothSteps(): Steps {
  return {
    inspectFile: async () => ({ kind: 'readable' }),
    parseStatement: async () => ({ kind: 'read', rowCount: 3, rejectCount: 0 }),
    forgetPassword: async () => {},
    markWaiting: async () => {},
    resumeProcessing: async () => {},
    recordApproval: async () => {},
    proveStatement: async () => ({ verdict: 'proven', rowCount: 3, rejectCount: 0, detail: '' }),
    postStatement: async () => ({ newRowCount: 3, knownRowCount: 0 }),
    checkCategorised: async () => {},
    finishStatement: async () => ({ categorisedCount: 3 }),
    refuseStatement: async () => {},
    abandonStatement: async () => {},
    failStatement: async () => {},
    reverseTransactions: async () => ({ reversedCount: 3, keptCount: 1 }),
    finishUndo: async () => {},
    failUndo: async () => {},
    takeInMended: async () => ({
      ...{ kind: 'taken-in', mendedCount: 2, skippedCount: 1, rejectCount: 0, verdict: 'proven' },
    }),
    failMending: async () => {},
    carryOutChange: async () => ({ changedCount: 3 }),
    sweepOrphanUploads: async () => ({ 'uploads removed': 2 }),
    sweepIdempotencyKeys: async () => ({ 'keys forgotten': 5 }),
    checkInvariants: async () => ({ 'violations found': 0 }),
    anchorAudit: async () => ({ 'chains anchored': 3 }),
    startPulls: async () => ({ 'shortcodes looked at': 2 }),
    sweepOutbox: async () => ({ 'rows removed': 7, 'rows waiting': 0 }),
    sweepSignIns: async () => ({ 'sessions forgotten': 1 }),
    keepSigningKeys: async () => ({ 'keys moved': 1 }),
    sweepCallbacks: async () => ({ 'callbacks erased': 4 }),
    sweepOldUploads: async () => ({ 'files erased': 2 }),
    keepFlagRequests: async () => ({ 'changes applied': 1 }),
    tieReversals: async () => ({ 'reversals tied': 2 }),
    keepBreaches: async () => ({ 'breaches looked at': 1 }),
    askForBalances: async () => ({ 'shortcodes asked about': 2 }),
    keepLedgers: async () => ({ 'transactions sealed': 3 }),
  };
}

/** Steps of a file that opens with the ticket `right` only. */
export function lockedFile(): Pick<Steps, 'inspectFile'> {
  return {
    inspectFile: async ({ passwordTicket }) => {
      if (passwordTicket === 'right') return { kind: 'readable' };
      const problem = passwordTicket === undefined ? 'password-needed' : 'password-wrong';
      return { kind: 'password', problem };
    },
  };
}

/** A proof that a person has to look at. */
export const doubtfulProof: Pick<Steps, 'proveStatement'> = {
  proveStatement: async () => ({
    verdict: 'needsReview',
    rowCount: 3,
    rejectCount: 1,
    detail: 'The printed total differs by KES 10.00.',
  }),
};

/** The mapping of a foreign file. */
export const someMapping: ColumnMapping = {
  headerRow: 0,
  delimiter: ',',
  dateOrder: 'day-first',
  columns: { completionTime: 'Date', details: 'Narration', amount: 'Amount' },
  signRule: 'negative-is-out',
};

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
    Worker.create({ ...shared, taskQueue: queues.maintenance, workflowBundle: { codePath } }),
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
  'takeInMended',
  'failMending',
  'carryOutChange',
  'sweepOrphanUploads',
  'sweepIdempotencyKeys',
  'checkInvariants',
  'sweepOutbox',
  'sweepSignIns',
  'anchorAudit',
  'keepLedgers',
  'startPulls',
  'askForBalances',
  'keepFlagRequests',
  'tieReversals',
  'keepBreaches',
  'keepSigningKeys',
  'sweepOldUploads',
  'sweepCallbacks',
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

/** The undo of a statement, as the API would ask for it. */
export function anUndo(): Extract<WorkflowStart, { workflow: 'undoStatement' }> {
  const tenantId = id('tenant', randomUUID());
  const statementId = id('statement', randomUUID());
  const operationId = id('operation', randomUUID());
  const requestedBy = id('user', randomUUID());
  const workflowId = statementUndoWorkflowId({ tenantId, statementId });
  const facts = { workflowId, tier: 'starter', summary: 'Undo for a test' } as const;
  const input = { tenantId, statementId, operationId, requestedBy };
  return { ...facts, workflow: 'undoStatement', input };
}

/** Typed rows of a statement, as the API would ask for them to be taken in. */
export function aMending(): Extract<WorkflowStart, { workflow: 'mendStatement' }> {
  const { input } = anUndo();
  const { tenantId, statementId, operationId } = input;
  const workflowId = statementMendWorkflowId({ tenantId, statementId, operationId });
  const facts = { workflowId, tier: 'starter', summary: 'Typed rows for a test' } as const;
  return { ...facts, workflow: 'mendStatement', input };
}

/** A change of many rows, as the API would ask for it to be carried out or taken back. */
export function aRowChange(
  deed: 'apply' | 'take-back',
): Extract<WorkflowStart, { workflow: 'changeRows' }> {
  const tenantId = id('tenant', randomUUID());
  const changeId = id('rowChange', randomUUID());
  const workflowId = rowChangeWorkflowId({ tenantId, changeId, deed });
  const facts = { workflowId, tier: 'starter', summary: 'Change for a test' } as const;
  return { ...facts, workflow: 'changeRows', input: { tenantId, changeId, deed } };
}

/** The key recorded histories are encrypted with: they hold nothing but invented ids. */
export const historyKek: Buffer = Buffer.alloc(32, 7);

/** A busy machine may not start the server within the five seconds it is given. */
export async function openTimeSkipping(
  dataConverter: ReturnType<typeof testDataConverter>,
  tries = 4,
): Promise<TestWorkflowEnvironment> {
  const path = serviceVariable('TEMPORAL_TEST_SERVER');
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
      client: { dataConverter, interceptors: { workflow: [tenantInterceptor()] } },
    });
  } catch (error) {
    if (tries === 1) throw error;
    return openTimeSkipping(dataConverter, tries - 1);
  }
}
