/** A namespace of its own with a worker process, and the client that asks it for runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { openTemporalGateway } from '../../temporal/client.ts';
import { createDataConverter } from '../../temporal/data-converter.ts';
import { setupNamespace } from '../../temporal/setup-namespace.ts';
import { aCollectionStart } from '../../tests/support/collection-runs.ts';
import { workerFlags } from '../../tests/support/stack.ts';
import { serviceVariable } from '../../tests/support/services.ts';

export const bareQueue = 'bare-runs';

export interface RunStage {
  workerPid: number;
  /** A push as the API starts it: it waits for word of the phone once this resolves. */
  beginPush(timeScale?: number): Promise<string>;
  /** The callback's signal. */
  hearOf(workflowId: string): Promise<void>;
  resultOf(workflowId: string): Promise<unknown>;
  /** From start over its one signal to its result; the signal comes once it waits for it. */
  bareRun(): Promise<unknown>;
  countRunning(): Promise<number>;
  close(): Promise<void>;
}

export async function openRunStage(): Promise<RunStage> {
  const namespace = `bench-${randomBytes(4).toString('hex')}`;
  const address = serviceVariable('TEMPORAL_ADDRESS');
  const kek = randomBytes(32);
  const connection = await Connection.connect({ address });
  await setupNamespace(connection, { namespace, retentionDays: 1 });
  const dataConverter = createDataConverter({ kek, kekId: 'bench' });
  const gateway = openTemporalGateway({
    ...{ address, namespace, uiUrl: 'http://ui', dataConverter, connection },
    updateDeadlineMs: 60_000,
  });
  const client = new Client({ connection, namespace, dataConverter });
  const worker = await startWorker([address, namespace, kek.toString('hex')]);
  return {
    workerPid: worker.pid,
    async beginPush(timeScale = 1) {
      const start = aCollectionStart();
      start.input.timeScale = timeScale;
      const update = { name: 'awaitAcceptance', input: {}, requestId: randomUUID() };
      const outcome = await gateway.startAndAsk(start, update);
      if (outcome.kind !== 'answered') throw new Error(`a push was ${outcome.kind}`);
      return start.workflowId;
    },
    async hearOf(workflowId) {
      const signal = { name: 'witnessed', input: { witnessId: randomUUID() } };
      const outcome = await gateway.tell(workflowId, signal);
      if (outcome !== 'delivered') throw new Error(`a callback was ${outcome}`);
    },
    resultOf: (workflowId) => client.workflow.result(workflowId),
    async bareRun() {
      const workflowId = randomUUID();
      const waits = worker.untilSaid(workflowId);
      const handle = await client.workflow.start('bareRun', { taskQueue: bareQueue, workflowId });
      await waits;
      await handle.signal('heard');
      return handle.result();
    },
    countRunning: async () => (await client.workflow.count(`ExecutionStatus = 'Running'`)).count,
    async close() {
      await worker.stop();
      await gateway.close();
      await connection.close();
    },
  };
}

async function startWorker(args: readonly string[]) {
  const node = join(process.cwd(), 'node_modules', '.bin', 'node');
  const program = join('bench', 'payments', 'run-worker.ts');
  const child = spawn(node, [...workerFlags, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const awaited = new Map<string, () => void>();
  createInterface(child.stdout).on('line', (line) => {
    awaited.get(line)?.();
    awaited.delete(line);
  });
  const untilSaid = (line: string) =>
    new Promise<true>((resolve) => awaited.set(line, () => resolve(true)));
  const isReady = await Promise.race([untilSaid('ready'), gone.then(() => false)]);
  if (!isReady || child.pid === undefined) throw new Error('the worker did not start');
  return {
    pid: child.pid,
    untilSaid,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
