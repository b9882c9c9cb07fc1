/**
 * The whole product for one suite: gateway and workers as real processes over a database, Kafka
 * topics and a Temporal namespace of their own. Its client speaks only the public API.
 */
import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { ensureDemoTenant, demoLogin } from '../../scripts/demo-tenant.ts';
import { setupNamespace } from '../../temporal/setup-namespace.ts';
import { openChecker, type Checker } from './checker.ts';
import { createTestDatabase, testKek, type TestDatabase } from './database.ts';
import { freePort, launch, startProgram, type Running } from './processes.ts';
import { serviceVariable } from './services.ts';
import { signIn, type ApiClient } from './api-client.ts';

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
  launchWorkers(extra?: Record<string, string>): Promise<Running>;
  close(): Promise<void>;
}

/** Prepares everything and starts nothing; the suite starts the processes it needs. */
export async function openStack(): Promise<Stack> {
  const mark = randomBytes(4).toString('hex');
  const database = await createTestDatabase();
  await ensureDemoTenant(database.db);
  const gatewayPort = await freePort();
  const env = await environmentOf({ mark, database, gatewayPort });
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
    args: ['workers/main.ts', `--service=${service}`],
  });
  return {
    url: `http://127.0.0.1:${gatewayPort}`,
    env,
    database,
    checker,
    tenantId: String(tenant?.['id']),
    client: () => signIn(`http://127.0.0.1:${gatewayPort}`, demoLogin),
    startGateway: async (extra = {}) =>
      keep(await startProgram({ ...gateway, env: { ...env, ...extra } })),
    startWorkers: async (extra = {}, service = 'all') =>
      keep(await startProgram({ ...workers(service), env: { ...env, ...extra } })),
    launchWorkers: async (extra = {}) =>
      keep(await launch({ ...workers('all'), env: { ...env, ...extra } })),
    async close() {
      await Promise.all(
        running.filter((process) => process.isAlive()).map((process) => process.kill()),
      );
      await checker.close();
      await database.drop();
    },
  };
}

async function environmentOf(parts: { mark: string; database: TestDatabase; gatewayPort: number }) {
  const namespace = `suite-${parts.mark}`;
  const address = serviceVariable('TEMPORAL_ADDRESS');
  const connection = await Connection.connect({ address });
  await setupNamespace(connection, { namespace, retentionDays: 1 });
  await connection.close();
  return {
    DAFTARI_PROFILE: 'test',
    LOG_LEVEL: 'warn',
    DATABASE_URL: parts.database.appUrl,
    REDIS_URL: serviceVariable('REDIS_URL'),
    KAFKA_BROKERS: serviceVariable('KAFKA_BROKERS'),
    KAFKA_TOPIC_PREFIX: `${parts.mark}.`,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_UI_URL: serviceVariable('TEMPORAL_UI_URL'),
    WORKFLOW_BUNDLE_DIR: '.daftari/test',
    DAFTARI_KEK: testKek.toString('base64'),
    DAFTARI_KEK_ID: 'test',
    JWT_PRIVATE_KEY_FILE: serviceVariable('JWT_PRIVATE_KEY_FILE'),
    GATEWAY_PORT: String(parts.gatewayPort),
    PUBLIC_URL: `http://127.0.0.1:${parts.gatewayPort}`,
    DEMO_LOGIN: 'true',
  };
}
