/**
 * Encrypts every payload before it leaves the process: AES-256-GCM with a random nonce per payload.
 * Temporal stores arguments, results, messages and failures, and sees none of them in clear.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';

const encoding = Buffer.from('binary/encrypted');
const cipherName = Buffer.from('aes-256-gcm');
const nonceBytes = 12;
const tagBytes = 16;
const lengthBytes = 4;

/** Payload keys by their id; the active one encrypts, all of them decrypt. */
export interface Keyring {
  activeKeyId: string;
  keys: ReadonlyMap<string, Buffer>;
}

/** Derives the payload key from the key-encryption key, so that neither can stand in for the other. */
export function payloadKeyring(keys: { kek: Buffer; kekId: string }): Keyring {
  const key = hkdfSync('sha256', keys.kek, '', 'daftari/temporal-payloads/v1', 32);
  return { activeKeyId: keys.kekId, keys: new Map([[keys.kekId, Buffer.from(key)]]) };
}

/**
 * The codec of one keyring. Payloads of other encodings pass through untouched, so that histories
 * written without a codec stay readable. Decoding throws on an unknown key id and on any changed bit.
 */
export function createPayloadCodec(keyring: Keyring): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, keyring)),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, keyring)),
  };
}

function encrypt(payload: Payload, keyring: Keyring): Payload {
  const keyId = keyring.activeKeyId;
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(keyring, keyId), nonce, {
    authTagLength: tagBytes,
  });
  cipher.setAAD(associatedData(keyId));
  const clear = pack(payload);
  const body = Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  const metadata = { encoding, cipher: cipherName, 'key-id': Buffer.from(keyId) };
  return { metadata, data: body };
}

function decrypt(payload: Payload, keyring: Keyring): Payload {
  const metadata = payload.metadata ?? {};
  if (!isEncrypted(metadata['encoding']) || !payload.data) return payload;
  const keyId = Buffer.from(metadata['key-id'] ?? '').toString();
  const body = Buffer.from(payload.data);
  if (body.length < nonceBytes + tagBytes)
    throw new RangeError('an encrypted payload is cut short');
  const decipher = createDecipheriv(
    'aes-256-gcm',
    keyOf(keyring, keyId),
    body.subarray(0, nonceBytes),
    { authTagLength: tagBytes },
  );
  decipher.setAAD(associatedData(keyId));
  decipher.setAuthTag(body.subarray(-tagBytes));
  const sealed = body.subarray(nonceBytes, -tagBytes);
  const clear = Buffer.concat([decipher.update(sealed), decipher.final()]);
  return unpack(clear);
}

/** A payload as bytes: the length of its metadata (4 bytes), the metadata as JSON, the data. */
function pack(payload: Payload): Buffer {
  const entries = Object.entries(payload.metadata ?? {});
  const metadata = entries.map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  const head = Buffer.from(JSON.stringify(metadata));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, payload.data ?? new Uint8Array()]);
}

function unpack(bytes: Buffer): Payload {
  const end = lengthBytes + bytes.readUInt32BE(0);
  const entries: [string, string][] = JSON.parse(bytes.toString('utf8', lengthBytes, end));
  const metadata = entries.map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(metadata), data: bytes.subarray(end) };
}

function isEncrypted(value: Uint8Array | null | undefined): boolean {
  return value !== null && value !== undefined && encoding.equals(value);
}

function keyOf(keyring: Keyring, keyId: string): Buffer {
  const key = keyring.keys.get(keyId);
  if (key === undefined) throw new Error(`no payload key with the id "${keyId}"`);
  return key;
}

function associatedData(keyId: string): Buffer {
  return Buffer.from(`temporal-payload|v1|${keyId}`);
}
