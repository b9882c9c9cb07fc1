import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { projectNode, projectRoot } from './paths.mjs';
import { runOrFail } from './processes.mjs';

/** Brings the database at DATABASE_OWNER_URL to the newest schema. */
export async function migrate(environment) {
  await runProgram('Migrating the database', ['db/migrate.ts', 'up'], environment);
}

/** Runs a TypeScript program of the product on the project's Node; throws when it fails. */
export function runProgram(what, [program, ...args], environment, options) {
  if (!existsSync(path.join(projectRoot, program))) {
    throw new Error(`${what} needs ${program}, which is missing from this checkout.`);
  }
  return runOrFail(what, projectNode, [program, ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    ...options,
  });
}
