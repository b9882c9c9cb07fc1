/**
 * The whole product for one suite: gateway and workers as real processes over a database, Kafka
 * topics and a Temporal namespace of their own. Its client speaks only the public API.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { hashPassword } from '../../api/auth/passwords.ts';
import { ensureDemoTenant, demoLogin } from '../../scripts/demo-tenant.ts';
import { scheduleId } from '../../temporal/workflow-ids.ts';
import { setupNamespace } from '../../temporal/setup-namespace.ts';
import { openChecker, type Checker } from './checker.ts';
import { createTestDatabase, testKek, type TestDatabase } from './database.ts';
import { freePort, launch, startProgram, type Running } from './processes.ts';
import { serviceVariable } from './services.ts';
import { aTenant } from './tenants.ts';
import { signIn, type ApiClient } from './api-client.ts';

/** How Node is told to keep a worker small, as everywhere one is started. */
export const workerFlags: readonly string[] = z
  .array(z.string())
  .parse(JSON.parse(readFileSync('workers/node-flags.json', 'utf8')));

export type RunState = 'Running' | 'Completed' | 'Failed' | 'Terminated' | 'TimedOut' | 'Canceled';

export interface Stack {
  url: string;
  env: Readonly<Record<string, string>>;
  database: TestDatabase;
  checker: Checker;
  /** Id of the demo tenant, as the database has it. */
  tenantId: string;
  /** Signed in as the demo tenant's owner. */
  client(): Promise<ApiClient>;
  startGateway(extra?: Record<string, string>): Promise<Running>;
  startWorkers(extra?: Record<string, string>, service?: string): Promise<Running>;
  /** Starts workers that are expected to die, without waiting for them to be ready. */
  launchWorkers(extra?: Record<string, string>, service?: string): Promise<Running>;
  /** Another business in the same database, and its owner's client. */
  newTenant(): Promise<{ tenantId: string; client: ApiClient }>;
  /** Runs of statements in one of the given states, by workflow id. */
  runs(...states: RunState[]): Promise<string[]>;
  /** Lets one of the scheduled jobs of the house run now. */
  runSchedule(job: string): Promise<void>;
  /** The last lines of every process so far, for the message of a failing test. */
  output(): string;
  close(): Promise<void>;
}

/** Prepares everything and starts nothing; the suite starts the processes it needs. */
export async function openStack(): Promise<Stack> {
  const mark = randomBytes(4).toString('hex');
  const namespace = `suite-${mark}`;
  const [database, gatewayPort] = await Promise.all([
    createTestDatabase(),
    freePort(),
    prepareNamespace(namespace),
  ]);
  await ensureDemoTenant(database.db);
  const url = `http://127.0.0.1:${gatewayPort}`;
  const env = environmentOf({ mark, namespace, database, gatewayPort });
  const checker = await openChecker(database.ownerUrl);
  const [tenant] = await database.asOwner("select id from platform.tenants where slug = 'demo'");
  const running: Running[] = [];
  const keep = (process: Running) => {
    running.push(process);
    return process;
  };
  const gateway = { name: 'gateway', args: ['api/main.ts'] };
  const workers = (service: string) => ({
    name: 'workers',
    args: [...workerFlags, 'workers/main.ts', `--service=${service}`],
  });
  return {
    url,
    env,
    database,
    checker,
    tenantId: String(tenant?.['id']),
    client: () => signIn(url, demoLogin),
    startGateway: async (extra = {}) =>
      keep(await startProgram({ ...gateway, env: { ...env, ...extra } })),
    startWorkers: async (extra = {}, service = 'all') =>
      keep(await startProgram({ ...workers(service), env: { ...env, ...extra } })),
    launchWorkers: async (extra = {}, service = 'all') =>
      keep(await launch({ ...workers(service), env: { ...env, ...extra } })),
    newTenant: async () => {
      const password = 'a long enough password';
      const { tenantId, email } = await aTenant(database.db, {
        passwordHash: await hashPassword(password),
      });
      return { tenantId, client: await signIn(url, { email, password }) };
    },
    runs: (...states) => runsIn(namespace, states),
    runSchedule: (job) =>
      withTemporal(namespace, ({ schedule }) => schedule.getHandle(scheduleId(job)).trigger()),
    output: () => running.map(lastLines).join('\n'),
    async close() {
      await Promise.all(
        running.filter((process) => process.isAlive()).map((process) => process.kill()),
      );
      await checker.close();
      await database.drop();
    },
  };
}

function lastLines(process: Running): string {
  const state = process.isAlive() ? 'runs' : 'is gone';
  const recent = process.output().split('\n').slice(-25);
  const lines = recent.map((line) => line.slice(0, 400)).join('\n');
  return `--- ${process.name} ${process.pid} ${state}\n${lines}`;
}

async function prepareNamespace(namespace: string): Promise<void> {
  const connection = await Connection.connect({ address: serviceVariable('TEMPORAL_ADDRESS') });
  await setupNamespace(connection, { namespace, retentionDays: 1 });
  await connection.close();
}

async function runsIn(namespace: string, states: readonly RunState[]): Promise<string[]> {
  const wanted = states.map((state) => `'${state}'`).join();
  const query = `ExecutionStatus in (${wanted}) and WorkflowType in ('ingestStatement', 'undoStatement')`;
  return withTemporal(namespace, async ({ workflow }) => {
    const found: string[] = [];
    for await (const { workflowId } of workflow.list({ query })) found.push(workflowId);
    return found;
  });
}

async function withTemporal<Result>(
  namespace: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address: serviceVariable('TEMPORAL_ADDRESS') });
  try {
    return await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

function environmentOf(parts: {
  mark: string;
  namespace: string;
  database: TestDatabase;
  gatewayPort: number;
}) {
  return {
    DAFTARI_PROFILE: 'test',
    LOG_LEVEL: 'warn',
    DATABASE_URL: parts.database.appUrl,
    REDIS_URL: serviceVariable('REDIS_URL'),
    KAFKA_BROKERS: serviceVariable('KAFKA_BROKERS'),
    KAFKA_TOPIC_PREFIX: `${parts.mark}.`,
    TEMPORAL_ADDRESS: serviceVariable('TEMPORAL_ADDRESS'),
    TEMPORAL_NAMESPACE: parts.namespace,
    TEMPORAL_UI_URL: serviceVariable('TEMPORAL_UI_URL'),
    WORKFLOW_BUNDLE_DIR: '.daftari/test',
    DAFTARI_KEK: testKek.toString('base64'),
    DAFTARI_KEK_ID: 'test',
    JWT_PRIVATE_KEY_FILE: serviceVariable('JWT_PRIVATE_KEY_FILE'),
    GATEWAY_PORT: String(parts.gatewayPort),
    PUBLIC_URL: `http://127.0.0.1:${parts.gatewayPort}`,
    DEMO_LOGIN: 'true',
    RATE_LIMIT_FACTOR: '1000',
  };
}
