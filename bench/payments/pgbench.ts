/** PostgreSQL's own benchmark in the database of the bench: what a commit can cost here at best. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestDatabase } from '../../tests/support/database.ts';

const run = promisify(execFile);

/** Makes the tables of pgbench; undefined when there is no pgbench on this machine. */
export async function openPgbench(database: TestDatabase) {
  const url = new URL(database.ownerUrl);
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    ...{ PGHOST: url.hostname, PGPORT: url.port, PGUSER: url.username },
    ...{ PGPASSWORD: decodeURIComponent(url.password), PGDATABASE: url.pathname.slice(1) },
  };
  try {
    await run('pgbench', ['-i', '-q', '-s', '10'], { env });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  /** Transactions a second of the simple-update script, prepared. */
  return async function simpleUpdates(clients: number, seconds: number): Promise<number> {
    const asked = ['-N', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds)];
    const { stdout } = await run('pgbench', asked, { env });
    const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
    if (!(tps > 0)) throw new Error(`pgbench told no rate: ${stdout}`);
    return tps;
  };
}
