/**
 * `npm run check`: everything a change must pass, in one command: types, lint, format, dead code, the
 * dashboard's build and all tests. Goes on after a failure, so that one run tells them all; a check
 * that fails counts as a failure in the last line.
 */
import process from 'node:process';
import { ensureDependencies } from './dependencies.mjs';
import { projectRoot } from './paths.mjs';
import { requirePreflight } from './preflight.mjs';
import { run } from './processes.mjs';
import { fetchTools } from './stack.mjs';
import { done, fail, say, stopwatch } from './terminal.mjs';
import { reportTests, runTests } from './test-run.mjs';

const checks = ['typecheck', 'lint', 'format:check', 'deadcode', 'build:web'];

async function main() {
  requirePreflight();
  const tools = fetchTools({});
  await ensureDependencies();
  const broken = [];
  for (const check of checks) if (!(await passes(check))) broken.push(check);
  await tools;
  const tests = await runTests({}).catch((error) => {
    fail(error.message);
    return { passed: 0, failed: 1 };
  });
  if (broken.length > 0) fail(`These checks failed: ${broken.join(', ')}.`);
  return { ...tests, failed: tests.failed + broken.length };
}

async function passes(check) {
  const seconds = stopwatch();
  const result = await run('npm', ['run', '--silent', check], { cwd: projectRoot });
  if (result.code === 0) {
    done(check, 'passed', seconds());
    return true;
  }
  fail(`${check} failed after ${seconds().toFixed(1)} s:`);
  say(`${result.stdout}\n${result.stderr}`.trim());
  return false;
}

main()
  .catch((error) => {
    fail(error.message);
    return { passed: 0, failed: 1 };
  })
  .then((outcome) => process.exit(reportTests(outcome)));
