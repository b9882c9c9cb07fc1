import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { profileDirectory } from './paths.mjs';
import { groupRuns, identityOf, isSameProcess, signalGroup, waitUntil } from './processes.mjs';

/** Reads a JSON file; undefined when it is missing or was cut short. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes a JSON file whole or not at all, readable by its owner only unless said otherwise. */
export function writeJson(file, value, mode = 0o600) {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode });
  renameSync(draft, file);
}

/** What the last start of a profile recorded: its own process, its children, ports and addresses. */
export function readState(profile) {
  return readJson(stateFile(profile));
}

/** Records what runs in a profile. */
export function writeState(profile, state) {
  writeJson(stateFile(profile), { ...state, profile, ...ownProcess() });
}

/** Forgets what ran in a profile. */
export function clearState(profile) {
  rmSync(stateFile(profile), { force: true });
}

/** The recorded state when its supervisor still runs, otherwise undefined. */
export function runningState(profile) {
  const state = readState(profile);
  return state && isSameProcess(state) ? state : undefined;
}

/**
 * Stops what an earlier start left behind when its supervisor was killed.
 * Answers the names of the processes it had to stop.
 */
export async function stopLeftovers(profile) {
  const state = readState(profile);
  if (!state || isSameProcess(state)) return [];
  const left = (state.processes ?? []).filter(isSameProcess);
  for (const { pid, stopSignal } of left) signalGroup(pid, stopSignal);
  const gone = () => left.every(({ pid }) => !groupRuns(pid));
  if (!(await waitUntil(gone, { withinMs: 15_000 }))) {
    for (const { pid } of left) signalGroup(pid, 'SIGKILL');
  }
  clearState(profile);
  return left.map(({ name }) => name);
}

function stateFile(profile) {
  return path.join(profileDirectory(profile), 'state.json');
}

function ownProcess() {
  return { pid: process.pid, identity: identityOf(process.pid) };
}
