import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheDirectory, projectNode, projectRoot } from './paths.mjs';
import { readJson, writeJson } from './profile-state.mjs';
import { runOrFail } from './processes.mjs';
import { done, progress, stopwatch } from './terminal.mjs';

const built = path.join(projectRoot, 'web', 'dist', 'index.html');
const stampFile = path.join(cacheDirectory, 'web-build.json');
const sources = ['web', 'domain', 'package-lock.json'];

/** Builds the dashboard when its sources or the lock file changed since the last build. */
export async function ensureWebBuild() {
  const digest = sourcesDigest();
  if (existsSync(built) && readJson(stampFile)?.digest === digest) return;
  if (!existsSync(path.join(projectRoot, 'web', 'index.html'))) {
    throw new Error('The dashboard cannot be built: web/index.html is missing from this checkout.');
  }
  const seconds = stopwatch();
  progress('dashboard', 'building');
  const vite = path.join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
  await runOrFail('Building the dashboard', projectNode, [vite, 'build', 'web'], {
    cwd: projectRoot,
    env: { ...process.env, NO_COLOR: '1' },
  });
  writeJson(stampFile, { digest }, 0o644);
  done('dashboard', 'built', seconds());
}

function sourcesDigest() {
  const hash = createHash('sha256');
  const files = sources.flatMap((each) => filesUnder(path.join(projectRoot, each)));
  for (const file of files.sort()) {
    hash.update(path.relative(projectRoot, file)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesUnder(place) {
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !/[/\\](dist|node_modules)[/\\]/.test(path.relative(projectRoot, file)));
}
