import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import process from 'node:process';
import { cacheDirectory, versions } from './paths.mjs';
import { compareVersions, findOnPath } from './processes.mjs';

const leastFreeBytes = 3e9;

/**
 * What must hold before anything is installed or started: one entry per check with `name`, `ok`,
 * `detail` and, when it does not hold, `fix`: what to do about it.
 */
export function preflight() {
  return [platform(), hostNode(), npm(), writable(), disk()];
}

/** Throws one error that names everything preflight found and what to do about it. */
export function requirePreflight() {
  const problems = preflight().filter(({ ok }) => !ok);
  if (problems.length === 0) return;
  throw new Error(problems.map(({ detail, fix }) => `${detail}. ${fix}`).join('\n'));
}

function platform() {
  const ok = process.platform !== 'win32';
  return {
    name: 'system',
    ok,
    detail: `${process.platform}-${process.arch}`,
    fix: 'Windows runs it inside WSL 2, or with Docker: docker compose up.',
  };
}

function hostNode() {
  const ok = compareVersions(process.versions.node, versions.hostNodeMinimum) >= 0;
  const fix = `Install Node ${versions.hostNodeMinimum} or newer from https://nodejs.org.`;
  return { name: 'node', ok, detail: `Node ${process.versions.node}`, fix };
}

function npm() {
  const found = findOnPath('npm');
  const detail = found ? `npm at ${found}` : 'npm is not on PATH';
  return { name: 'npm', ok: Boolean(found), detail, fix: 'Install Node with its npm.' };
}

function writable() {
  try {
    mkdirSync(cacheDirectory, { recursive: true });
    accessSync(cacheDirectory, constants.W_OK);
    return { name: 'folder', ok: true, detail: `${cacheDirectory} can be written` };
  } catch {
    const detail = `${cacheDirectory} cannot be written`;
    return { name: 'folder', ok: false, detail, fix: 'Use a checkout that belongs to this user.' };
  }
}

function disk() {
  try {
    const { bavail, bsize } = statfsSync(cacheDirectory);
    const gigabytes = ((bavail * bsize) / 1e9).toFixed(1);
    const fix = `Free ${leastFreeBytes / 1e9} GB: packages, tools and data need it.`;
    const ok = bavail * bsize >= leastFreeBytes;
    return { name: 'disk', ok, detail: `${gigabytes} GB free`, fix };
  } catch {
    return { name: 'disk', ok: true, detail: 'free space is unknown' };
  }
}
