/**
 * `npm run daftari -- …`: the command line of the client library, built when it is not there yet. The
 * profile that runs in this checkout is where it signs in unless it is told otherwise.
 */
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { findApi } from './ingest/address.ts';
import { cacheDirectory } from './paths.mjs';
import { ensureSdk, sdkHome } from './sdk/build.mjs';

try {
  await ensureSdk();
  process.env['DAFTARI_DEFAULT_URL'] ??= findApi(undefined, process.env, cacheDirectory);
  await import(pathToFileURL(path.join(sdkHome, 'dist', 'cli', 'main.js')).href);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 3;
}
