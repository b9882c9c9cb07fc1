/** Everything a worker process shares: database, Redis, Kafka and the door to Temporal. */
import { Redis } from 'ioredis';
import { createFailpoint, type Failpoint } from '../activities/failpoint.ts';
import { openEventBus, type EventBus } from '../activities/kafka/event-bus.ts';
import type { Config } from '../config.ts';
import { openDatabase, type Database } from '../db/database.ts';
import { activeTraceparent, type Telemetry } from '../telemetry.ts';
import { openTemporalGateway, type TemporalGateway } from '../temporal/client.ts';
import { createDataConverter } from '../temporal/data-converter.ts';
import { tenantInterceptor, tracingInterceptor } from '../temporal/tracing.ts';

export interface World {
  config: Config;
  telemetry: Telemetry;
  db: Database;
  redis: Redis;
  bus: EventBus;
  gateway: TemporalGateway;
  dataConverter: ReturnType<typeof createDataConverter>;
  failpoint: Failpoint;
  /** Milliseconds since 1970. */
  nowMs: () => number;
  /** Closes connections, those of producers first; nothing may use them any more. */
  close(): Promise<void>;
}

/** Opens connections lazily: whatever is down now is retried when it is used. */
export function openWorld(config: Config, telemetry: Telemetry, root: string): World {
  const keys = { kek: config.keys.kek.reveal(), kekId: config.keys.kekId };
  const dataConverter = createDataConverter(keys, root);
  const db = openDatabase({
    url: config.database.url.reveal(),
    poolMax: config.database.poolMax,
    applicationName: 'daftari-worker',
    ...keys,
    onEvent: (event) => telemetry.log.debug({ event: event.type, ...event }),
  });
  const redis = openRedis(config, telemetry);
  const bus = openEventBus(config.kafka, telemetry.log);
  const gateway = openTemporalGateway({
    ...config.temporal,
    dataConverter,
    interceptors: [tenantInterceptor(), tracingInterceptor(activeTraceparent)],
  });
  const failpoint = createFailpoint(config.failpoints);
  return {
    ...{ config, telemetry, db, redis, bus, gateway, dataConverter, failpoint, nowMs: Date.now },
    async close() {
      await gateway.close();
      await bus.close();
      redis.disconnect();
      await db.close();
    },
  };
}

/** A Redis that is away fails its callers at once; what they do without it is their decision. */
function openRedis(config: Config, telemetry: Telemetry): Redis {
  const redis = new Redis(config.redis.url.reveal(), {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 2_000,
    connectTimeout: 5_000,
  });
  redis.on('error', (err: Error) => telemetry.log.warn({ event: 'redisUnreachable', err }));
  return redis;
}
