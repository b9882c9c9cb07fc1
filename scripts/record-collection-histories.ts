/**
 * Records one history of every way money can come in, for tests/replay: the same rules as
 * `scripts/record-histories.ts`.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  beginCollection,
  openCollectionRuns,
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

async function record(runs: CollectionRuns, scenario: Scenario, folder: string): Promise<void> {
  isPaid = false;
  const run = await beginCollection(runs, scenario.steps);
  await scenario.act?.(run, runs);
  await run.result();
  const file = join(folder, `${scenario.name}.json`);
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
  if (existsSync(join(folder, 'collection-paid.json'))) {
    throw new Error(`${version} is recorded; released versions are never recorded again`);
  }
  mkdirSync(folder, { recursive: true });
  const runs = await openCollectionRuns({ kek: historyKek });
  for (const scenario of scenarios) await record(runs, scenario, folder);
  await runs.close();
}

const [version = 'v0.2'] = process.argv.slice(2);
await main(version);
