/** A tenant's own row: its name, plan, settings and limits, and the businesses of a person. */
import { sql } from 'kysely';
import type { TenantId, UserId } from '../domain/ids.ts';
import { limitsOf, type Limits } from '../domain/tenants/plans.ts';
import { settingsFrom, type TenantSettings } from '../domain/tenants/settings.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, OperatorHandle } from './database.ts';
import type { MemberRole } from './event-tables.ts';
import type { TenantEnvironment, TenantStatus, TenantTier } from './platform-tables.ts';
import type { Place } from './tenant-placement.ts';

export interface TenantRecord {
  id: TenantId;
  slug: string;
  name: string;
  tier: TenantTier;
  status: TenantStatus;
  environment: TenantEnvironment;
  place: Place;
  settings: TenantSettings;
  limits: Limits;
  createdAt: Instant;
  closingAt: Instant | null;
}

/** Reads the main record, whichever place the tenant's tables are in. */
export async function findTenant(
  db: Database,
  tenantId: TenantId,
): Promise<TenantRecord | undefined> {
  const row = await db.onPlatform(({ query }) =>
    query
      .selectFrom('platform.tenants')
      .select(['id', 'slug', 'name', 'tier', 'status', 'environment', 'place', 'settings'])
      .select(['limits', 'created_at', 'closing_at'])
      .where('id', '=', tenantId)
      .executeTakeFirst(),
  );
  if (row === undefined) return undefined;
  const { settings, limits, created_at: createdAt, closing_at: closingAt, ...facts } = row;
  return {
    ...facts,
    settings: settingsFrom(settings),
    limits: limitsOf(row.tier, limits),
    createdAt,
    closingAt,
  };
}

export interface TenantChange {
  name?: string;
  status?: TenantStatus;
  settings?: TenantSettings;
  closingAt?: Instant | null;
}

/** Changes the main record, and the copy in the tenant's own database where there is one. */
export async function changeTenant(
  db: Database,
  tenantId: TenantId,
  change: TenantChange,
): Promise<void> {
  const { name, status, settings, closingAt } = change;
  const set = {
    ...(name === undefined ? {} : { name }),
    ...(status === undefined ? {} : { status }),
    ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
  };
  const record = { ...set, ...(closingAt === undefined ? {} : { closing_at: closingAt }) };
  if (Object.keys(record).length === 0) return;
  await db.asOperator('change a tenant', (o) =>
    o.query.updateTable('platform.tenants').set(record).where('id', '=', tenantId).execute(),
  );
  if (Object.keys(set).length === 0) return;
  await db.withTenant(tenantId, async (t) => {
    if (!t.place.startsWith('d_')) return;
    await t.query.updateTable('platform.tenants').set(set).where('id', '=', tenantId).execute();
  });
}

export interface Membership {
  tenantId: TenantId;
  name: string;
  slug: string;
  environment: TenantEnvironment;
  status: TenantStatus;
  tier: TenantTier;
  role: MemberRole;
}

/** The businesses a person belongs to, the first joined first. */
export async function listMemberships(o: OperatorHandle, userId: UserId): Promise<Membership[]> {
  return o.query
    .selectFrom('platform.memberships as m')
    .innerJoin('platform.tenants as n', 'n.id', 'm.tenant_id')
    .select([
      'n.id as tenantId',
      'n.name',
      'n.slug',
      'n.environment',
      'n.status',
      'n.tier',
      'm.role',
    ])
    .where('m.user_id', '=', userId)
    .where('n.status', '<>', 'closed')
    .orderBy('m.created_at')
    .orderBy('n.id')
    .execute();
}

/** A short name for addresses that nobody has yet: the wanted one, or with a number behind it. */
export async function freeSlug(o: OperatorHandle, wanted: string): Promise<string> {
  const taken = await o.query
    .selectFrom('platform.tenants')
    .select('slug')
    .where(sql<boolean>`slug = ${wanted} or slug like ${`${wanted}-%`}`)
    .execute();
  const slugs = new Set(taken.map(({ slug }) => slug));
  for (let n = 1; ; n += 1) {
    const slug = n === 1 ? wanted : `${wanted}-${n}`;
    if (!slugs.has(slug)) return slug;
  }
}
