/** Tenants, their people, and how both come to be. Every function may be repeated harmlessly. */
import { sql } from 'kysely';
import type { TenantId, UserId } from '../domain/ids.ts';
import type { Database, OperatorHandle, TenantHandle } from './database.ts';
import { freeSlug } from './tenant-record.ts';
import type { MemberRole } from './event-tables.ts';
import type { TenantEnvironment, TenantTier } from './platform-tables.ts';

export interface NewTenant {
  id: TenantId;
  slug: string;
  name: string;
  tier?: TenantTier;
  environment?: TenantEnvironment;
  settings?: Record<string, unknown>;
}

export interface NewUser {
  id: UserId;
  email: string;
  name: string;
  /** An argon2id hash, never the password. */
  passwordHash: string;
  locale?: string;
}

/** Creates a tenant with a data key of its own; a tenant that exists keeps its key and its name. */
export async function createTenant(db: Database, tenant: NewTenant): Promise<void> {
  const dataKey = db.newDataKey(tenant.id);
  await db.asOperator('create a tenant', (o) =>
    sql`
      insert into platform.tenants (id, slug, name, tier, environment, data_key_sealed, settings)
      values (${tenant.id}, ${tenant.slug}, ${tenant.name}, ${tenant.tier ?? 'starter'},
        ${tenant.environment ?? 'live'}, ${dataKey}, ${JSON.stringify(tenant.settings ?? {})})
      on conflict (id) do nothing`.execute(o.query),
  );
}

/**
 * Creates a tenant with its owner, all or nothing, and answers its short name: the wanted one, or the
 * next that is free. Repeated with the same id, it answers what there is.
 */
export async function foundTenant(
  db: Database,
  { ownerId, ...tenant }: NewTenant & { ownerId: UserId },
): Promise<string> {
  const dataKey = db.newDataKey(tenant.id);
  const { id, name, tier = 'starter', environment = 'live', settings = {} } = tenant;
  return db.asOperator('found a business', async (o) => {
    for (;;) {
      const slug = await freeSlug(o, tenant.slug);
      const made = await sql`
        insert into platform.tenants (id, slug, name, tier, environment, data_key_sealed, settings)
        values (${id}, ${slug}, ${name}, ${tier}, ${environment}, ${dataKey},
          ${JSON.stringify(settings)})
        on conflict do nothing returning id`.execute(o.query);
      if (made.rows.length === 1) {
        await sql`insert into ${o.table('members')} (tenant_id, user_id, role)
          values (${id}, ${ownerId}, 'owner')`.execute(o.query);
        return slug;
      }
      const known = await o.query
        .selectFrom('platform.tenants')
        .select('slug')
        .where('id', '=', id)
        .executeTakeFirst();
      if (known !== undefined) return known.slug;
      // Somebody took the short name in this moment; by now they are seen.
    }
  });
}

/** Creates a user; when the e-mail address is taken, answers the id of the user who has it. */
export async function createUser(o: OperatorHandle, user: NewUser): Promise<UserId> {
  const created = await sql<{ id: UserId }>`
    insert into platform.users (id, email, name, password_hash, locale)
    values (${user.id}, ${user.email}, ${user.name}, ${user.passwordHash}, ${user.locale ?? 'en'})
    on conflict (lower(email)) do update set email = platform.users.email
    returning id`.execute(o.query);
  return created.rows[0]?.id ?? user.id;
}

/** Makes a user a member of this tenant, or changes the role of one who is. */
export async function addMember(
  t: TenantHandle,
  member: { userId: UserId; role: MemberRole },
): Promise<void> {
  await t.query
    .insertInto('members')
    .values({ tenant_id: t.tenantId, user_id: member.userId, role: member.role })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ role: member.role }),
    )
    .execute();
}

/** Ids of all tenants that are not closed, in a fixed order. */
export async function listTenantIds(o: OperatorHandle): Promise<TenantId[]> {
  const rows = await o.query
    .selectFrom('platform.tenants')
    .select('id')
    .where('status', '<>', 'closed')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}
