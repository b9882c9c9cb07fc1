/**
 * Signs the manifests of archives with Ed25519. The key follows from the key-encryption key, so every
 * process signs alike, and nothing has to be kept; the public half is given out with every archive.
 */
import { createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';

export interface ManifestSigner {
  /** The public half as PEM. */
  publicKey: string;
  /** Base64 over exactly these bytes. */
  sign(manifest: string): string;
  isSigned(manifest: string, signature: string): boolean;
}

/** PKCS #8 of an Ed25519 key (RFC 8410 §7) up to its 32 bytes of seed. */
const pkcs8Start = Buffer.from('302e020100300506032b657004220420', 'hex');
/** A signature of a manifest is never one of anything else. */
const purpose = 'daftari export manifest\n';

export function openManifestSigner(kek: Uint8Array): ManifestSigner {
  const seed = new Uint8Array(hkdfSync('sha256', kek, '', 'daftari export manifest', 32));
  const der = Buffer.concat([pkcs8Start, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const bytes = (manifest: string) => Buffer.from(purpose + manifest, 'utf8');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (manifest) => sign(null, bytes(manifest), privateKey).toString('base64'),
    isSigned: (manifest, signature) =>
      verify(null, bytes(manifest), publicKey, Buffer.from(signature, 'base64')),
  };
}
