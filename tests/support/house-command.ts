/** Runs a command of the house as a process of its own, over the database of a suite. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { testKek, type TestDatabase } from './database.ts';
import { serviceEnv } from './services.ts';

/** What the script printed and how it ended; `args` begin with the file of the script. */
export function houseCommand(
  database: Pick<TestDatabase, 'appUrl'>,
  ...args: string[]
): Promise<{ code: number; stdout: string }> {
  const own = {
    ...{ DATABASE_URL: database.appUrl, DAFTARI_KEK_ID: 'test' },
    DAFTARI_KEK: testKek.toString('base64'),
  };
  const env = { ...process.env, ...serviceEnv(), ...own };
  const node = join(process.cwd(), 'node_modules', '.bin', 'node');
  return new Promise((resolve) => {
    const child = execFile(node, args, { env }, (_error, stdout) => {
      resolve({ code: child.exitCode ?? -1, stdout });
    });
  });
}
