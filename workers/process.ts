/**
 * Runs the services of one worker process and stops them in the right order: first nothing new is
 * taken in, then what is under way is finished, then connections close.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ScheduleClient, Connection } from '@temporalio/client';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { ensureWorkflowBundle } from '../temporal/bundle.ts';
import { syncSchedules } from '../temporal/schedules.ts';
import { setupNamespace } from '../temporal/setup-namespace.ts';
import { activityInterceptor } from './activity-interceptor.ts';
import { readsEvents, startConsumer, type Part } from './consumers.ts';
import { plansOf, runsWorkflows } from './plans.ts';
import type { ServiceName } from './services.ts';
import { connectPatiently, createWorkers } from './temporal-workers.ts';
import type { World } from './world.ts';

export interface WorkerProcess {
  /** The parts of the process by name, with whether they run. */
  parts(): Record<string, boolean>;
  /** Resolves when everything is drained and closed. */
  stop(): Promise<void>;
  /** Rejects when a worker dies of itself; the process should then end. */
  failed: Promise<never>;
}

const retentionDays = 30;
const retryMs = 1_000;

/** Starts everything the services need; what is not reachable yet is tried until it is. */
export function startProcess(
  world: World,
  services: readonly ServiceName[],
  root: string,
): WorkerProcess {
  const stopping = new AbortController();
  const failure = Promise.withResolvers<never>();
  const consumers = services.map((service) => runConsumer(world, service, stopping.signal));
  const temporal = runTemporal({ world, services, root, signal: stopping.signal, failure });
  const parts = [...consumers.filter((part) => part !== undefined), temporal];
  return {
    parts: () => Object.fromEntries(parts.map((part) => [part.name, part.isUp()])),
    failed: failure.promise,
    async stop() {
      stopping.abort();
      for (const part of parts) await part.stop();
      await world.close();
    },
  };
}

interface RunningPart extends Part {
  name: string;
  isUp(): boolean;
}

/** A consumer needs its topics and a broker; both may come later than this process. */
function runConsumer(
  world: World,
  service: ServiceName,
  signal: AbortSignal,
): RunningPart | undefined {
  if (!readsEvents(service)) return undefined;
  let part: Part | undefined;
  const starting = untilItWorks(world, `${service}NotStarted`, signal, async () => {
    if (service !== 'relay') await world.bus.prepareTopics();
    part = await startConsumer(service, world);
  });
  return {
    name: service,
    isUp: () => part !== undefined,
    async stop() {
      await starting;
      await part?.stop();
    },
  };
}

interface TemporalSettings {
  world: World;
  services: readonly ServiceName[];
  root: string;
  signal: AbortSignal;
  failure: PromiseWithResolvers<never>;
}

function runTemporal(settings: TemporalSettings): RunningPart {
  let workers: readonly Worker[] = [];
  let connection: NativeConnection | undefined;
  let runs: Promise<unknown> = Promise.resolve();
  const { world, services, signal, failure } = settings;
  const isNeeded = services.some(runsWorkflows);
  const starting = !isNeeded
    ? Promise.resolve()
    : untilItWorks(world, 'temporalNotReady', signal, async () => {
        connection ??= await connect(world, signal);
        if (services.includes('maintenance')) await prepareNamespace(world);
        const plans = plansOf(world, services, await bundle(settings));
        workers = await createWorkers(plans, sharedOptions(world, connection));
        runs = Promise.all(workers.map((worker) => worker.run()));
        runs.catch(failure.reject);
      });
  return {
    name: 'temporal',
    isUp: () => !isNeeded || (workers.length > 0 && workers.every(isRunning)),
    async stop() {
      await starting;
      for (const worker of workers) if (isRunning(worker)) worker.shutdown();
      await runs;
      await connection?.close();
    },
  };
}

function bundle({ world, root }: TemporalSettings): Promise<string> {
  return ensureWorkflowBundle({ root, directory: world.config.temporal.bundleDirectory });
}

function isRunning(worker: Worker): boolean {
  return worker.getState() === 'RUNNING';
}

function connect(world: World, signal: AbortSignal): Promise<NativeConnection> {
  const { address } = world.config.temporal;
  const onRefused = (err: unknown) =>
    world.telemetry.log.warn({ event: 'temporalUnreachable', address, err });
  return connectPatiently(address, { signal, onRefused });
}

function sharedOptions(world: World, connection: NativeConnection) {
  return {
    connection,
    namespace: world.config.temporal.namespace,
    dataConverter: world.dataConverter,
    interceptors: { activity: [activityInterceptor(world.telemetry)] },
  };
}

async function prepareNamespace({ config }: World): Promise<void> {
  const { address, namespace } = config.temporal;
  const connection = await Connection.connect({ address });
  try {
    await setupNamespace(connection, { namespace, retentionDays });
    await syncSchedules(new ScheduleClient({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

/** Tries until it works or the process stops; every refusal is logged. */
async function untilItWorks(
  world: World,
  event: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (err) {
      if (!signal.aborted) world.telemetry.log.warn({ event, err });
      await delay(retryMs, undefined, { signal }).catch(() => {});
    }
  }
}
