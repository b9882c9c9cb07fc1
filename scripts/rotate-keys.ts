/**
 * `npm run keys:rotate [-- --compromised]`: lets the next key sign access tokens now instead of when
 * the calendar says. Tokens of the old key stay good until they expire; with `--compromised` they
 * are refused within a second, and everybody gets a fresh one by their session. Every gateway of
 * INTERNAL_URLS is then told, and says which key it signs with.
 *
 * `npm run keys:rotate -- --service NAME [--compromised]`: gives a service its next key for calls to
 * other services; the present one is accepted for ten minutes more, or with `--compromised` no more.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { makeSigningKey } from '../activities/signing-keys.ts';
import { callService } from '../api/auth/service-call.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { rotateServiceKey } from '../db/service-keys.ts';
import { rotateSigningKeys } from '../db/signing-keys.ts';
import { withHouseDatabase } from './house-database.ts';

const triesMax = 30;
const overlapSeconds = 600;
const { values } = parseArgs({
  options: { compromised: { type: 'boolean', default: false }, service: { type: 'string' } },
});
await withHouseDatabase(async (db, config) => {
  if (values.service !== undefined) {
    const overlap = values.compromised ? 0 : overlapSeconds;
    const generation = await rotateServiceKey(db, values.service, overlap);
    console.log(`${values.service} signs with its key ${generation}`);
    return;
  }
  for (let tries = 0; !(await rotate(db, config)); tries += 1) {
    if (tries === 0) console.log('The next key was just made; waiting until everybody knows it');
    if (tries === triesMax) throw new Error('the next key did not become active');
    await delay(1_000);
  }
  await tellGateways(db, config);
});

const keysInUse = z.object({ signsWith: z.string(), accepts: z.array(z.string()) });

/** A gateway that cannot be asked finds the new key by itself within a second. */
async function tellGateways(db: Database, config: Config): Promise<void> {
  const world = { db, kek: config.keys.kek.reveal(), now: Date.now };
  for (const base of config.internalUrls) {
    const url = new URL('/internal/keys/refresh', base);
    try {
      const answer = await callService(world, { service: 'house', url });
      const { signsWith, accepts } = keysInUse.parse(answer);
      console.log(`${url.host} signs with ${signsWith} and accepts ${accepts.length} keys`);
    } catch (err) {
      console.log(`${url.host} was not told: ${err instanceof Error ? err.message : String(err)}`);
    }
  }
}

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
