/**
 * Records one history of every way money can come in, for tests/replay: the same rules as
 * `scripts/record-histories.ts`. What a version has recorded already is left as it is.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { id } from '../domain/ids.ts';
import {
  collectBatchWorkflowId,
  confirmPaymentWorkflowId,
  lateCollectionWorkflowId,
  pullWorkflowId,
} from '../temporal/workflow-ids.ts';
import type { CollectionStart } from '../workflows/collection-types.ts';
import {
  beginCollection,
  openCollectionRuns,
  silentSteps,
  standing,
  type CollectionRuns,
  type CollectionStageSteps,
} from '../tests/support/collection-runs.ts';
import { historyKek } from '../tests/support/temporal.ts';

type Run = Awaited<ReturnType<typeof beginCollection>>;

interface Scenario {
  name: string;
  steps: Partial<CollectionStageSteps>;
  act?: (run: Run, runs: CollectionRuns) => Promise<unknown>;
}

let isPaid = false;
const payable: Partial<CollectionStageSteps> = {
  settleCollection: async () => (isPaid ? standing('paid', '0') : standing('prompted')),
};

const scenarios: readonly Scenario[] = [
  {
    name: 'collection-paid',
    steps: payable,
    act: async (run) => {
      await run.acceptance();
      isPaid = true;
      await run.hear();
    },
  },
  { name: 'collection-silent', steps: {} },
  {
    name: 'collection-refused',
    steps: {
      sendStkPush: async () => ({ kind: 'refused', code: '400.002.02', words: 'Invalid' }),
    },
  },
  {
    name: 'collection-cancelled',
    steps: {},
    act: async (run) => {
      await run.acceptance();
      await run.cancel();
    },
  },
  {
    name: 'collection-stopped',
    steps: {},
    act: async (run, runs) => {
      await run.acceptance();
      await runs.gateway.cancel(run.start.workflowId);
    },
  },
];

/** Runs that are started by what arrived, by a list or by the clock; nobody talks to them. */
interface Quiet {
  name: string;
  steps: Partial<CollectionStageSteps>;
  start: () => CollectionStart;
}

const facts = { tier: 'starter', summary: 'Record a history' } as const;
const aTenant = () => id('tenant', randomUUID());

function late(): CollectionStart {
  const [tenantId, collectionId] = [aTenant(), id('collection', randomUUID())];
  const witnessId = randomUUID();
  const workflowId = lateCollectionWorkflowId({ tenantId, witnessId });
  const input = { tenantId, collectionId, witnessId };
  return { ...facts, workflow: 'lateCollection', workflowId, input };
}

function arrival(): CollectionStart {
  const [tenantId, receivedPaymentId] = [aTenant(), id('receivedPayment', randomUUID())];
  const workflowId = confirmPaymentWorkflowId({ tenantId, receivedPaymentId });
  const input = { tenantId, receivedPaymentId };
  return { ...facts, workflow: 'confirmPayment', workflowId, input };
}

function batch(): CollectionStart {
  const [tenantId, batchId] = [aTenant(), id('collectionBatch', randomUUID())];
  const workflowId = collectBatchWorkflowId({ tenantId, batchId });
  const input = { tenantId, batchId, timeScale: 1 };
  return { ...facts, workflow: 'collectBatch', workflowId, input };
}

function look(): CollectionStart {
  const [tenantId, shortcodeId] = [aTenant(), id('shortcode', randomUUID())];
  const workflowId = pullWorkflowId({ tenantId, shortcodeId, atMs: Date.now() });
  return { ...facts, workflow: 'pullPayments', workflowId, input: { tenantId, shortcodeId } };
}

/** The first look says to wait, the second that a person decides. */
const waitThenDesk: CollectionStageSteps['allocateReceived'] = async ({ isLastTry }) =>
  isLastTry === true ? { outcome: 'desk' } : { outcome: 'wait', afterMs: 20_000 };
const linked = {
  outcome: 'linked',
  witnessId: randomUUID(),
  collectionWorkflowId: `collection/${aTenant()}/${randomUUID()}`,
} as const;
let rounds = 0;

const quiet: readonly Quiet[] = [
  {
    name: 'late-collection-paid',
    steps: { settleCollection: async () => standing('paid', '0') },
    start: late,
  },
  {
    name: 'payment-allocated',
    steps: { allocateReceived: async () => ({ outcome: 'allocated' }) },
    start: arrival,
  },
  { name: 'payment-waited-for', steps: { allocateReceived: waitThenDesk }, start: arrival },
  { name: 'payment-linked', steps: { allocateReceived: async () => linked }, start: arrival },
  {
    name: 'batch-finished',
    steps: {
      startBatchRows: async () => ({ startedCount: 40, isDone: (rounds += 1) > 1 }),
    },
    start: batch,
  },
  { name: 'pull-complete', steps: {}, start: look },
  {
    name: 'pull-not-told',
    steps: { pullPayments: async () => ({ isComplete: false, newCount: 0 }) },
    start: look,
  },
];

async function recordQuiet(runs: CollectionRuns, scenario: Quiet, file: string): Promise<void> {
  runs.steps = { ...silentSteps(), ...scenario.steps };
  const start = scenario.start();
  const outcome = await runs.gateway.start(start);
  if (outcome.kind !== 'started') throw new Error(`not started: ${outcome.kind}`);
  const handle = runs.env.client.workflow.getHandle(start.workflowId);
  await handle.result();
  const { workflowId } = start;
  const history = await handle.fetchHistory();
  writeFileSync(file, `${JSON.stringify({ workflowId, history }, withoutMachine, 1)}\n`);
}

async function record(runs: CollectionRuns, scenario: Scenario, file: string): Promise<void> {
  isPaid = false;
  const run = await beginCollection(runs, scenario.steps);
  await scenario.act?.(run, runs);
  await run.result();
  const { workflowId } = run.start;
  const history = await run.handle.fetchHistory();
  writeFileSync(file, `${JSON.stringify({ workflowId, history }, withoutMachine, 1)}\n`);
}

/** Worker and client identities name the machine they ran on. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' ? 'recorded' : value;
}

async function main(version: string): Promise<void> {
  const folder = resolve('tests', 'fixtures', 'histories', version);
  mkdirSync(folder, { recursive: true });
  const runs = await openCollectionRuns({ kek: historyKek });
  const fileOf = ({ name }: { name: string }) => join(folder, `${name}.json`);
  const isMissing = (scenario: { name: string }) => !existsSync(fileOf(scenario));
  for (const each of scenarios.filter(isMissing)) await record(runs, each, fileOf(each));
  for (const each of quiet.filter(isMissing)) await recordQuiet(runs, each, fileOf(each));
  await runs.close();
}

const [version = 'v0.2'] = process.argv.slice(2);
await main(version);
