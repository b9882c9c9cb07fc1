/**
 * `node db/migrate.ts up|status|verify`. `verify` fails when a migration is pending or was edited
 * after it ran. Takes DATABASE_OWNER_URL and, for `up`, DAFTARI_APP_PASSWORD from the environment,
 * because only deployments have the owner's address and no running process ever does.
 */
import { migrateUp, migrationStates } from './migrator.ts';

async function main(command: string | undefined): Promise<number> {
  const ownerUrl = process.env['DATABASE_OWNER_URL'] ?? '';
  const appPassword = process.env['DAFTARI_APP_PASSWORD'] ?? '';
  if (ownerUrl === '') return say('DATABASE_OWNER_URL is not set', 2);
  const options = { ownerUrl, ...(appPassword === '' ? {} : { appPassword }) };
  if (command === 'up') {
    const names = await migrateUp(options);
    return say(names.length === 0 ? 'nothing to migrate' : `applied ${names.join(', ')}`, 0);
  }
  if (command !== 'status' && command !== 'verify') return say('use: up, status or verify', 2);
  const states = await migrationStates(options);
  for (const { name, state } of states) say(`${state.padEnd(8)} ${name}`, 0);
  const isClean = states.every(({ state }) => state === 'applied');
  return command === 'verify' && !isClean ? 1 : 0;
}

function say(line: string, exitCode: number): number {
  process.stderr.write(`${line}\n`);
  return exitCode;
}

process.exitCode = await main(process.argv[2]);
