/**
 * The key pair behind security credentials: a self-signed certificate to encrypt an initiator's
 * password with, and its decryption. Node refuses or disguises PKCS#1 v1.5 decryption depending on
 * its build, so the padding is taken off by hand; nothing secret hangs on the timing of a double.
 */
import { constants, generateKeyPair, privateDecrypt, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { promisify } from 'node:util';
import { bitString, integer, objectId, sequence, setOf, tagged, utcTime, utf8 } from './der.ts';

export interface Keys {
  certificatePem: string;
  privateKeyPem: string;
  /** The password in a base64 credential, or undefined when it was not encrypted for this key. */
  decrypt(credential: string): string | undefined;
}

/** Makes a fresh 2,048-bit pair. */
export async function createKeys(): Promise<Keys> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return keysOf(privateKey);
}

/** The keys of an earlier run. */
export function restoreKeys(privateKeyPem: string): Keys {
  return keysOf(createPrivateKey(privateKeyPem));
}

function keysOf(privateKey: KeyObject): Keys {
  return {
    certificatePem: selfSigned(privateKey),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    decrypt: (credential) => decrypt(privateKey, credential),
  };
}

function decrypt(key: KeyObject, credential: string): string | undefined {
  const sealed = Buffer.from(credential, 'base64');
  if (sealed.length !== 256) return undefined;
  try {
    const padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed);
    const end = padded.indexOf(0, 2);
    const isPadded = padded[0] === 0 && padded[1] === 2 && end >= 10;
    return isPadded ? padded.subarray(end + 1).toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}

const sha256WithRsa = '1.2.840.113549.1.1.11';
const commonName = '2.5.4.3';

/** An X.509 v1-style certificate valid from 2024 to 2049 for the public half of the key. */
function selfSigned(privateKey: KeyObject): string {
  const name = sequence(setOf(sequence(objectId(commonName), utf8('Daraja twin'))));
  const algorithm = sequence(objectId(sha256WithRsa), Buffer.from([0x05, 0x00]));
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const body = sequence(
    tagged(0, integer(2)),
    integer(1),
    algorithm,
    name,
    sequence(utcTime('240101000000Z'), utcTime('491231235959Z')),
    name,
    publicKey,
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, bitString(signature)).toString('base64');
  const lines = certificate.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
