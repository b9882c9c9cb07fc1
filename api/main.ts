/** The gateway process: the public listener with API and dashboard, and the private one. */
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { flushCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { Redis } from 'ioredis';
import { createFailpoint } from '../activities/failpoint.ts';
import { readConfig, type Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { activeTraceparent, createTelemetry, type Telemetry } from '../telemetry.ts';
import { openTemporalGateway } from '../temporal/client.ts';
import { createPayloadCodec, payloadKeyring } from '../temporal/codec.ts';
import { createDataConverter } from '../temporal/data-converter.ts';
import { tenantInterceptor, tracingInterceptor } from '../temporal/tracing.ts';
import { createAdminApp } from './admin.ts';
import { createApp } from './app.ts';
import { guardWorld } from './edge/guard-world.ts';
import { buildDependencies } from './build-dependencies.ts';
import { internalRoutes, mountInternal, signatureCheck } from './internal.ts';
import type { PageFolders } from './pages.ts';
import { httpServer } from './server.ts';

const root = resolve(import.meta.dirname, '..');
const drainMs = 10_000;

function openWorld(config: Config, telemetry: Telemetry) {
  const kek = config.keys.kek.reveal();
  const { kekId } = config.keys;
  const redis = new Redis(config.redis.url.reveal(), {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: 5_000,
  });
  redis.on('error', (err: Error) => telemetry.log.warn({ event: 'redisUnreachable', err }));
  const db = openDatabase({
    url: config.database.url.reveal(),
    poolMax: config.database.poolMax,
    kek,
    kekId,
    onEvent: (event) => telemetry.log.info({ event: event.type, ...event }),
  });
  const temporal = openTemporalGateway({
    ...config.temporal,
    dataConverter: createDataConverter({ kek, kekId }, root),
    interceptors: [tenantInterceptor(), tracingInterceptor(activeTraceparent)],
  });
  const failpoint = createFailpoint(config.failpoints);
  return { db, redis, temporal, config, telemetry, failpoint, now: Date.now };
}

/** The dashboard is there once it is built; without it the API works all the same. */
function pageFolders(): PageFolders {
  const dashboard = join(root, 'web/dist');
  const swaggerUi = join(root, 'node_modules/swagger-ui-dist');
  const guide = join(root, 'docs/guide');
  return { swaggerUi, guide, ...(existsSync(join(dashboard, 'index.html')) ? { dashboard } : {}) };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, () => resolve());
  });
}

async function start(): Promise<void> {
  const config = readConfig(env);
  const telemetry = createTelemetry({ service: 'gateway', config });
  const world = openWorld(config, telemetry);
  const { db, redis, temporal } = world;
  const { guarded, breakers } = guardWorld(world);
  const dependencies = buildDependencies(guarded);
  // A key that was retired while this process was away must not sign again.
  await dependencies.authority.keys.refresh();
  let isStopping = false;
  const admin = createAdminApp({
    registry: telemetry.registry,
    required: { database: () => db.ping() },
    optional: {
      redis: () => redis.ping(),
      temporal: async () => {
        if (!(await temporal.ping())) throw new Error('Temporal does not answer');
      },
    },
    breakers,
    isStopping: () => isStopping,
    internal: (app) =>
      mountInternal(app, internalRoutes(dependencies.authority), {
        ...signatureCheck({ db, kek: config.keys.kek.reveal() }),
        now: Date.now,
      }),
    ...(config.profile === 'production' ? {} : { operators: operatorsOf(config) }),
  });
  const front = createApp(dependencies, pageFolders());
  const publicServer = httpServer(front, config.publicUrl);
  const adminServer = httpServer(admin, config.publicUrl);
  await Promise.all([
    listen(publicServer, config.gatewayPort),
    listen(adminServer, config.adminPort),
  ]);
  telemetry.log.info({ event: 'gatewayReady', port: config.gatewayPort, admin: config.adminPort });
  // Kept now, where it is kept at all: a process that is killed takes along what it compiled.
  flushCompileCache();

  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    front.closeSockets();
    await drain(publicServer);
    dependencies.live.close();
    await dependencies.hooks.intake.close();
    await dependencies.denials.close();
    await dependencies.refusals.close();
    dependencies.revocations.close();
    redis.disconnect();
    await Promise.allSettled([temporal.close(), db.close(), drain(adminServer)]);
    await telemetry.stop();
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}

function operatorsOf(config: Config) {
  const keys = { kek: config.keys.kek.reveal(), kekId: config.keys.kekId };
  return { codec: createPayloadCodec(payloadKeyring(keys)), uiUrl: config.temporal.uiUrl };
}

/** Lets requests finish; what is still open after ten seconds (event streams) is cut off. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}

await start();
