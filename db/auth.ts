/** Who may sign in, and what they are in a tenant. */
import { sql } from 'kysely';
import type { TenantId, UserId } from '../domain/ids.ts';
import type { OperatorHandle, TenantHandle } from './database.ts';
import type { MemberRole } from './event-tables.ts';
import type { TenantEnvironment, TenantStatus } from './platform-tables.ts';

export interface TenantName {
  id: TenantId;
  name: string;
  slug: string;
  environment: TenantEnvironment;
  status: TenantStatus;
}

export interface Login {
  userId: UserId;
  email: string;
  name: string;
  locale: string;
  passwordHash: string;
  isActive: boolean;
  /** Tenants the user belongs to, earliest membership first. */
  memberships: { role: MemberRole; tenant: TenantName }[];
}

export interface Member {
  userId: UserId;
  email: string;
  name: string;
  locale: string;
  role: MemberRole;
  tenant: TenantName;
}

/** Finds a user by e-mail address, whatever its case, with the memberships in every tenant. */
export async function findLogin(o: OperatorHandle, email: string): Promise<Login | undefined> {
  const user = await selectUsers(o)
    .where(sql<string>`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();
  return user && loginOf(o, user);
}

/** The same for a user whose id is known. */
export async function findLoginById(o: OperatorHandle, id: UserId): Promise<Login | undefined> {
  const user = await selectUsers(o).where('id', '=', id).executeTakeFirst();
  return user && loginOf(o, user);
}

function selectUsers(o: OperatorHandle) {
  return o.query
    .selectFrom('platform.users')
    .select(['id', 'email', 'name', 'locale', 'password_hash', 'status']);
}

type UserRow = NonNullable<Awaited<ReturnType<ReturnType<typeof selectUsers>['executeTakeFirst']>>>;

async function loginOf(o: OperatorHandle, user: UserRow): Promise<Login> {
  const rows = await o.query
    .selectFrom('platform.memberships as m')
    .innerJoin('platform.tenants as n', 'n.id', 'm.tenant_id')
    .select(['m.role', 'n.id', 'n.name', 'n.slug', 'n.environment', 'n.status'])
    .where('m.user_id', '=', user.id)
    .orderBy('m.created_at')
    .orderBy('n.id')
    .execute();
  const { id: userId, email: address, name, locale, password_hash: passwordHash } = user;
  const memberships = rows.map(({ role, ...tenant }) => ({ role, tenant }));
  const isActive = user.status === 'active';
  return { userId, email: address, name, locale, passwordHash, isActive, memberships };
}

/** A user as a member of this tenant; undefined when the membership has ended. */
export async function findMember(t: TenantHandle, userId: UserId): Promise<Member | undefined> {
  const row = await t.query
    .selectFrom('members as m')
    .innerJoin('platform.users as u', 'u.id', 'm.user_id')
    .innerJoin('platform.tenants as n', 'n.id', 'm.tenant_id')
    .select(['u.email', 'u.name', 'u.locale', 'm.role'])
    .select(['n.id as tenantId', 'n.name as tenantName', 'n.slug', 'n.environment', 'n.status'])
    .where('m.user_id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { email, name, locale, role, tenantId, tenantName, slug, environment, status } = row;
  const tenant = { id: tenantId, name: tenantName, slug, environment, status };
  return { userId, email, name, locale, role, tenant };
}

/** Replaces a password; `previousHash` keeps an upgrade from undoing a change made meanwhile. */
export async function replacePasswordHash(
  o: OperatorHandle,
  change: { userId: UserId; hash: string; previousHash?: string },
): Promise<boolean> {
  let update = o.query
    .updateTable('platform.users')
    .set({ password_hash: change.hash })
    .where('id', '=', change.userId);
  if (change.previousHash !== undefined) {
    update = update.where('password_hash', '=', change.previousHash);
  }
  const [done] = await update.execute();
  return done?.numUpdatedRows === 1n;
}

/** The password hash of a person who may sign in. */
export async function findPasswordHash(
  o: OperatorHandle,
  userId: UserId,
): Promise<{ hash: string; email: string; name: string; locale: string } | undefined> {
  return o.query
    .selectFrom('platform.users')
    .select(['password_hash as hash', 'email', 'name', 'locale'])
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .executeTakeFirst();
}

/** The businesses a person belongs to, for what has to be noted in each. */
export async function listTenantsOf(o: OperatorHandle, userId: UserId): Promise<TenantId[]> {
  const rows = await o.query
    .selectFrom('platform.memberships')
    .select('tenant_id')
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .limit(50)
    .execute();
  return rows.map((row) => row.tenant_id);
}
