import { createHash, randomBytes } from 'node:crypto';
import { id, type Id, type IdKind } from '../domain/ids.ts';

/** A fresh UUIDv7 (RFC 9562): ordered by time, 74 random bits. `nowMs` is milliseconds since 1970. */
export function newId<Kind extends IdKind>(kind: Kind, nowMs: number): Id<Kind> {
  return id(kind, newUuid(nowMs));
}

/** The same for things that have no public id. */
export function newUuid(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidText(bytes);
}

/** A UUID (RFC 9562, version 8) that follows from these facts: the same facts, the same UUID. */
export function derivedUuid(facts: readonly unknown[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(facts)).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidText(bytes.subarray(0, 16));
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return parts.join('-');
}
