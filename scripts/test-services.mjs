/**
 * `npm run test:services`: starts the services of the tests and keeps them until Ctrl-C, so that
 * single test files run at once. `npm test` uses them while they run.
 */
import process from 'node:process';
import { ensureDependencies } from './dependencies.mjs';
import { stopRequest } from './stop-request.mjs';
import { describeDeath } from './supervisor.mjs';
import { fail, say, stopwatch, warn } from './terminal.mjs';
import {
  clearTestEnvironment,
  migrateTestDatabase,
  runningTestEnvironment,
  startTestServices,
  testEnvironmentFile,
  testSupervisor,
} from './test-profile.mjs';

async function main() {
  if (runningTestEnvironment()) {
    say(`The test services run already; their addresses are in ${testEnvironmentFile}.`);
    return;
  }
  const seconds = stopwatch();
  await ensureDependencies();
  const supervisor = await testSupervisor();
  const asked = stopRequest(supervisor.kill).then(() => ({}));
  const died = supervisor.died.then((death) => ({ problem: describeDeath(death) }));
  const up = bringUp(supervisor).then(
    () => say(`Ready after ${seconds().toFixed(1)} s. Press Ctrl-C to stop.`),
    (error) => ({ problem: error.message }),
  );
  const early = await Promise.race([asked, died, up]);
  const { problem } = early ?? (await Promise.race([asked, died]));
  await supervisor.stop();
  clearTestEnvironment();
  if (problem) throw new Error(problem);
}

async function bringUp(supervisor) {
  const environment = await startTestServices(supervisor);
  say(`Addresses: ${testEnvironmentFile}`);
  // Whoever works on a migration needs the services although it does not run yet.
  await migrateTestDatabase(environment).catch((error) => warn(error.message));
}

main().then(
  () => process.exit(0),
  (error) => {
    fail(error.message);
    process.exit(1);
  },
);
