/**
 * Records one history of every way a workflow can go, for tests/replay. Run it for each release
 * (`node scripts/record-histories.ts`) and commit what it writes: recordings of released versions
 * are never replaced, because runs of those versions may still be open.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { id } from '../domain/ids.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { IngestState } from '../workflows/types.ts';
import {
  anUndo,
  aRowChange,
  aStatement,
  doubtfulProof,
  historyKek,
  lockedFile,
  openStage,
  smoothSteps,
  someMapping,
  type Stage,
  type Steps,
} from '../tests/support/temporal.ts';
import { until } from '../tests/support/until.ts';

interface Scenario {
  name: string;
  steps: Partial<Steps>;
  /** What people do while it runs. */
  act?: (run: Running) => Promise<unknown>;
}

interface Running {
  stage: Stage;
  workflowId: string;
  reaches(phase: string): Promise<void>;
}

const never = ApplicationFailure.create({ type: failureTypes.bug, nonRetryable: true });
const decidedBy = id('user', randomUUID());

const scenarios: readonly Scenario[] = [
  { name: 'ingest-posted', steps: {} },
  {
    name: 'ingest-password',
    steps: lockedFile(),
    act: async (run) => {
      for (const passwordTicket of ['wrong', 'right']) {
        await run.reaches('waiting-password');
        const target = { workflowId: run.workflowId, requestId: randomUUID() };
        await run.stage.gateway.providePassword(target, { passwordTicket });
      }
    },
  },
  { name: 'ingest-password-expired', steps: lockedFile() },
  {
    name: 'ingest-mapping',
    steps: {
      parseStatement: async ({ mapping }) =>
        mapping
          ? { kind: 'read', rowCount: 3, rejectCount: 0 }
          : { kind: 'mapping', problem: 'mapping-needed', detail: 'Unknown columns.' },
    },
    act: async (run) => {
      await run.reaches('waiting-mapping');
      const target = { workflowId: run.workflowId, requestId: randomUUID() };
      await run.stage.gateway.provideMapping(target, { mapping: someMapping });
    },
  },
  ...(['post', 'refuse'] as const).map((decision) => ({
    name: `ingest-review-${decision}`,
    steps: doubtfulProof,
    act: async (run: Running) => {
      await run.reaches('waiting-review');
      const target = { workflowId: run.workflowId, requestId: randomUUID() };
      await run.stage.gateway.reviewStatement(target, { decision, decidedBy });
    },
  })),
  {
    name: 'ingest-cancelled',
    steps: doubtfulProof,
    act: async (run) => {
      await run.reaches('waiting-review');
      await run.stage.gateway.cancel(run.workflowId);
    },
  },
  { name: 'ingest-failed', steps: { proveStatement: () => Promise.reject(never) } },
  {
    name: 'ingest-signalled',
    steps: { checkCategorised: () => Promise.reject(new Error('not yet')) },
    act: async (run) => {
      await run.reaches('categorising');
      await run.stage.gateway.signalCategorised(run.workflowId, { categorisedCount: 3 });
    },
  },
];

async function record(stage: Stage, scenario: Scenario, folder: string): Promise<void> {
  stage.steps = { ...smoothSteps(), ...scenario.steps };
  const { start } = aStatement();
  const handle = stage.env.client.workflow.getHandle(start.workflowId);
  await stage.gateway.start(start);
  await scenario.act?.({
    stage,
    workflowId: start.workflowId,
    reaches: (phase) =>
      until(async () => (await handle.query<IngestState>('state')).phase === phase),
  });
  await save(stage, start.workflowId, join(folder, `${scenario.name}.json`));
}

async function recordUndo(stage: Stage, folder: string): Promise<void> {
  stage.steps = smoothSteps();
  const start = anUndo();
  await stage.gateway.start(start);
  await save(stage, start.workflowId, join(folder, 'undo.json'));
}

async function recordChange(stage: Stage, folder: string): Promise<void> {
  stage.steps = smoothSteps();
  const start = aRowChange('apply');
  await stage.gateway.start(start);
  await save(stage, start.workflowId, join(folder, 'row-change.json'));
}

async function save(stage: Stage, workflowId: string, file: string): Promise<void> {
  const handle = stage.env.client.workflow.getHandle(workflowId);
  await handle.result().catch(() => {});
  const history = await handle.fetchHistory();
  const text = JSON.stringify({ workflowId, history }, withoutMachine, 1);
  writeFileSync(file, `${text}\n`);
  console.log(file);
}

/** Worker and client identities name the machine they ran on. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' ? 'recorded' : value;
}

const version = process.argv[2] ?? 'v0.1';
const folder = resolve(import.meta.dirname, '../tests/fixtures/histories', version);
if (existsSync(folder)) throw new Error(`${folder} is recorded already; name a new version`);
mkdirSync(folder, { recursive: true });
const stage = await openStage({ kek: historyKek });
for (const scenario of scenarios) await record(stage, scenario, folder);
await recordUndo(stage, folder);
await recordChange(stage, folder);
await stage.close();
