import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import type { PullSteps } from '../../activities/pulls.ts';
import { id } from '../../domain/ids.ts';
import { queues } from '../../temporal/queues.ts';
import { businessStatusKey } from '../../temporal/search-attributes.ts';
import { pullWorkflowId } from '../../temporal/workflow-ids.ts';
import { openStage, testBundle, type Stage } from '../support/temporal.ts';

let stage: Stage;
let stop: () => Promise<void>;
let look: PullSteps['pullPayments'];

beforeAll(async () => {
  stage = await openStage();
  const shared = {
    connection: stage.env.nativeConnection,
    namespace: stage.env.namespace ?? 'default',
    dataConverter: stage.env.options.client.dataConverter ?? {},
  };
  const workers = await Promise.all([
    Worker.create({
      ...{ ...shared, taskQueue: queues.payments, maxCachedWorkflows: 0 },
      workflowBundle: { codePath: await testBundle() },
    }),
    Worker.create({
      ...{ ...shared, taskQueue: queues.daraja },
      activities: { pullPayments: (input: Parameters<typeof look>[0]) => look(input) },
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  stop = async () => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
});

afterAll(async () => {
  await stop();
  await stage.close();
});

async function runOnce() {
  const tenantId = id('tenant', randomUUID());
  const shortcodeId = id('shortcode', randomUUID());
  const workflowId = pullWorkflowId({ tenantId, shortcodeId, atMs: Date.now() });
  await stage.gateway.start({
    ...{ workflow: 'pullPayments', workflowId, tier: 'starter', summary: 'A look for a test' },
    input: { tenantId, shortcodeId },
  });
  const handle = stage.env.client.workflow.getHandle(workflowId);
  const result: unknown = await handle.result();
  const { typedSearchAttributes } = await handle.describe();
  return { result, status: typedSearchAttributes.get(businessStatusKey) };
}

test('a look tells how many payments nobody had told of', async () => {
  look = async () => ({ isComplete: true, newCount: 3 });

  expect(await runOnce()).toEqual({ result: { newCount: 3 }, status: 'done' });
});

test('a look that fails is tried again, and a list that does not come completes the run', async () => {
  let tries = 0;
  look = async () => {
    tries += 1;
    if (tries === 1) throw new Error('the worker lost the database');
    return { isComplete: false, newCount: 0 };
  };

  expect(await runOnce()).toEqual({ result: { newCount: 0 }, status: 'not-told' });
  expect(tries).toBe(2);
});
