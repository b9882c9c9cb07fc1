/** Answers where a tenant's data lives and with which keys it is sealed; answers are cached. */
import type { Pool } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import type { TenantTier } from './platform-tables.ts';
import type { Keyring, Sealer } from './seal.ts';
import type { PlacementOf, TenantPlacement } from './tenant-placement.ts';

/** Bounds memory: each entry keeps a tenant's keys and up to 10,000 word tokens. */
const entriesMax = 200;
/** A tenant that moved tiers or was closed is noticed within this time. */
const staleAfterMs = 30_000;

export interface TenantAccess {
  placement: TenantPlacement;
  sealer: Sealer;
}

export interface TenantDirectory {
  /** Throws an error named `TenantUnknown` when there is no such tenant. */
  find(tenantId: TenantId): Promise<TenantAccess>;
}

interface Entry {
  readAt: number;
  access: Promise<TenantAccess>;
}

export function openTenantDirectory(deps: {
  pool: Pool;
  keyring: Keyring;
  placementOf: PlacementOf;
}): TenantDirectory {
  const entries = new Map<TenantId, Entry>();
  const sealers = new Map<string, Sealer>();

  async function read(tenantId: TenantId): Promise<TenantAccess> {
    const found = await deps.pool.query<{ tier: TenantTier; data_key_sealed: string }>(
      'select tier, data_key_sealed from platform.tenants where id = $1',
      [tenantId],
    );
    const row = found.rows[0];
    if (row === undefined) throw tenantUnknown(tenantId);
    const sealer = remember(sealers, row.data_key_sealed, () =>
      deps.keyring.sealerOf(tenantId, row.data_key_sealed),
    );
    return { placement: deps.placementOf({ id: tenantId, tier: row.tier }), sealer };
  }

  return {
    find(tenantId) {
      const known = entries.get(tenantId);
      if (known !== undefined && Date.now() - known.readAt < staleAfterMs) return known.access;
      entries.delete(tenantId);
      const entry = remember(entries, tenantId, () => ({
        readAt: Date.now(),
        access: read(tenantId),
      }));
      entry.access.catch(() => {
        if (entries.get(tenantId) === entry) entries.delete(tenantId);
      });
      return entry.access;
    },
  };
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const oldest = map.keys().next();
  if (map.size >= entriesMax && oldest.done !== true) map.delete(oldest.value);
  const value = make();
  map.set(key, value);
  return value;
}

function tenantUnknown(tenantId: TenantId): Error {
  return Object.assign(new Error(`there is no tenant ${tenantId}`), { name: 'TenantUnknown' });
}
