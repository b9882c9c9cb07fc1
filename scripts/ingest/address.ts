import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const state = z.looseObject({
  pid: z.int(),
  urls: z.looseObject({ dashboard: z.url() }).optional(),
});

/**
 * Where the API is: as told, else the profile that runs in this checkout, else the usual port.
 * `directory` is the folder in which profiles keep their state.
 */
export function findApi(
  told: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): string {
  const url = told ?? env['DAFTARI_API_URL'] ?? runningProfile(directory);
  return (url ?? `http://127.0.0.1:${env['GATEWAY_PORT'] ?? '9000'}`).replace(/\/$/, '');
}

function runningProfile(directory: string): string | undefined {
  return profilesIn(directory)
    .map((profile) => readState(join(directory, profile, 'state.json')))
    .find((found) => found?.urls !== undefined && isAlive(found.pid))?.urls?.dashboard;
}

function profilesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** A profile that never ran, or is just being written, has nothing to tell. */
function readState(file: string): z.infer<typeof state> | undefined {
  try {
    return state.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
