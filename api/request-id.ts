/**
 * Ids of what a request makes. With an Idempotency-Key they follow from the key, so that a request
 * whose process died between its effect and its answer finds that effect when it is repeated, and
 * makes no second one.
 */
import { derivedUuid, newUuid } from '../db/new-id.ts';
import { id, type Id, type IdKind } from '../domain/ids.ts';
import { actorOf } from './auth/principal.ts';
import type { Call } from './route.ts';

/**
 * The id for an object of this kind. `body` is what was asked for: the same key with another body is
 * another request. RFC 9562 version 8 when it follows from a key, else version 7.
 */
export function idFor<Kind extends IdKind>(call: Call, kind: Kind, body: unknown): Id<Kind> {
  return id(kind, uuidFor(call, kind, body));
}

/** The same for things that have no public id, under a word for what is made. */
export function uuidFor(call: Call, made: string, body: unknown): string {
  const key = call.request.get('idempotency-key');
  if (key === undefined) return newUuid(call.dependencies.now());
  const { principal, request } = call;
  const facts = [principal.tenantId, actorOf(principal), request.method, request.path, made, key];
  return derivedUuid([...facts, body ?? null]);
}
