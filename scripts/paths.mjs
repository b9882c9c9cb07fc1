import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Everything the scripts write lives here, except the caches of npm, Maven and Go. */
export const cacheDirectory = path.join(projectRoot, '.daftari');

/** Tools that were downloaded or built, shared by all profiles and kept by `npm run reset`. */
export const toolsDirectory = path.join(cacheDirectory, 'tools');

/** Where Node keeps what it made of the sources: half of the time a process takes to start. */
export const compileCache = { NODE_COMPILE_CACHE: path.join(cacheDirectory, 'compile-cache') };

/** Node 24 from the lock file: what runs the product, whatever Node the host has. */
export const projectNode = path.join(projectRoot, 'node_modules', '.bin', 'node');

/** Every pinned version, from one file. */
export const versions = JSON.parse(
  readFileSync(path.join(projectRoot, 'scripts', 'versions.json'), 'utf8'),
);

/** The folder of one profile: data, logs, secrets and state. */
export function profileDirectory(profile) {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(profile)) {
    throw new Error(
      `"${profile}" is no profile name: use small letters, digits and dashes, e.g. "local".`,
    );
  }
  return path.join(cacheDirectory, profile);
}
