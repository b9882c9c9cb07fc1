/** API keys: an id that finds the row and a keyed hash of the secret; the key itself is not kept. */
import { sql } from 'kysely';
import type { ApiKeyId, TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, PlatformHandle } from './database.ts';
import type { MemberRole } from './event-tables.ts';
import type { TenantTier } from './platform-tables.ts';

export interface NewApiKey {
  id: ApiKeyId;
  lookup: string;
  secretHash: Buffer;
  environment: 'live' | 'test';
  name: string;
  scopes: readonly string[];
  addresses: readonly string[];
  createdBy: UserId;
  lifetimeDays: number;
}

export interface ApiKey {
  id: ApiKeyId;
  lookup: string;
  environment: 'live' | 'test';
  name: string;
  scopes: string[];
  addresses: string[];
  createdBy: UserId;
  createdAt: Instant;
  expiresAt: Instant;
  rotatedTo: ApiKeyId | null;
  revokedAt: Instant | null;
  usedAt: Instant | null;
}

/** A key that works now, with the role of the member who answers for it. */
export interface UsableKey {
  id: ApiKeyId;
  tenantId: TenantId;
  secretHash: Buffer;
  scopes: string[];
  addresses: string[];
  createdBy: UserId;
  role: MemberRole;
  tier: TenantTier;
  isSuspended: boolean;
  expiresAt: Instant;
}

/** Keys of one business only: the policy of the table sees to it. */
export function withKeysOf<T>(
  db: Database,
  tenantId: TenantId,
  work: (p: PlatformHandle) => Promise<T>,
): Promise<T> {
  return db.onPlatform(async (p) => {
    await sql`select set_config('app.tenant_id', ${tenantId}, true)`.execute(p.query);
    return work(p);
  });
}

export async function insertApiKey(
  p: PlatformHandle,
  tenantId: TenantId,
  key: NewApiKey,
): Promise<void> {
  await sql`
    insert into platform.api_keys (tenant_id, id, lookup, secret_hash, environment, name, scopes,
      addresses, created_by, expires_at)
    values (${tenantId}, ${key.id}, ${key.lookup}, ${key.secretHash}, ${key.environment},
      ${key.name}, ${[...key.scopes]}::text[], ${[...key.addresses]}::text[], ${key.createdBy},
      now() + make_interval(days => ${key.lifetimeDays}))`.execute(p.query);
}

/** Gives a key another secret; the one before stops at once. */
export async function replaceSecret(
  p: PlatformHandle,
  id: ApiKeyId,
  { lookup, secretHash }: Pick<NewApiKey, 'lookup' | 'secretHash'>,
): Promise<void> {
  await p.query
    .updateTable('platform.api_keys')
    .set({ lookup, secret_hash: secretHash })
    .where('id', '=', id)
    .execute();
}

/** All keys of the business, the newest first; revoked ones stay visible for a year. */
export async function listApiKeys(p: PlatformHandle): Promise<ApiKey[]> {
  return selectKeys(p).orderBy('created_at', 'desc').limit(500).execute();
}

export async function findApiKey(p: PlatformHandle, id: ApiKeyId): Promise<ApiKey | undefined> {
  return selectKeys(p).where('id', '=', id).executeTakeFirst();
}

function selectKeys(p: PlatformHandle) {
  return p.query
    .selectFrom('platform.api_keys')
    .select(['id', 'lookup', 'environment', 'name', 'scopes', 'addresses'])
    .select(['created_by as createdBy', 'created_at as createdAt', 'expires_at as expiresAt'])
    .select(['rotated_to as rotatedTo', 'revoked_at as revokedAt', 'used_at as usedAt']);
}

/** Ends a key now; false when it had ended. */
export async function revokeApiKey(p: PlatformHandle, id: ApiKeyId): Promise<boolean> {
  const done = await sql`
    update platform.api_keys set revoked_at = now() where id = ${id} and revoked_at is null
  `.execute(p.query);
  return done.numAffectedRows === 1n;
}

/** Lets a key run out when its successor has taken over; false when it was not working. */
export async function retireApiKey(
  p: PlatformHandle,
  key: { id: ApiKeyId; successor: ApiKeyId; overlapHours: number },
): Promise<boolean> {
  const done = await sql`
    update platform.api_keys set rotated_to = ${key.successor},
      expires_at = least(expires_at, now() + make_interval(hours => ${key.overlapHours}))
    where id = ${key.id} and revoked_at is null and rotated_to is null and expires_at > now()
  `.execute(p.query);
  return done.numAffectedRows === 1n;
}

/** The key behind a lookup while it works: its maker is a member still, the business is open. */
export async function findUsableKey(
  db: Database,
  asked: { lookup: string; environment: string },
): Promise<UsableKey | undefined> {
  return db.asOperator('find an API key', (o) =>
    o.query
      .selectFrom('platform.api_keys as k')
      .innerJoin('platform.memberships as m', (join) =>
        join.onRef('m.tenant_id', '=', 'k.tenant_id').onRef('m.user_id', '=', 'k.created_by'),
      )
      .innerJoin('platform.users as u', 'u.id', 'k.created_by')
      .innerJoin('platform.tenants as n', 'n.id', 'k.tenant_id')
      .select(['k.id', 'k.tenant_id as tenantId', 'k.secret_hash as secretHash', 'k.scopes'])
      .select(['k.addresses', 'k.created_by as createdBy', 'k.expires_at as expiresAt'])
      .select(sql<MemberRole>`m.role`.as('role'))
      .select('n.tier')
      .select(sql<boolean>`n.status = 'suspended'`.as('isSuspended'))
      .where('k.lookup', '=', asked.lookup)
      .where(sql<boolean>`k.environment = ${asked.environment}`)
      .where(sql<boolean>`n.environment = k.environment`)
      .where('k.revoked_at', 'is', null)
      .where(sql<boolean>`k.expires_at > now()`)
      .where('u.status', '=', 'active')
      .where('n.status', '<>', 'closed')
      .executeTakeFirst(),
  );
}

/** Notes when a key was used last, to the minute. */
export async function noteKeyUse(db: Database, id: ApiKeyId): Promise<void> {
  await db.asOperator('note the use of an API key', (o) =>
    sql`
      update platform.api_keys set used_at = now()
      where id = ${id} and (used_at is null or used_at < now() - interval '1 minute')
    `.execute(o.query),
  );
}
