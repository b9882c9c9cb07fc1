/** A tenant's own row: its name, plan, settings and limits, and the businesses of a person. */
import { sql } from 'kysely';
import type { TenantId, UserId } from '../domain/ids.ts';
import { limitsOf, type Limits } from '../domain/tenants/plans.ts';
import { settingsFrom, type TenantSettings } from '../domain/tenants/settings.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit, type AuditEntry } from './audit.ts';
import type { Database, OperatorHandle, TenantHandle } from './database.ts';
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
  status?: TenantStatus;
  closingAt?: Instant | null;
}

/** Changes the main record, and the copy in the tenant's own database where there is one. */
export async function changeTenant(
  db: Database,
  tenantId: TenantId,
  change: TenantChange,
): Promise<void> {
  const { status, closingAt } = change;
  const set = status === undefined ? {} : { status };
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

/**
 * Changes whether a business may work, in one transaction with the entry in its log; where it has a
 * database of its own, the main record follows right after.
 */
export async function changeStanding(
  db: Database,
  tenantId: TenantId,
  { status, entry }: { status: 'active' | 'suspended'; entry: AuditEntry },
): Promise<void> {
  const isElsewhere = await db.withTenant(tenantId, async (t) => {
    await appendAudit(t, entry);
    const isOwnDatabase = t.place.startsWith('d_');
    if (!isOwnDatabase) await sql`set local role daftari_ops`.execute(t.query);
    await t.query
      .updateTable('platform.tenants')
      .set({ status })
      .where('id', '=', tenantId)
      .execute();
    if (!isOwnDatabase) await sql`reset role`.execute(t.query);
    return isOwnDatabase;
  });
  if (!isElsewhere) return;
  await db.asOperator('change the standing of a business', (o) =>
    o.query.updateTable('platform.tenants').set({ status }).where('id', '=', tenantId).execute(),
  );
}

export interface HouseTenant {
  id: TenantId;
  slug: string;
  name: string;
  tier: TenantTier;
  status: TenantStatus;
  environment: TenantEnvironment;
  place: Place;
  members: number;
  createdAt: Instant;
  closingAt: Instant | null;
}

export interface HouseFilter {
  status?: TenantStatus | undefined;
  tier?: TenantTier | undefined;
  /** Part of a name or of a short name. */
  q?: string | undefined;
  isClosing?: boolean | undefined;
  after?: { createdAt: Instant; id: TenantId } | undefined;
  limit: number;
}

/** Every business of the house, the newest first. */
export function listTenants(o: OperatorHandle, filter: HouseFilter): Promise<HouseTenant[]> {
  const { status, tier, q, isClosing, after, limit } = filter;
  let query = o.query
    .selectFrom('platform.tenants as n')
    .select(['n.id', 'n.slug', 'n.name', 'n.tier', 'n.status', 'n.environment', 'n.place'])
    .select(['n.created_at as createdAt', 'n.closing_at as closingAt'])
    .select(
      sql<number>`(select count(*)::int from platform.memberships m where m.tenant_id = n.id)`.as(
        'members',
      ),
    );
  if (status !== undefined) query = query.where('n.status', '=', status);
  if (tier !== undefined) query = query.where('n.tier', '=', tier);
  if (q !== undefined) {
    const part = `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    query = query.where(sql<boolean>`n.name ilike ${part} or n.slug ilike ${part}`);
  }
  if (isClosing === true) {
    query = query.where(sql<boolean>`exists (
      select from platform.tenant_closings c where c.tenant_id = n.id and c.ended_at is null)`);
  }
  if (after !== undefined) {
    query = query.where(sql<boolean>`(n.created_at, n.id) < (${after.createdAt}, ${after.id})`);
  }
  return query.orderBy('n.created_at', 'desc').orderBy('n.id', 'desc').limit(limit).execute();
}

/** Whether the tenant only reads at this moment. */
export async function isSuspended(t: TenantHandle): Promise<boolean> {
  const row = await t.query
    .selectFrom('platform.tenants')
    .select('status')
    .where('id', '=', t.tenantId)
    .executeTakeFirst();
  return row?.status === 'suspended';
}

/**
 * How many transactions each of these tenants has, from their rollups, with one question to each
 * place. A tenant whose place does not answer is left out.
 */
export async function countTransactions(
  db: Database,
  tenants: readonly { id: TenantId; place: Place }[],
): Promise<Map<TenantId, number>> {
  const counts = new Map<TenantId, number>();
  const byPlace = Map.groupBy(tenants, ({ place }) => place);
  const asking = [...byPlace].map(async ([place, here]) => {
    const ids = here.map(({ id }) => id);
    const found = await db.asOperator('count what businesses have', (o) => sizesOf(o, ids), place);
    for (const tenantId of ids) counts.set(tenantId, found.get(tenantId) ?? 0);
  });
  await Promise.allSettled(asking);
  return counts;
}

async function sizesOf(
  o: OperatorHandle,
  ids: readonly TenantId[],
): Promise<Map<TenantId, number>> {
  const found = await sql<{ id: TenantId; n: number }>`
    select tenant_id as id, sum(transaction_count)::int as n from ${o.table('monthly_rollups')}
    where tenant_id = any(${[...ids]}::uuid[]) group by 1`.execute(o.query);
  return new Map(found.rows.map(({ id, n }) => [id, n]));
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
