import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** True when the scripts may install system packages and change users. */
export const isRoot = process.getuid?.() === 0;

const underway = new Set();

// A download or build must not go on after the command that wanted it.
process.on('exit', () => {
  for (const child of underway) child.kill();
});

/**
 * Runs a command to its end.
 * `onLine` sees every line of both streams as it comes. Answers the exit code and all output;
 * a command that cannot be started answers code 127 with the reason as its output.
 */
export function run(command, args, { onLine, input, timeoutMs, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      ...options,
    });
    underway.add(child);
    const output = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) {
      createInterface({ input: child[name] }).on('line', (line) => {
        output[name].push(line);
        onLine?.(line, name);
      });
    }
    if (input !== undefined) child.stdin.end(input);
    child.on('error', (error) => resolve({ code: 127, stdout: '', stderr: error.message }));
    child.on('close', (code, signal) => {
      underway.delete(child);
      const [stdout, stderr] = [output.stdout.join('\n'), output.stderr.join('\n')];
      resolve({ code: code ?? 1, signal, stdout, stderr });
    });
  });
}

/** Runs a command that must succeed; otherwise throws with the beginning and the end of its output. */
export async function runOrFail(what, command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const lines = `${result.stdout}\n${result.stderr}`.trim().split('\n');
  const shown = lines.length > 24 ? [...lines.slice(0, 8), '…', ...lines.slice(-16)] : lines;
  const ended = result.signal ? `was ended by ${result.signal}` : `ended with code ${result.code}`;
  const sentence = `${what} failed: "${command} ${args.join(' ')}" ${ended}.`;
  throw new Error([sentence, ...shown].join('\n'));
}

/** The full path of a program on PATH, or undefined. */
export function findOnPath(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      const candidate = path.join(folder, name);
      if (folder && isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/** True when the path is a file this user may run. */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * What tells a process from a later one with the same number: its start time.
 * Undefined when no such process runs.
 */
export function identityOf(pid) {
  if (process.platform === 'linux') return linuxStartTime(pid);
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  return status === 0 && stdout.trim() ? stdout.trim() : undefined;
}

/** True while the very process that was recorded runs, not merely one with its number. */
export function isSameProcess({ pid, identity }) {
  return identity !== undefined && identityOf(pid) === identity;
}

/** Sends a signal to a process group; a group that is gone, or ends right now, is no error. */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}

/** True while any process of the group runs. */
export function groupRuns(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Asks again every `everyMs` until the answer is yes or the time is over; answers the last reply. */
export async function waitUntil(condition, { withinMs, everyMs = 50 }) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** -1, 0 or 1 as the dotted version is below, equal to or above the other. */
export function compareVersions(version, other) {
  const [left, right] = [version, other].map((text) => text.split(/[.-]/).map(Number));
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] || 0) - (right[index] || 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function linuxStartTime(pid) {
  try {
    // The name in brackets may hold spaces, so fields are counted after it; the 22nd is the start.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
