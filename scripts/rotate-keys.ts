/**
 * `npm run keys:rotate [-- --compromised]`: lets the next key sign access tokens now instead of when
 * the calendar says. Tokens of the old key stay good until they expire; with `--compromised` they
 * are refused within a second, and everybody gets a fresh one by their session.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeSigningKey } from '../activities/signing-keys.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { rotateSigningKeys } from '../db/signing-keys.ts';
import { withHouseDatabase } from './house-database.ts';

const triesMax = 30;
const { values } = parseArgs({ options: { compromised: { type: 'boolean', default: false } } });
await withHouseDatabase(async (db, config) => {
  for (let tries = 0; !(await rotate(db, config)); tries += 1) {
    if (tries === 0) console.log('The next key was just made; waiting until everybody knows it');
    if (tries === triesMax) throw new Error('the next key did not become active');
    await delay(1_000);
  }
});

/** Whether another key signs now. */
async function rotate(db: Database, config: Config): Promise<boolean> {
  const { moves } = await rotateSigningKeys(db, {
    first: config.jwt.privateKey.reveal(),
    makeKey: makeSigningKey,
    nowMs: Date.now(),
    urgency: values.compromised ? 'compromised' : 'now',
  });
  for (const { kid, to } of moves) console.log(`${kid} is ${to}`);
  return moves.some(({ to }) => to === 'active');
}
