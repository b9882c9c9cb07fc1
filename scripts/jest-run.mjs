import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { projectNode, projectRoot } from './paths.mjs';
import { signalGroup } from './processes.mjs';
import { readJson } from './profile-state.mjs';
import { say } from './terminal.mjs';
import { testDirectory } from './test-profile.mjs';

const jest = path.join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');

/** Pure tests side by side; tests of shared services one after another. */
const groups = [
  { name: 'pure', projects: ['unit', 'web'], flags: ['--maxWorkers=2'] },
  { name: 'services', projects: ['services', 'journeys'], flags: ['--runInBand'] },
];

/** Once the results are told, a connection somebody left open must not keep the command waiting. */
const always = ['--forceExit', '--passWithNoTests'];

/**
 * Runs all Jest projects against the given environment and answers how many tests passed and failed.
 * A test file that could not even run counts as one failed test.
 */
export async function runJest(environment, jestArgs) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const group of groups) {
    const outcome = await runGroup(group, environment, jestArgs);
    for (const key of Object.keys(total)) total[key] += outcome[key];
  }
  return total;
}

/** Stops a Jest that still runs, with its workers and whatever its tests started. */
export function stopJest() {
  if (current?.pid) signalGroup(current.pid, 'SIGTERM');
}

let current;

// Not even a test that hangs outlives the command.
process.on('exit', () => current?.pid && signalGroup(current.pid, 'SIGKILL'));

async function runGroup({ name, projects, flags }, environment, jestArgs) {
  const outputFile = path.join(testDirectory, `results-${name}.json`);
  rmSync(outputFile, { force: true });
  const args = ['--selectProjects', ...projects, ...flags, ...always, ...jestArgs];
  say(`\nTests: ${projects.join(' and ')}`);
  const code = await execute([jest, ...args, '--json', `--outputFile=${outputFile}`], environment);
  const result = existsSync(outputFile) ? readJson(outputFile) : undefined;
  if (!result) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function execute(args, environment) {
  return new Promise((resolve) => {
    current = spawn(projectNode, args, {
      cwd: projectRoot,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    current.on('error', () => resolve(1));
    current.on('close', (code) => resolve(code ?? 1));
  });
}
