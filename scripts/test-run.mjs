import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runJest, stopJest } from './jest-run.mjs';
import { projectRoot } from './paths.mjs';
import { waitUntil } from './processes.mjs';
import { stopRequest } from './stop-request.mjs';
import { describeDeath } from './supervisor.mjs';
import { fail, say, warn } from './terminal.mjs';
import {
  clearTestEnvironment,
  migrateTestDatabase,
  runningTestEnvironment,
  startTestServices,
  testDirectory,
  testSupervisor,
} from './test-profile.mjs';
import { ensureWebBuild } from './web-build.mjs';

/**
 * Runs the tests against the test services: those that run already, or its own, which it stops
 * again. `keep` starts them in the background and leaves them up for the next run. Answers how many
 * tests passed and failed; whatever keeps the tests from running counts as one failure.
 */
export async function runTests({ keep = false, jestArgs = [] }) {
  const running = runningTestEnvironment() ?? (keep ? await startInBackground() : undefined);
  if (running) {
    say('Using the test services that run already.');
    const asked = stopRequest(() => process.exit(1)).then(interrupted);
    return Promise.race([asked, testsAgainst(running, jestArgs)]);
  }
  const supervisor = await testSupervisor();
  const died = supervisor.died.then((death) => {
    fail(describeDeath(death));
    return interrupted();
  });
  const asked = stopRequest(supervisor.kill).then(interrupted);
  const work = startTestServices(supervisor).then((env) => testsAgainst(env, jestArgs));
  try {
    return await Promise.race([died, asked, work]);
  } finally {
    await supervisor.stop();
    clearTestEnvironment();
  }
}

/** Prints the last line, which programs read, and answers the exit code. */
export function reportTests({ passed, failed, skipped = 0 }) {
  if (skipped > 0) warn(`${skipped} tests were skipped.`);
  if (passed + failed === 0) warn('No test ran.');
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function testsAgainst(environment, jestArgs) {
  await migrateTestDatabase(environment);
  const isBuilt = await ensureWebBuild().then(
    () => true,
    (error) => fail(error.message),
  );
  const outcome = await runJest(environment, jestArgs);
  // A dashboard that cannot be built is one failure; it must not hide what the tests say.
  return isBuilt ? outcome : { ...outcome, failed: outcome.failed + 1 };
}

function interrupted() {
  stopJest();
  return { passed: 0, failed: 1 };
}

async function startInBackground() {
  const logs = path.join(testDirectory, 'logs');
  mkdirSync(logs, { recursive: true });
  const logFile = path.join(logs, 'test-services.log');
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, ['scripts/test-services.mjs'], {
    cwd: projectRoot,
    detached: true,
    stdio: ['ignore', log, log],
  });
  let ended = false;
  child.on('exit', () => (ended = true));
  child.unref();
  const settled = () => ended || runningTestEnvironment() !== undefined;
  await waitUntil(settled, { withinMs: 900_000, everyMs: 200 });
  const environment = runningTestEnvironment();
  if (!environment) throw new Error(`The test services did not start; see ${logFile}.`);
  say(`The test services stay up. Stop them with: kill ${child.pid}`);
  return environment;
}
