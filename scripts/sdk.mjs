/**
 * `npm run sdk`: builds the client library from the API's document and the files of `sdk/` into
 * `.daftari/sdk`, ready to be packed or installed from there.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createClient } from '@hey-api/openapi-ts';
import { cacheDirectory, projectRoot } from './paths.mjs';
import { run } from './processes.mjs';
import { done, fail, stopwatch } from './terminal.mjs';

const home = path.join(cacheDirectory, 'sdk');
const source = path.join(home, 'src');

async function main() {
  const seconds = stopwatch();
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  cpSync(path.join(projectRoot, 'sdk'), source, { recursive: true });
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
  done('sdk', path.relative(projectRoot, home), seconds());
}

function manifest() {
  const entry = { types: './dist/index.d.ts', default: './dist/index.js' };
  return {
    ...{ name: '@daftari/client', version: '1.0.0', type: 'module', license: 'MIT' },
    ...{ exports: { '.': entry }, files: ['dist'], engines: { node: '>=20' } },
  };
}

main().catch((error) => {
  fail(error.message);
  process.exitCode = 1;
});
