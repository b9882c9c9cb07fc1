/**
 * `npm run sdk`: builds the client library and the command line `daftari` from the API's document and
 * the files of `sdk/` into `.daftari/sdk`, ready to be packed or installed from there.
 */
import path from 'node:path';
import process from 'node:process';
import { projectRoot } from './paths.mjs';
import { ensureSdk, sdkHome } from './sdk/build.mjs';
import { done, fail, stopwatch } from './terminal.mjs';

const seconds = stopwatch();
try {
  await ensureSdk();
  done('sdk', path.relative(projectRoot, sdkHome), seconds());
} catch (error) {
  fail(error.message);
  process.exitCode = 1;
}
