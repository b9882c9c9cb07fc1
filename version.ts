/** Which version of Daftari a process runs, as its package says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest: { version: string } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'),
);

/** What `/version` answers on the private listener of every process. */
export const runningVersion = { version: manifest.version, node: process.version } as const;
