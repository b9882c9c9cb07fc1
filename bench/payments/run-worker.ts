/**
 * A worker process with the collection runs of the product and bare runs beside them. Every step
 * answers at once, so that what is measured is the runs themselves: `address namespace kek`.
 */
import { resolve } from 'node:path';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type InjectedSinks,
} from '@temporalio/worker';
import { ensureWorkflowBundle } from '../../temporal/bundle.ts';
import { createDataConverter } from '../../temporal/data-converter.ts';
import { queues } from '../../temporal/queues.ts';
import { silentSteps, standing } from '../../tests/support/collection-runs.ts';
import { createWorkers } from '../../workers/temporal-workers.ts';
import type { BareSinks } from './bare-workflow.ts';
import { bareQueue } from './run-stage.ts';

const [address = '', namespace = '', kek = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const dataConverter = createDataConverter({ kek: Buffer.from(kek, 'hex'), kekId: 'bench' });
const connection = await NativeConnection.connect({ address });
const shared = { connection, namespace, dataConverter };
const steps = { ...silentSteps(), settleCollection: async () => standing('paid', '0') };
const codePath = await ensureWorkflowBundle({ directory: '.daftari' });
const bare = await bundleWorkflowCode({
  workflowsPath: resolve('bench/payments/bare-workflow.ts'),
  logger: new DefaultLogger('ERROR'),
});
/**
 * Tells the bench that the run waits for its signal from now on, as a prompted phone's push does. Told
 * any earlier, the signal would meet the activity's result and spare the run a whole workflow task.
 */
const sinks: InjectedSinks<BareSinks> = {
  bench: { waits: { fn: (_info, workflowId) => console.log(workflowId) } },
};
const touch = async () => 'done';
const plans = [
  { queue: queues.payments, activities: steps, codePath, slots: 'many' },
  { queue: queues.daraja, activities: steps, slots: 'many' },
] as const;
const workers = [
  ...(await createWorkers(plans, shared)),
  await Worker.create({
    ...{ ...shared, taskQueue: bareQueue, workflowBundle: bare },
    ...{ activities: { touch }, sinks, maxCachedWorkflows: 200 },
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: 16,
  }),
];
const running = Promise.all(workers.map((worker) => worker.run()));
process.on('SIGTERM', () => {
  for (const worker of workers) worker.shutdown();
});
console.log('ready');
await running;
