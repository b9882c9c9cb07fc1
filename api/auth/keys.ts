/**
 * The keys that sign access tokens. One is active; others may still verify, so that keys can be
 * rotated without signing anybody out.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { thumbprintOf } from '../../db/key-thumbprint.ts';
import type { StoredSigningKey } from '../../db/signing-keys.ts';
import type { KeySet } from './schema.ts';

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export interface SigningKeys {
  readonly active: SigningKey;
  /** The public key with this id, or undefined: unknown and retired keys look the same. */
  find(kid: string): KeyObject | undefined;
  /** The public halves as a JSON Web Key Set. */
  published(): KeySet;
  /** Looks for keys made elsewhere; what is known stays when the database cannot be asked. */
  refresh(): Promise<void>;
  /** Looks again for an id nobody knows, at most once in 30 s: anybody may make one up. */
  learn(kid: string): Promise<void>;
}

/** Told when the set of keys is another one: what was verified before has to be verified anew. */
export interface KeySource {
  read(): Promise<readonly StoredSigningKey[]>;
  onChange(): void;
  now(): number;
}

const learnEveryMs = 30_000;

/**
 * Holds the keys of a process. The key of the configuration signs until the source has keys; from
 * then on only those count, so that a retired one cannot come back with a restart.
 */
export function signingKeys(configured: KeyObject, source?: KeySource): SigningKeys {
  let held = holdingOf(pairOf(configured), []);
  let reading: Promise<void> | undefined;
  let isStale = false;
  let learntAtMs = -Infinity;
  const read = async (from: KeySource): Promise<void> => {
    do {
      isStale = false;
      const stored = await from.read();
      const changed = holdingFrom(stored, held);
      if (changed === undefined) continue;
      held = changed;
      from.onChange();
    } while (isStale);
  };
  /** One question at a time; news during a question are asked for again after it. */
  const refresh = (): Promise<void> => {
    if (source === undefined) return Promise.resolve();
    isStale = true;
    reading ??= read(source)
      .catch(() => {})
      .finally(() => (reading = undefined));
    return reading;
  };
  return {
    get active() {
      return held.active;
    },
    find: (kid) => held.byId.get(kid),
    published: () => held.published,
    refresh,
    learn: async (kid) => {
      if (source === undefined || held.byId.has(kid)) return;
      if (source.now() - learntAtMs < learnEveryMs) return;
      learntAtMs = source.now();
      await refresh();
    },
  };
}

interface Holding {
  active: SigningKey;
  byId: ReadonlyMap<string, KeyObject>;
  published: KeySet;
}

function holdingOf(active: SigningKey, verifying: readonly KeyObject[]): Holding {
  const byId = new Map([[active.kid, active.publicKey]]);
  for (const key of verifying) byId.set(thumbprintOf(key), key);
  return { active, byId, published: { keys: [...byId].map(publish) } };
}

/** Undefined when nothing signs yet, or when these keys are the ones held already. */
function holdingFrom(stored: readonly StoredSigningKey[], held: Holding): Holding | undefined {
  const active = stored.find(({ state }) => state === 'active');
  if (active === undefined || active.privatePem === null) return undefined;
  const ids = new Set(stored.map(({ kid }) => kid));
  const isSame =
    active.kid === held.active.kid &&
    ids.size === held.byId.size &&
    [...ids].every((kid) => held.byId.has(kid));
  if (isSame) return undefined;
  const verifying = stored.map((key) => held.byId.get(key.kid) ?? createPublicKey(key.publicPem));
  return holdingOf(pairOf(createPrivateKey(active.privatePem)), verifying);
}

function pairOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  return { kid: thumbprintOf(publicKey), privateKey, publicKey };
}

function publish([kid, key]: [string, KeyObject]): KeySet['keys'][number] {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  return { kty: 'RSA', kid, use: 'sig', alg: 'RS256', n, e };
}
