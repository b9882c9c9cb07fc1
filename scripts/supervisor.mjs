import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compileCache, profileDirectory } from './paths.mjs';
import { groupRuns, identityOf, signalGroup, waitUntil } from './processes.mjs';
import { clearState, writeState } from './profile-state.mjs';

const tailLength = 20;

/**
 * Starts processes, watches them and stops them again: the last started first.
 * Every process leads its own process group, so its children end with it. Nothing is restarted
 * silently: when one dies, `died` resolves with its name, how it ended and its last lines. When the
 * supervisor itself is killed, a guardian stops what it started.
 */
export function createSupervisor({ profile, onLine = () => {} }) {
  const folder = profileDirectory(profile);
  const logs = path.join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const pidFile = path.join(folder, 'pids');
  const running = [];
  const facts = { startedAt: new Date().toISOString() };
  let stopping;
  let reportDeath;
  const died = new Promise((resolve) => (reportDeath = resolve));
  const guardian = startGuardian(pidFile);

  function record() {
    writeFileSync(pidFile, running.map((one) => `${one.pid} ${one.stopSignal}\n`).join(''));
    const processes = running.map(({ name, pid, identity, stopSignal }) => {
      return { name, pid, identity, stopSignal };
    });
    writeState(profile, { ...facts, processes });
  }

  /**
   * Starts a process and resolves once `ready` answers yes; throws when it ends (`hasEnded`) or the
   * time is over.
   */
  async function start(wanted) {
    if (stopping) throw new Error(`${wanted.name} was not started: everything is being stopped.`);
    const one = launch(wanted, { logs, onLine });
    running.push(one);
    record();
    one.exited.then((how) => {
      const wasReady = one.ready;
      running.splice(running.indexOf(one), 1);
      if (stopping) return;
      record();
      if (wasReady) reportDeath({ name: one.name, how, lines: one.tail, log: one.log });
    });
    await waitForReady(one, wanted);
    one.ready = true;
    return one;
  }

  /** Adds facts (ports, addresses) to the profile's recorded state. */
  function note(more) {
    Object.assign(facts, more);
    record();
  }

  /** Stops everything: higher stages before lower ones, each stage at once. Safe to call again. */
  function stop() {
    stopping ??= stopByStage(running).then(() => {
      guardian.stdin.destroy();
      writeFileSync(pidFile, '');
      clearState(profile);
    });
    return stopping;
  }

  /** Ends everything at once, without giving it time to close. */
  function kill() {
    for (const { pid } of running) signalGroup(pid, 'SIGKILL');
  }

  return { profile, start, note, stop, kill, died, running };
}

/** The sentence and the last lines that tell why a process ended. */
export function describeDeath({ name, how, lines, log }) {
  const tail =
    lines.length > 0 ? `Its last lines:\n${lines.map((l) => `  ${l}`).join('\n')}\n` : '';
  return `${name} ${how}, so everything was stopped. ${tail}The whole log: ${log}`;
}

function launch({ name, command, args = [], env, cwd, uid, gid, ...rest }, { logs, onLine }) {
  const child = spawn(command, args, {
    cwd,
    uid,
    gid,
    env: { ...process.env, ...compileCache, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = path.join(logs, `${name}.log`);
  if (existsSync(log)) renameSync(log, path.join(logs, `${name}.previous.log`));
  const file = createWriteStream(log);
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line);
      if (tail.length > tailLength) tail.shift();
      file.write(`${line}\n`);
      onLine(name, line);
    });
  }
  const exited = new Promise((resolve) => {
    child.on('error', (error) => resolve(`could not be started (${error.message})`));
    child.on('close', (code, signal) => {
      file.end();
      resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`);
    });
  });
  const { stopSignal = 'SIGTERM', stopWithinMs = 15_000, stage = 0 } = rest;
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  return { name, pid: child.pid, identity, log, tail, exited, stopSignal, stopWithinMs, stage };
}

async function waitForReady(one, { ready = () => true, readyWithinMs = 30_000 }) {
  let ended;
  one.exited.then((how) => (ended = how));
  const settled = await waitUntil(async () => ended !== undefined || (await ready()), {
    withinMs: readyWithinMs,
  });
  if (settled && ended === undefined) return;
  const why = ended ?? `did not answer within ${readyWithinMs / 1000} s`;
  const text = `${one.name} ${why}.\n${one.tail.join('\n')}\nThe whole log: ${one.log}`;
  throw Object.assign(new Error(text), { hasEnded: ended !== undefined });
}

async function stopByStage(running) {
  const stages = [...new Set(running.map((one) => one.stage))].sort((a, b) => b - a);
  for (const stage of stages) {
    await Promise.all(running.filter((one) => one.stage === stage).map(stopOne));
  }
}

async function stopOne({ pid, stopSignal, stopWithinMs, exited }) {
  if (pid === undefined) return;
  signalGroup(pid, stopSignal);
  const gone = await waitUntil(() => !groupRuns(pid), { withinMs: stopWithinMs });
  if (!gone) signalGroup(pid, 'SIGKILL');
  await exited;
}

function startGuardian(pidFile) {
  const script = fileURLToPath(new URL('./guardian.sh', import.meta.url));
  const guardian = spawn('sh', [script, pidFile], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.on('error', () => {});
  guardian.stdin.on('error', () => {});
  guardian.unref();
  return guardian;
}
