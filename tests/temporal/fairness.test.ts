/** A tenant with a backlog does not starve another one, on the server as it is started for people. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { id } from '../../domain/ids.ts';
import { priorityOf } from '../../temporal/client.ts';
import { serviceVariable } from '../support/services.ts';
import { installQuietRuntime, testBundle } from '../support/temporal.ts';

jest.setTimeout(90_000);

test('the server is started with fairness switched on', () => {
  const script = readFileSync('scripts/services/temporal.mjs', 'utf8');
  expect(script).toContain('matching.useNewMatcher=true');
  expect(script).toContain('matching.enableFairness=true');
});

test('runs of a quiet tenant pass three hundred of a noisy one that came first', async () => {
  installQuietRuntime();
  const address = serviceVariable('TEMPORAL_ADDRESS');
  const namespace = serviceVariable('TEMPORAL_NAMESPACE');
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const taskQueue = `fairness-${randomUUID()}`;
  const [noisy, quiet] = [id('tenant', randomUUID()), id('tenant', randomUUID())];
  const start = (tenant: typeof noisy, n: number) =>
    client.workflow.start('maintenance', {
      taskQueue,
      workflowId: `fairness/${tenant}/${n}`,
      args: [{ job: 'outbox' }],
      priority: priorityOf(tenant, 'starter'),
    });
  for (let from = 0; from < 300; from += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, n) => start(noisy, from + n)));
  }
  const late = await Promise.all(Array.from({ length: 20 }, (_, n) => start(quiet, n)));

  const served: string[] = [];
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    ...{ connection: native, namespace, taskQueue },
    workflowBundle: { codePath: await testBundle() },
    maxConcurrentWorkflowTaskExecutions: 2,
    maxConcurrentActivityTaskExecutions: 1,
    maxCachedWorkflows: 400,
    interceptors: {
      activity: [
        ({ info }) => ({
          inbound: {
            async execute(input, next) {
              served.push(info.workflowExecution?.workflowId ?? '');
              return next(input);
            },
          },
        }),
      ],
    },
    activities: { sweepOutbox: async () => ({ 'rows removed': 0 }) },
  });
  try {
    await worker.runUntil(Promise.all(late.map((handle) => handle.result())));
  } finally {
    await native.close();
    await connection.close();
  }

  // A queue has several partitions, and which one is asked next is chance: the middle run tells
  // whether turns are fair, the last one how the dice fell. Without fairness it comes after 300.
  const places = served.flatMap((workflowId, place) => (workflowId.includes(quiet) ? [place] : []));
  expect(places).toHaveLength(20);
  expect(places[10]).toBeLessThan(150);
});
