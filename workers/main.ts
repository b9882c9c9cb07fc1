/**
 * The entry of every worker process: `node workers/main.ts --service=all`, or one or more of the
 * services by name. SIGTERM and SIGINT drain it; a second signal ends it at once.
 */
import { flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { argv, env } from 'node:process';
import { readConfig } from '../config.ts';
import { createTelemetry, type Telemetry } from '../telemetry.ts';
import { startAdminServer } from './admin-server.ts';
import { startProcess, type WorkerProcess } from './process.ts';
import { readServices } from './services.ts';
import { installRuntime } from './temporal-runtime.ts';
import { openWorld } from './world.ts';

const root = resolve(import.meta.dirname, '..');

async function run(): Promise<void> {
  const services = readServices(argv.slice(2));
  const config = readConfig(env);
  const service = services.length === 1 ? (services[0] ?? 'workers') : 'workers';
  const telemetry = createTelemetry({ service, config });
  installRuntime(telemetry.log);
  const worker = startProcess(openWorld(config, telemetry, root), services, root);
  const admin = await startAdminServer({
    port: config.adminPort,
    registry: telemetry.registry,
    parts: worker.parts,
  });
  telemetry.log.info({ event: 'workerStarted', services, adminPort: admin.port });
  // Kept now, where it is kept at all: a process that is killed takes along what it compiled.
  flushCompileCache();
  const reason = await Promise.race([stopSignal(), worker.failed]);
  telemetry.log.info({ event: 'workerStopping', reason });
  await drain(worker, telemetry);
  await admin.stop();
  await telemetry.stop();
}

async function drain(worker: WorkerProcess, { log }: Telemetry): Promise<void> {
  const startedAt = performance.now();
  await worker.stop();
  log.info({ event: 'workerStopped', seconds: (performance.now() - startedAt) / 1000 });
}

function stopSignal(): Promise<string> {
  return new Promise((settle) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        settle(signal);
      });
    }
  });
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
