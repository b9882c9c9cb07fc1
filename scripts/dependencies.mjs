import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { projectRoot } from './paths.mjs';
import { readJson } from './profile-state.mjs';
import { runOrFail } from './processes.mjs';
import { done, progress, stopwatch } from './terminal.mjs';

const installed = path.join(projectRoot, 'node_modules');
const stampFile = path.join(installed, '.daftari-lock');

/** Runs `npm ci` when node_modules is missing or does not match the lock file. */
export async function ensureDependencies() {
  if (dependenciesAreCurrent()) return;
  const seconds = stopwatch();
  progress('npm', 'installing the packages of the lock file');
  await runOrFail(
    'Installing packages',
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: projectRoot,
      env: process.env,
    },
  );
  writeFileSync(stampFile, lockDigest());
  done('npm', 'packages of the lock file', seconds());
}

/** True when node_modules is what the lock file says. */
export function dependenciesAreCurrent() {
  if (!existsSync(path.join(installed, '.bin', 'node'))) return false;
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === lockDigest();
  const current = matchesInstalledLock();
  if (current) writeFileSync(stampFile, lockDigest());
  return current;
}

/** npm keeps the list of what it installed; packages for other platforms are not in it. */
function matchesInstalledLock() {
  const have = readJson(path.join(installed, '.package-lock.json'))?.packages ?? {};
  const want = readJson(path.join(projectRoot, 'package-lock.json'))?.packages ?? {};
  return Object.entries(want).every(([name, { version, optional }]) => {
    return name === '' || have[name]?.version === version || (optional && !have[name]);
  });
}

function lockDigest() {
  const lock = readFileSync(path.join(projectRoot, 'package-lock.json'));
  return createHash('sha256').update(lock).digest('hex');
}
