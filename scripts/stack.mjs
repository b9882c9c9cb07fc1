import path from 'node:path';
import process from 'node:process';
import { profileDirectory } from './paths.mjs';
import { reservePort } from './ports.mjs';
import { profileSecrets } from './profile-secrets.mjs';
import { kafkaJars, startKafka } from './services/kafka.mjs';
import { startPostgres } from './services/postgres.mjs';
import { findRedis, startRedis } from './services/redis.mjs';
import { startTemporal } from './services/temporal.mjs';
import { temporalProgram } from './services/temporal-program.mjs';
import { done, progress, stopwatch } from './terminal.mjs';

const usualPorts = {
  postgres: 54320,
  redis: 63790,
  kafka: 19092,
  temporal: 7233,
  'temporal UI': 8233,
};

/**
 * Starts PostgreSQL, Redis, Kafka and Temporal side by side and answers the environment that leads
 * the product to them, secrets of the profile included.
 * `ephemeral` is for tests: data of the last run is removed, ports are random, Temporal keeps its
 * runs in memory, and services that the environment names are left alone. `afterPostgres` is called
 * with the environment as soon as the database answers, while slower services still start.
 */
export async function startStack({ supervisor, ephemeral = false, codecUrl, afterPostgres }) {
  const { profile } = supervisor;
  const secrets = profileSecrets(profile);
  const own = profileEnvironment(profile, secrets);
  const configured = ephemeral ? {} : process.env;
  const reserve = (name) => reservePort(name, ephemeral ? undefined : usualPorts[name]);
  const context = { profile, supervisor, secrets, ephemeral, configured, reserve };
  const launch = async (name, startService, more) => {
    const seconds = stopwatch();
    const onProgress = (detail) => progress(name, detail);
    const service = await startService({ ...context, onProgress, ...more });
    done(name, service.how, seconds());
    return [name, service];
  };
  const launched = await allOrFirstFailure([
    launch('temporal', startTemporal, { codecUrl }),
    launch('kafka', startKafka),
    launch('postgres', startPostgres).then(async (entry) => {
      await afterPostgres?.({ ...own, ...entry[1].env });
      return entry;
    }),
    launch('redis', startRedis),
  ]);
  const services = Object.fromEntries(launched);
  supervisor.note({ services: describe(services) });
  const fromServices = Object.assign({}, ...Object.values(services).map(({ env }) => env));
  return { ...own, ...fromServices };
}

/**
 * Begins the slow downloads and the build of Temporal at once, while packages are installed.
 * What fails here fails again, with its reason, when the service is started.
 */
export async function fetchTools(configured = process.env) {
  const fetching = [];
  if (!configured.TEMPORAL_ADDRESS) {
    fetching.push(temporalProgram((detail) => progress('temporal', detail)));
  }
  if (!configured.KAFKA_BROKERS) fetching.push(kafkaJars((detail) => progress('kafka', detail)));
  if (!configured.REDIS_URL) fetching.push(findRedis());
  await Promise.allSettled(fetching);
}

function describe(services) {
  const entries = Object.entries(services);
  return Object.fromEntries(entries.map(([name, { how, port }]) => [name, { how, port }]));
}

function profileEnvironment(profile, secrets) {
  return {
    NODE_ENV: profile === 'test' ? 'test' : 'development',
    DAFTARI_PROFILE: profile === 'test' ? 'test' : 'local',
    DAFTARI_DATA_DIR: path.join(profileDirectory(profile), 'files'),
    DAFTARI_KEK: secrets.kek,
    JWT_PRIVATE_KEY_FILE: secrets.jwtPrivateKeyFile,
  };
}

/** Waits for all even when one fails, so that nothing is still starting when all is stopped. */
async function allOrFirstFailure(promises) {
  const results = await Promise.allSettled(promises);
  const failures = results.filter(({ status }) => status === 'rejected');
  if (failures.length > 0) throw new Error(failures.map((each) => each.reason.message).join('\n'));
  return results.map(({ value }) => value);
}
