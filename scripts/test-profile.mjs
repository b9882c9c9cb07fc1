import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { migrate } from './migrate.mjs';
import { profileDirectory } from './paths.mjs';
import { readJson, runningState, stopLeftovers, writeJson } from './profile-state.mjs';
import { chromiumProgram } from './services/chromium.mjs';
import { testServerProgram } from './services/test-server.mjs';
import { startStack } from './stack.mjs';
import { createSupervisor } from './supervisor.mjs';
import { done, progress, stopwatch, warn } from './terminal.mjs';

/** The profile whose services and data belong to the tests alone. */
export const testProfile = 'test';

/** The folder of the test profile. */
export const testDirectory = profileDirectory(testProfile);

/** Where the tests read the addresses of their services. */
export const testEnvironmentFile = path.join(testDirectory, 'env.json');

/** The environment of test services that run already, or undefined. */
export function runningTestEnvironment() {
  return runningState(testProfile) ? readJson(testEnvironmentFile) : undefined;
}

/** The supervisor of the test services, once nothing of an earlier run is left. */
export async function testSupervisor() {
  const left = await stopLeftovers(testProfile);
  if (left.length > 0) warn(`Stopped what an earlier test run left behind: ${left.join(', ')}.`);
  return createSupervisor({ profile: testProfile });
}

/** Starts the test services from scratch and answers the environment, which it also writes down. */
export async function startTestServices(supervisor) {
  clearTestEnvironment();
  const files = path.join(testDirectory, 'files');
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  const [services, tools] = await Promise.all([
    startStack({ supervisor, ephemeral: true }),
    testTools(),
  ]);
  const environment = { ...services, ...tools };
  writeJson(testEnvironmentFile, environment);
  return environment;
}

/** Brings the test database to the newest schema. */
export async function migrateTestDatabase(environment) {
  const seconds = stopwatch();
  await migrate(environment);
  done('migrations', 'the test database has the newest schema', seconds());
}

/** Forgets the addresses of services that were stopped. */
export function clearTestEnvironment() {
  rmSync(testEnvironmentFile, { force: true });
}

async function testTools() {
  const seconds = stopwatch();
  const [testServer, chromium] = await Promise.all([
    testServerProgram((detail) => progress('test server', detail)),
    chromiumProgram((detail) => progress('chromium', detail)),
  ]);
  done('test tools', `time-skipping server, ${chromium}`, seconds());
  return { TEMPORAL_TEST_SERVER: testServer, CHROMIUM_PATH: chromium };
}
