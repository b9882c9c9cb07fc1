/** The scheduled rotation of the keys that sign access tokens. */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { rotateSigningKeys } from '../db/signing-keys.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Failpoint } from './failpoint.ts';

/** A fresh private key, RSA of 2048 bits; takes a tenth of a second off the main thread. */
export async function makeSigningKey(): Promise<KeyObject> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return pair.privateKey;
}

/** Makes the moves of the calendar; every process hears of them within a second. */
export async function keepSigningKeys(
  d: {
    db: Database;
    config: { jwt: Pick<Config['jwt'], 'privateKey'> };
    telemetry: Pick<Telemetry, 'log'>;
    failpoint: Failpoint;
  },
  nowMs: number,
): Promise<Record<string, number>> {
  const first = d.config.jwt.privateKey.reveal();
  const { moves, keyCount } = await rotateSigningKeys(d.db, {
    ...{ first, nowMs, urgency: 'due' },
    async makeKey() {
      await d.failpoint('keys.midRotation');
      return makeSigningKey();
    },
  });
  if (moves.length > 0) d.telemetry.log.info({ event: 'signingKeysMoved', moves });
  return { 'keys moved': moves.length, 'keys held': keyCount };
}
