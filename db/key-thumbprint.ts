import { createHash, type KeyObject } from 'node:crypto';

/** The RFC 7638 thumbprint of an RSA public key, base64url; throws for any other kind of key. */
export function thumbprintOf(publicKey: KeyObject): string {
  const { n, e } = publicKey.export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new TypeError('a signing key must be RSA');
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
}
