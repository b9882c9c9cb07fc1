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
} from './test-profile.mjs';

async function main() {
  if (runningTestEnvironment()) {
    say(`The test services run already; their addresses are in ${testEnvironmentFile}.`);
    return;
  }
  const seconds = stopwatch();
  await ensureDependencies();
  const { supervisor, environment } = await startTestServices();
  await migrateTestDatabase(environment).catch((error) => warn(error.message));
  say(`Ready after ${seconds().toFixed(1)} s. Addresses: ${testEnvironmentFile}`);
  say('Press Ctrl-C to stop.');
  const asked = stopRequest(supervisor.kill).then(() => undefined);
  const death = await Promise.race([supervisor.died, asked]);
  await supervisor.stop();
  clearTestEnvironment();
  if (!death) return;
  fail(describeDeath(death));
  process.exitCode = 1;
}

main().catch((error) => {
  fail(error.message);
  process.exitCode = 1;
});
