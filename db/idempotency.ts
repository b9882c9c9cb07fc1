/**
 * Repeating a request with the same Idempotency-Key repeats nothing: the first insert wins, and the
 * unique key in the database decides who was first.
 */
import { sql } from 'kysely';
import type { OperatorHandle, TenantHandle } from './database.ts';

export interface IdempotencyKey {
  /** Who asks, for example `user:<id>`: two people never share a key. */
  principal: string;
  /** Method and route template, such as `POST /v1/statements`. */
  route: string;
  /** SHA-256 of the key in hexadecimal; the key itself is not kept. */
  keyHash: string;
}

export interface StoredResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export type IdempotencyState =
  | { state: 'started' }
  | { state: 'in-progress' }
  /** The key was used for another request. */
  | { state: 'mismatch' }
  | { state: 'completed'; response: StoredResponse };

/**
 * A request that died without an answer gives its key free after this time, which is longer than any
 * handler works. What it had already done is found again by its id, which follows from the key.
 */
const abandonedAfterSeconds = 20;

/** Claims a key for a request, or says how the earlier request with this key stands. */
export async function beginIdempotent(
  t: TenantHandle,
  key: IdempotencyKey & { requestHash: string },
): Promise<IdempotencyState> {
  const started = await sql`
    insert into ${t.table('idempotency_keys')} as k
      (tenant_id, principal, route, key_hash, request_hash)
    values (${t.tenantId}, ${key.principal}, ${key.route}, ${key.keyHash}, ${key.requestHash})
    on conflict (tenant_id, principal, route, key_hash) do update set created_at = now()
    where k.state = 'in-progress' and k.request_hash = excluded.request_hash
      and k.created_at < now() - make_interval(secs => ${abandonedAfterSeconds})
    returning 1`.execute(t.query);
  if (started.rows.length > 0) return { state: 'started' };
  const found = await selectKey(t, key)
    .select(['request_hash', 'state', 'status', 'headers', 'body'])
    .executeTakeFirst();
  if (found === undefined) return { state: 'in-progress' };
  if (found.request_hash !== key.requestHash) return { state: 'mismatch' };
  if (found.status === null) return { state: 'in-progress' };
  const { status, headers, body } = found;
  return { state: 'completed', response: { status, headers: headers ?? {}, body } };
}

/** Keeps the response for replays; call it in the transaction of the effect where there is one. */
export async function completeIdempotent(
  t: TenantHandle,
  key: IdempotencyKey,
  response: StoredResponse,
): Promise<void> {
  await t.query
    .updateTable('idempotency_keys')
    .set({
      state: 'completed',
      status: response.status,
      headers: JSON.stringify(response.headers),
      body: JSON.stringify(response.body ?? null),
    })
    .where('principal', '=', key.principal)
    .where('route', '=', key.route)
    .where('key_hash', '=', key.keyHash)
    .execute();
}

/** Gives the key free after a request that had no effect, so that it can be tried again. */
export async function releaseIdempotent(t: TenantHandle, key: IdempotencyKey): Promise<void> {
  await t.query
    .deleteFrom('idempotency_keys')
    .where('principal', '=', key.principal)
    .where('route', '=', key.route)
    .where('key_hash', '=', key.keyHash)
    .where('state', '=', 'in-progress')
    .execute();
}

/** Forgets keys older than 72 hours, of all tenants; returns how many. */
export async function sweepIdempotencyKeys(o: OperatorHandle): Promise<number> {
  const done = await sql`
    delete from ${o.table('idempotency_keys')}
    where created_at < now() - interval '72 hours'`.execute(o.query);
  return Number(done.numAffectedRows ?? 0);
}

function selectKey(t: TenantHandle, key: IdempotencyKey) {
  return t.query
    .selectFrom('idempotency_keys')
    .where('principal', '=', key.principal)
    .where('route', '=', key.route)
    .where('key_hash', '=', key.keyHash);
}
