/**
 * Envelope encryption. A key-encryption key (KEK) that never touches the database wraps one data
 * key per tenant; everything personal is sealed by AES-256-GCM under keys derived from that data
 * key. The tenant is always part of the authenticated data, so bytes copied to another tenant do
 * not open. Destroying a tenant's wrapped key makes all of its sealed data unreadable.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  randomFillSync,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { TenantId } from '../domain/ids.ts';
import { remember } from './remember.ts';
import { tokeniser } from './word-tokens.ts';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
/** Layout of sealed bytes: one version byte, then IV, tag and ciphertext. */
const bytesVersion = 1;
const overheadBytes = 1 + ivBytes + tagBytes;
/** Key id written into text sealed by a tenant's data key; rotation of data keys counts it up. */
const dataKeyId = 'd1';

/** Blind indexes kept at hand: the people a business deals with come again in every file. */
const cachedIndexesMax = 5_000;

/** The context of row contents, so that a line's bytes stay valid when it becomes a transaction. */
export const rowContext = 'row';

/** Seals and opens one tenant's data. `context` names what the bytes are, for example `row`. */
export interface Sealer {
  seal(text: string, context: string): Buffer;
  /** Throws when the bytes were altered, belong to another tenant or to another context. */
  open(sealed: Uint8Array, context: string): string;
  sealBytes(bytes: Uint8Array, context: string): Buffer;
  openBytes(sealed: Uint8Array, context: string): Buffer;
  /** The text form `dft1.<kid>.<iv>.<ct>.<tag>` (base64url), for text columns and messages. */
  sealText(text: string, context: string): string;
  openText(sealed: string, context: string): string;
  /** A keyed hash (32 bytes) that finds equal values without storing them; caller normalises. */
  index(text: string): Buffer;
  /** Keyed 64-bit tokens of the words of a text as decimal strings, at most 32, no duplicates. */
  tokens(text: string): string[];
}

export interface Keyring {
  /** A fresh data key for a tenant, wrapped by the KEK, ready for `tenants.data_key_sealed`. */
  newDataKey(tenantId: TenantId): string;
  /** Unwraps a tenant's data key; throws when it was wrapped by another KEK or for another tenant. */
  sealerOf(tenantId: TenantId, dataKeySealed: string): Sealer;
  /** Seals what belongs to no tenant, under keys derived from the KEK itself. */
  platformSealer(): Sealer;
}

/** Holds the key-encryption key: 32 bytes and the id under which wrapped keys name it. */
export function openKeyring(options: { kek: Uint8Array; kekId: string }): Keyring {
  if (options.kek.byteLength !== keyBytes) throw new RangeError('the KEK must have 32 bytes');
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(options.kekId)) throw new TypeError('the KEK id is malformed');
  const kek = createSecretKey(options.kek);
  const wrapped = (tenantId: TenantId): TextBox => ({
    key: kek,
    keyId: options.kekId,
    aad: `v1|${tenantId}|platform.tenants|data_key`,
  });
  return {
    newDataKey: (tenantId) => encodeText(randomBytes(keyBytes), wrapped(tenantId)),
    sealerOf: (tenantId, sealed) => sealerFor(tenantId, decodeText(sealed, wrapped(tenantId))),
    platformSealer: () => sealerFor('platform', kek.export()),
  };
}

/** Seals what belongs to the house and not to one tenant, such as spool records and API tokens. */
export interface HouseBox {
  seal(bytes: Uint8Array, context: string): Buffer;
  /** Throws when the bytes were altered or belong to another context. */
  open(sealed: Uint8Array, context: string): Buffer;
}

/** A box under a key of its own for `purpose`, derived from the key-encryption key. */
export function openHouseBox(kek: Uint8Array, purpose: string): HouseBox {
  const key = createSecretKey(
    new Uint8Array(hkdfSync('sha256', kek, '', `daftari ${purpose}`, keyBytes)),
  );
  const aad = (context: string) => `v1|${purpose}|${context}`;
  return {
    seal: (bytes, context) => encrypt(key, bytes, aad(context)),
    open: (sealed, context) => decrypt(key, sealed, aad(context)),
  };
}

function sealerFor(owner: TenantId | 'platform', dataKey: Buffer): Sealer {
  const derive = (purpose: string) =>
    createSecretKey(
      new Uint8Array(hkdfSync('sha256', dataKey, owner, `daftari ${purpose}`, keyBytes)),
    );
  const key = derive('seal');
  const indexKey = derive('index');
  const tokens = tokeniser(derive('words'));
  const aad = (context: string) => `v1|${owner}|${context}`;
  const box = (context: string): TextBox => ({ key, keyId: dataKeyId, aad: aad(context) });
  return {
    seal: (text, context) => encrypt(key, Buffer.from(text, 'utf8'), aad(context)),
    open: (sealed, context) => decrypt(key, sealed, aad(context)).toString('utf8'),
    sealBytes: (bytes, context) => encrypt(key, bytes, aad(context)),
    openBytes: (sealed, context) => decrypt(key, sealed, aad(context)),
    sealText: (text, context) => encodeText(Buffer.from(text, 'utf8'), box(context)),
    openText: (sealed, context) => decodeText(sealed, box(context)).toString('utf8'),
    index: remember(cachedIndexesMax, (text) =>
      createHmac('sha256', indexKey).update(text, 'utf8').digest(),
    ),
    tokens,
  };
}

function encrypt(key: KeyObject, plain: Uint8Array, aad: string): Buffer {
  const sealed = Buffer.allocUnsafe(overheadBytes + plain.byteLength);
  sealed[0] = bytesVersion;
  const iv = nextIv();
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(aad, 'utf8'));
  sealed.set(iv, 1);
  sealed.set(cipher.update(plain), overheadBytes);
  cipher.final();
  sealed.set(cipher.getAuthTag(), 1 + ivBytes);
  return sealed;
}

/**
 * Opens bytes sealed under a key; throws when they, their tag or `aad` were altered. IVs of 12 and tags
 * of 16 bytes are the only ones there are.
 */
export function decrypt(key: KeyObject, sealed: Uint8Array, aad: string | Uint8Array): Buffer {
  if (sealed.byteLength < overheadBytes || sealed[0] !== bytesVersion) throw notOpened();
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(1, 1 + ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(typeof aad === 'string' ? Buffer.from(aad, 'utf8') : aad);
  decipher.setAuthTag(sealed.subarray(1 + ivBytes, overheadBytes));
  try {
    const plain = decipher.update(sealed.subarray(overheadBytes));
    decipher.final();
    return plain;
  } catch (cause) {
    throw notOpened(cause);
  }
}

interface TextBox {
  key: KeyObject;
  keyId: string;
  aad: string;
}

function encodeText(plain: Uint8Array, box: TextBox): string {
  const sealed = encrypt(box.key, plain, box.aad);
  const part = (from: number, to?: number) => sealed.subarray(from, to).toString('base64url');
  const [iv, tag] = [part(1, 1 + ivBytes), part(1 + ivBytes, overheadBytes)];
  return `dft1.${box.keyId}.${iv}.${part(overheadBytes)}.${tag}`;
}

function decodeText(sealed: string, box: TextBox): Buffer {
  const [scheme, keyId, iv = '', ciphertext = '', tag = '', ...rest] = sealed.split('.');
  if (scheme !== 'dft1' || keyId !== box.keyId || rest.length > 0) throw notOpened();
  const parts = [iv, tag, ciphertext].map((text) => Buffer.from(text, 'base64url'));
  if (parts[0]?.byteLength !== ivBytes || parts[1]?.byteLength !== tagBytes) throw notOpened();
  return decrypt(box.key, Buffer.concat([Buffer.of(bytesVersion), ...parts]), box.aad);
}

/** One message for every cause: an attacker learns nothing from how the opening failed. */
function notOpened(cause?: unknown): Error {
  return new Error('sealed data could not be opened', { cause });
}

const ivPool = Buffer.alloc(ivBytes * 1024);
let ivOffset = ivPool.byteLength;

/** Random IVs are drawn 1,024 at a time, because a call per row costs as much as the cipher. */
function nextIv(): Buffer {
  if (ivOffset === ivPool.byteLength) {
    randomFillSync(ivPool);
    ivOffset = 0;
  }
  ivOffset += ivBytes;
  return ivPool.subarray(ivOffset - ivBytes, ivOffset);
}
