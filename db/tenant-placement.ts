/**
 * Where a tenant's tables live. Callers of `withTenant` never see it: a tenant moves to its own
 * schema or its own database by a different answer here.
 */
import type { TenantTier } from './platform-tables.ts';

export interface TenantPlacement {
  tier: 'shared' | 'schema' | 'database';
  /** The schema that holds the tenant's tables. */
  schema: string;
  /** Present when the tenant has a database of its own. */
  database?: { url: string };
}

export type PlacementOf = (tenant: { id: string; tier: TenantTier }) => TenantPlacement;

/** Every tenant shares the tables of the schema `shared` under forced row-level security. */
export const sharedPlacement: PlacementOf = () => ({ tier: 'shared', schema: 'shared' });
