/**
 * Builds the workflow bundle once per version of its sources and reuses it: workers, tests and
 * replays all load the same file, named by the hash of what went into it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type Logger } from '@temporalio/worker';
import { failureConverterPath } from './data-converter.ts';

/** Folders whose files can end up in the bundle, below the project's root. */
const sourceFolders = ['workflows', 'temporal', 'domain'];

export interface BundleOptions {
  /** The project's folder; npm scripts run in it. */
  root?: string;
  /** Where bundles are kept. */
  directory: string;
  logger?: Logger;
}

/** Returns the path of the bundle for the sources as they are now, building it when missing. */
export async function ensureWorkflowBundle(options: BundleOptions): Promise<string> {
  const root = options.root ?? process.cwd();
  const directory = resolve(root, options.directory);
  const codePath = join(directory, `workflow-bundle-${await hashOfSources(root)}.js`);
  if (await exists(codePath)) return codePath;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [join(root, 'workflows/tracing.ts')],
    failureConverterPath: failureConverterPath(root),
    logger: options.logger ?? new DefaultLogger('WARN'),
  });
  await mkdir(directory, { recursive: true });
  // Several may build at once: each writes its own draft, and the last rename wins whole.
  const draft = `${codePath}.${randomUUID()}.draft`;
  await writeFile(draft, code);
  await rename(draft, codePath);
  return codePath;
}

async function hashOfSources(root: string): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(join(root, 'node_modules/@temporalio/worker/package.json')));
  for (const folder of sourceFolders) {
    for (const file of await sourcesIn(join(root, folder))) {
      hash.update(relative(root, file)).update('\0');
      hash.update(await readFile(file)).update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
