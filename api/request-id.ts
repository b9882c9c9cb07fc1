/**
 * Ids of what a request makes. With an Idempotency-Key they follow from the key, so that a request
 * whose process died between its effect and its answer finds that effect when it is repeated, and
 * makes no second one.
 */
import { createHash } from 'node:crypto';
import { id, type Id, type IdKind } from '../domain/ids.ts';
import { actorOf } from './auth/principal.ts';
import { newId } from './new-id.ts';
import type { Call } from './route.ts';

/**
 * The id for an object of this kind. `body` is what was asked for: the same key with another body is
 * another request. RFC 9562 version 8 when it follows from a key, else version 7.
 */
export function idFor<Kind extends IdKind>(call: Call, kind: Kind, body: unknown): Id<Kind> {
  const key = call.request.get('idempotency-key');
  if (key === undefined) return newId(kind, call.dependencies.now());
  const { principal, request } = call;
  const facts = [principal.tenantId, actorOf(principal), request.method, request.path, kind, key];
  const bytes = createHash('sha256')
    .update(JSON.stringify([...facts, body ?? null]))
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.subarray(0, 16).toString('hex');
  return id(kind, hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}
