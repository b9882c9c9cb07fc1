import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { compileCache, projectNode, projectRoot } from './paths.mjs';
import { signalGroup } from './processes.mjs';
import { readJson } from './profile-state.mjs';
import { say, warn } from './terminal.mjs';
import { testDirectory } from './test-profile.mjs';

const jest = path.join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');

/**
 * One test after another, in a process that is replaced once it holds this much: what each file
 * leaves behind would fill the memory of a single one before the last file.
 */
const oneByOne = ['--maxWorkers=1', '--workerIdleMemoryLimit=1GB'];

/**
 * Pure tests first, on every core; then the tests of shared services, a lane of parts and a lane of
 * whole journeys.
 */
const stages = [
  [{ name: 'pure', projects: ['unit', 'web'], flags: ['--maxWorkers=2'] }],
  [
    { name: 'services', projects: ['services'], flags: oneByOne },
    { name: 'journeys', projects: ['journeys'], flags: oneByOne },
  ],
];

/** Once the results are told, a connection somebody left open must not keep the command waiting. */
const always = ['--forceExit', '--passWithNoTests'];

/**
 * Runs all Jest projects against the given environment and answers how many tests passed and failed.
 * A test file that could not even run counts as one failed test. Files that failed are run once more,
 * alone: what fails again has failed; what fails only beside others is named, and is a fault as well,
 * but not of the change that is tested.
 */
export async function runJest(environment, jestArgs) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const lanes of stages) {
    const outcomes = await Promise.all(lanes.map((lane) => runLane(lane, environment, jestArgs)));
    for (const outcome of outcomes) add(total, outcome, 1);
    for (const [at, { failedFiles }] of outcomes.entries()) {
      if (failedFiles.length === 0 || failedFiles.length > repeatedFilesMax) continue;
      await repeatAlone({ lane: lanes[at], failedFiles, environment, total });
    }
  }
  return total;
}

/** More than this is no accident of two tests that met. */
const repeatedFilesMax = 20;

async function repeatAlone({ lane, failedFiles, environment, total }) {
  warn(`Failed, and run once more alone: ${failedFiles.map(({ name }) => name).join(', ')}`);
  const alone = { ...lane, name: `${lane.name}-alone`, flags: oneByOne };
  const paths = failedFiles.map(({ name }) => name);
  const outcome = await runLane(alone, environment, ['--runTestsByPath', ...paths]);
  for (const file of failedFiles) add(total, file, -1);
  add(total, outcome, 1);
  const again = new Set(outcome.failedFiles.map(({ name }) => name));
  const shaky = paths.filter((name) => !again.has(name));
  if (shaky.length > 0) warn(`Failed only beside other tests: ${shaky.join(', ')}`);
}

function add(total, outcome, times) {
  for (const key of Object.keys(total)) total[key] += times * outcome[key];
}

/** Stops every Jest that still runs, with its workers and whatever its tests started. */
export function stopJest() {
  signalAll('SIGTERM');
}

const running = new Set();

// Not even a test that hangs outlives the command.
process.on('exit', () => signalAll('SIGKILL'));

function signalAll(signal) {
  for (const { pid } of running) if (pid) signalGroup(pid, signal);
}

async function runLane({ name, projects, flags }, environment, jestArgs) {
  const outputFile = path.join(testDirectory, `results-${name}.json`);
  rmSync(outputFile, { force: true });
  const args = ['--selectProjects', ...projects, ...flags, ...always, ...jestArgs];
  say(`\nTests: ${projects.join(' and ')}`);
  const code = await execute([jest, ...args, '--json', `--outputFile=${outputFile}`], environment);
  const result = existsSync(outputFile) ? readJson(outputFile) : undefined;
  if (!result) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0, failedFiles: [] };
  const failedFiles = result.testResults.filter(({ status }) => status === 'failed').map(countFile);
  const failed = failedFiles.reduce((sum, file) => sum + file.failed, 0);
  return {
    passed: result.numPassedTests,
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: result.numPendingTests + result.numTodoTests,
    failedFiles,
  };
}

/** What a file with failures added to the counts. */
function countFile({ name, assertionResults }) {
  const count = (...statuses) =>
    assertionResults.filter(({ status }) => statuses.includes(status)).length;
  // A file that could not run, or not to its end, counts as one failure.
  const failed = Math.max(count('failed'), 1);
  const skipped = count('pending', 'todo');
  return { name: path.relative(projectRoot, name), passed: count('passed'), failed, skipped };
}

function execute(args, environment) {
  return new Promise((resolve) => {
    const jestProcess = spawn(projectNode, args, {
      cwd: projectRoot,
      env: { ...process.env, ...compileCache, ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    running.add(jestProcess);
    const ended = (code) => {
      running.delete(jestProcess);
      resolve(code ?? 1);
    };
    jestProcess.on('error', () => ended(1));
    jestProcess.on('close', ended);
  });
}
