import type { TenantHandle } from './database.ts';
import type { TenantTier } from './platform-tables.ts';

/** The tier a tenant is served in; its runs are weighed by it. */
export async function tierOf(t: TenantHandle): Promise<TenantTier> {
  const row = await t.query
    .selectFrom('platform.tenants')
    .select('tier')
    .where('id', '=', t.tenantId)
    .executeTakeFirstOrThrow();
  return row.tier;
}
