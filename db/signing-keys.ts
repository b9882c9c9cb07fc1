/**
 * The keys that sign access tokens, as every process finds them. The private half is sealed and is
 * destroyed the moment a key stops signing.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import { dueMoves, newKey, type KeyMove, type Urgency } from '../domain/auth/key-rotation.ts';
import { epochMsOf, instantFromEpochMs, type Instant } from '../domain/time.ts';
import { thumbprintOf } from './key-thumbprint.ts';
import type { Database, OperatorHandle } from './database.ts';
import type { SigningKeyState } from './key-tables.ts';
import type { Sealer } from './seal.ts';

export interface StoredSigningKey {
  kid: string;
  publicPem: string;
  /** Of the active key only: no other one signs. */
  privatePem: string | null;
  state: Exclude<SigningKeyState, 'retired'>;
}

const contextOf = (kid: string) => `signing key ${kid}`;

/** Every key that may still verify, the oldest first. */
export async function listSigningKeys(db: Database): Promise<StoredSigningKey[]> {
  const rows = await db.asOperator('read the signing keys', ({ query }) =>
    query
      .selectFrom('platform.signing_keys')
      .select(['kid', 'public_pem', 'private_sealed', 'state'])
      .where('state', '<>', 'retired')
      .orderBy('created_at')
      .execute(),
  );
  return rows.flatMap(({ kid, public_pem: publicPem, private_sealed: sealed, state }) => {
    if (state === 'retired') return [];
    const isOpened = state === 'active' && sealed !== null;
    const privatePem = isOpened ? db.platformSeal.openText(sealed, contextOf(kid)) : null;
    return [{ kid, publicPem, privatePem, state }];
  });
}

export interface Rotation {
  moves: KeyMove[];
  /** How many keys the set holds afterwards: retired ones do not count. */
  keyCount: number;
}

/**
 * Makes the moves that are due, all or none. `first` is the key of the configuration, which signs
 * until this table holds one; `makeKey` gives a fresh private RSA key when one is due.
 * Runs side by side take turns; each decides on what the one before it left.
 */
export async function rotateSigningKeys(
  db: Database,
  rotation: {
    first: KeyObject;
    makeKey: () => Promise<KeyObject>;
    nowMs: number;
    urgency: Urgency;
  },
): Promise<Rotation> {
  return db.asOperator('rotate the signing keys', async (o) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('signing keys', 0))`.execute(o.query);
    const at = instantFromEpochMs(rotation.nowMs);
    await adopt(o, db.platformSeal, { key: rotation.first, at });
    const moves = dueMoves(await readKeys(o), rotation);
    for (const move of moves) {
      if (move.kid !== newKey) await moveKey(o, move, at);
      else {
        const key = await rotation.makeKey();
        await insertKey(o, db.platformSeal, { key, at, as: move.to });
      }
    }
    const keyCount = (await readKeys(o)).length;
    return { moves, keyCount };
  });
}

/** The key of the configuration becomes the first of the table. */
async function adopt(
  o: OperatorHandle,
  seal: Sealer,
  { key, at }: { key: KeyObject; at: Instant },
): Promise<void> {
  const { rows } = await sql`select from platform.signing_keys limit 1`.execute(o.query);
  if (rows.length === 0) await insertKey(o, seal, { key, at, as: 'active' });
}

async function readKeys(o: OperatorHandle) {
  const rows = await o.query
    .selectFrom('platform.signing_keys')
    .selectAll()
    .where('state', '<>', 'retired')
    .execute();
  return rows.map((row) => {
    const since = { next: row.created_at, active: row.active_at, retiring: row.retiring_at };
    const at = row.state === 'retired' ? null : since[row.state];
    return { kid: row.kid, state: row.state, sinceMs: epochMsOf(at ?? row.created_at) };
  });
}

async function insertKey(
  o: OperatorHandle,
  seal: Sealer,
  { key, at, as: state }: { key: KeyObject; at: Instant; as: SigningKeyState },
): Promise<void> {
  const publicKey = createPublicKey(key);
  const kid = thumbprintOf(publicKey);
  const privatePem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  await o.query
    .insertInto('platform.signing_keys')
    .values({
      ...{ kid, state, created_at: at },
      public_pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      private_sealed: seal.sealText(privatePem, contextOf(kid)),
      active_at: state === 'active' ? at : null,
    })
    .execute();
}

async function moveKey(o: OperatorHandle, { kid, to }: KeyMove, at: Instant): Promise<void> {
  const signs = to === 'active' || to === 'next';
  await o.query
    .updateTable('platform.signing_keys')
    .set({ state: to, ...(signs ? {} : { private_sealed: null }) })
    .$if(to === 'active', (q) => q.set({ active_at: at }))
    .$if(to === 'retiring', (q) => q.set({ retiring_at: at }))
    .$if(to === 'retired', (q) => q.set({ retired_at: at }))
    .where('kid', '=', kid)
    .execute();
}
