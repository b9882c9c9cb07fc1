/**
 * `npm test [-- arguments of Jest]`: installs what is missing, starts the real services for the tests
 * alone, runs every test and stops the services again. The last line tells the outcome.
 * `npm test -- --keep` leaves the services up, so that the next run starts at once.
 */
import process from 'node:process';
import { ensureDependencies } from './dependencies.mjs';
import { readTestOptions } from './options.mjs';
import { requirePreflight } from './preflight.mjs';
import { fetchTools } from './stack.mjs';
import { fail } from './terminal.mjs';
import { reportTests, runTests } from './test-run.mjs';

async function main() {
  requirePreflight();
  await Promise.all([fetchTools({}), ensureDependencies()]);
  return runTests(readTestOptions(process.argv.slice(2)));
}

main()
  .catch((error) => {
    fail(error.message);
    return { passed: 0, failed: 1 };
  })
  .then((outcome) => process.exit(reportTests(outcome)));
