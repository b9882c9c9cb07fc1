/**
 * The keys that sign access tokens. One is active; others may still verify, so that keys can be
 * rotated without signing anybody out.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { KeySet } from './schema.ts';

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export interface SigningKeys {
  active: SigningKey;
  /** The public key with this id, or undefined: unknown and retired keys look the same. */
  find(kid: string): KeyObject | undefined;
  /** The public halves as a JSON Web Key Set. */
  published(): KeySet;
}

/** Key ids are RFC 7638 thumbprints, so they need no place of their own in the configuration. */
export function signingKeys(active: KeyObject, verifying: readonly KeyObject[] = []): SigningKeys {
  const activeKey = { ...identify(createPublicKey(active)), privateKey: active };
  const all = [activeKey, ...verifying.map((key) => identify(createPublicKey(key)))];
  const byId = new Map(all.map((key) => [key.kid, key.publicKey]));
  return {
    active: activeKey,
    find: (kid) => byId.get(kid),
    published: () => ({
      keys: all.map(({ kid, n, e }) => ({ kty: 'RSA', kid, use: 'sig', alg: 'RS256', n, e })),
    }),
  };
}

function identify(publicKey: KeyObject) {
  const { n, e } = publicKey.export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new TypeError('a signing key must be RSA');
  const thumbprint = JSON.stringify({ e, kty: 'RSA', n });
  const kid = createHash('sha256').update(thumbprint).digest('base64url');
  return { kid, publicKey, n, e };
}
