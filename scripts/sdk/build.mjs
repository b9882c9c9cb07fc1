/** Builds the client library and its command line, once for each state of what they are made of. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheDirectory, projectRoot } from '../paths.mjs';
import { run } from '../processes.mjs';

/** Where the built package lies. */
export const sdkHome = path.join(cacheDirectory, 'sdk');

/**
 * Makes the package unless it is there already, and answers whether it had to. It is made aside and
 * put in place whole, so that whoever runs it meanwhile, or builds it too, finds one that works.
 */
export async function ensureSdk() {
  const digest = digestOfInputs();
  if (isBuilt(digest)) return false;
  const aside = `${sdkHome}.${process.pid}`;
  try {
    await buildIn(aside);
    writeFileSync(path.join(aside, 'digest'), digest);
    if (isBuilt(digest)) return true;
    rmSync(sdkHome, { recursive: true, force: true });
    renameSync(aside, sdkHome);
    return true;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function isBuilt(digest) {
  const file = path.join(sdkHome, 'digest');
  return existsSync(file) && readFileSync(file, 'utf8') === digest;
}

function digestOfInputs() {
  const folder = path.join(projectRoot, 'sdk');
  const own = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const others = ['api/openapi.json', 'scripts/sdk/build.mjs', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const file of [...own.sort(), ...others.map((name) => path.join(projectRoot, name))]) {
    hash
      .update(`${path.relative(projectRoot, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

async function buildIn(home) {
  const source = path.join(home, 'src');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  cpSync(path.join(projectRoot, 'sdk'), source, { recursive: true });
  // Loaded only when something is built: it takes longer to load than a command to run.
  const { createClient } = await import('@hey-api/openapi-ts');
  await createClient({
    input: path.join(projectRoot, 'api', 'openapi.json'),
    output: path.join(source, 'generated'),
    plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch'],
    logs: { level: 'silent' },
  });
  const tsc = path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const built = await run(process.execPath, [tsc, '-p', source], { cwd: projectRoot });
  if (built.code !== 0) throw new Error(`${built.stdout}\n${built.stderr}`.trim());
  writeFileSync(path.join(home, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
}

function manifest() {
  const entry = { types: './dist/index.d.ts', default: './dist/index.js' };
  return {
    ...{ name: '@daftari/client', version: '1.1.0', type: 'module', license: 'MIT' },
    ...{ exports: { '.': entry }, bin: { daftari: './dist/cli/main.js' } },
    ...{ files: ['dist'], engines: { node: '>=20' } },
  };
}
