import type { Database } from '../../db/database.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import type { TenantId } from '../../domain/ids.ts';

const rememberMs = 30_000;
const countMax = 10_000;

/** Answers the plan of a business; a change of plan is noticed within half a minute. */
export function rememberedTiers(
  db: Database,
  nowMs: () => number,
): (tenantId: TenantId) => Promise<TenantTier> {
  const tiers = new Map<TenantId, { tier: Promise<TenantTier>; untilMs: number }>();
  return (tenantId) => {
    const known = tiers.get(tenantId);
    if (known !== undefined && nowMs() < known.untilMs) return known.tier;
    const tier = db.withTenant(tenantId, tierOf, { readOnly: true });
    if (tiers.size >= countMax) tiers.clear();
    tiers.set(tenantId, { tier, untilMs: nowMs() + rememberMs });
    tier.catch(() => tiers.delete(tenantId));
    return tier;
  };
}
