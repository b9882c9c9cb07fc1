/** The people of a tenant and their roles; the last owner stays. */
import { sql } from 'kysely';
import type { TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, TenantHandle } from './database.ts';
import type { MemberRole } from './event-tables.ts';

export interface TeamMember {
  userId: UserId;
  name: string;
  email: string;
  locale: string;
  role: MemberRole;
  joinedAt: Instant;
}

/** Everybody, owners and the longest here first. */
export async function listMembers(t: TenantHandle): Promise<TeamMember[]> {
  const rows = await t.query
    .selectFrom('members as m')
    .innerJoin('platform.users as u', 'u.id', 'm.user_id')
    .select(['u.id', 'u.name', 'u.email', 'u.locale', 'm.role', 'm.created_at'])
    .orderBy(sql`m.role <> 'owner'`)
    .orderBy('m.created_at')
    .orderBy('u.id')
    .execute();
  return rows.map(({ id: userId, name, email, locale, role, created_at: joinedAt }) => ({
    ...{ userId, name, email, locale, role, joinedAt },
  }));
}

/**
 * The role of a member and the number of owners, with every owner's row locked: whoever takes a role
 * away at the same moment waits, so two owners cannot remove each other.
 */
export async function lockMember(
  t: TenantHandle,
  userId: UserId,
): Promise<{ role: MemberRole; ownerCount: number } | undefined> {
  const rows = await t.query
    .selectFrom('members')
    .select(['user_id', 'role'])
    .where((where) => where.or([where('role', '=', 'owner'), where('user_id', '=', userId)]))
    .orderBy('user_id')
    .forUpdate()
    .execute();
  const member = rows.find((row) => row.user_id === userId);
  if (member === undefined) return undefined;
  return { role: member.role, ownerCount: rows.filter(({ role }) => role === 'owner').length };
}

export async function setRole(t: TenantHandle, userId: UserId, role: MemberRole): Promise<void> {
  await t.query.updateTable('members').set({ role }).where('user_id', '=', userId).execute();
}

export async function removeMember(t: TenantHandle, userId: UserId): Promise<void> {
  await t.query.deleteFrom('members').where('user_id', '=', userId).execute();
}

export async function countMembers(t: TenantHandle): Promise<number> {
  const row = await t.query
    .selectFrom('members')
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}

/**
 * In a tenant's own database triggers cannot reach the table by which people find their businesses,
 * so it is brought in line here after every change. Elsewhere there is nothing to do.
 */
export async function followMembers(db: Database, tenantId: TenantId): Promise<void> {
  const members = await db.withTenant(
    tenantId,
    async (t) =>
      t.place.startsWith('d_')
        ? t.query.selectFrom('members').select(['user_id', 'role', 'created_at']).execute()
        : undefined,
    { readOnly: true },
  );
  if (members === undefined) return;
  await db.asOperator('bring memberships in line', async (o) => {
    const known = await o.query
      .selectFrom('platform.memberships')
      .select(['user_id', 'role'])
      .where('tenant_id', '=', tenantId)
      .forUpdate()
      .execute();
    const roles = new Map(members.map((member) => [member.user_id, member]));
    for (const { user_id: userId, role } of known) {
      if (roles.get(userId)?.role === role) continue;
      // Whoever loses a role here is shut out everywhere, as the trigger of shared tables does it.
      await o.query
        .insertInto('platform.revocations')
        .values({ kind: 'member', tenant_id: tenantId, subject_id: userId })
        .execute();
      if (roles.has(userId)) continue;
      await o.query
        .deleteFrom('platform.memberships')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .execute();
    }
    for (const { user_id, role, created_at } of members) {
      await o.query
        .insertInto('platform.memberships')
        .values({ tenant_id: tenantId, user_id, role, created_at })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ role }))
        .execute();
    }
  });
}

/** Makes a person known in a tenant's own database before they become a member there. */
export async function bringPerson(
  t: TenantHandle,
  person: { userId: UserId; email: string; name: string; locale: string },
): Promise<void> {
  if (!t.place.startsWith('d_')) return;
  const { userId, email, name, locale } = person;
  await sql`
    insert into platform.users (id, email, name, password_hash, locale)
    values (${userId}, ${email}, ${name}, '-', ${locale})
    on conflict (id) do update set email = excluded.email, name = excluded.name`.execute(t.query);
}
