/**
 * Where a tenant's tables live. Callers of `withTenant` never see it: a tenant moves to its own
 * schema or its own database by a different answer here.
 */
import type { TenantTier } from './platform-tables.ts';

/** `shared`, a schema `t_<32 hex>` of the main database, or a database `d_<32 hex>` of its own. */
export type Place = string;

export interface TenantPlacement {
  tier: 'shared' | 'schema' | 'database';
  place: Place;
  /** The schema that holds the tenant's tables. */
  schema: string;
}

export const sharedPlace: Place = 'shared';

/** What the name of a place says; throws on a name that is none. */
export function placementOf(place: Place): TenantPlacement {
  if (place === sharedPlace) return { tier: 'shared', place, schema: 'shared' };
  if (/^t_[0-9a-f]{32}$/.test(place)) return { tier: 'schema', place, schema: place };
  if (/^d_[0-9a-f]{32}$/.test(place)) return { tier: 'database', place, schema: 'shared' };
  throw new Error(`not a place of tenants: ${place}`);
}

/** The place a tenant of this tier belongs in. */
export function placeFor(tenantId: string, tier: TenantTier): Place {
  const hex = tenantId.replaceAll('-', '');
  if (tier === 'pro') return `t_${hex}`;
  return tier === 'enterprise' ? `d_${hex}` : sharedPlace;
}
