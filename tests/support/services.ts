/**
 * Where the real services of this test run are. `npm test` (or `npm run test:services` in another
 * terminal) starts them and leaves their addresses in one file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Environment of the test profile, as the services wrote it; throws with the command to run. */
export function serviceEnv(): Record<string, string> {
  const file = join(process.cwd(), '.daftari', 'test', 'env.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    throw new Error('The test services are not running. Start them with: npm run test:services');
  }
}

/** One variable of the test environment; throws when the services did not provide it. */
export function serviceVariable(name: string): string {
  const value = process.env[name] ?? serviceEnv()[name];
  if (value === undefined || value === '') throw new Error(`The test services gave no ${name}`);
  return value;
}
