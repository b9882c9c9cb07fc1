/** Answers where a tenant's data lives and with which keys it is sealed; answers are cached. */
import type { Pool } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import type { TenantStatus } from './platform-tables.ts';
import type { Keyring, Sealer } from './seal.ts';
import { placementOf, type TenantPlacement } from './tenant-placement.ts';

/** Bounds memory: each entry keeps a tenant's keys and up to 10,000 word tokens. */
const entriesMax = 200;
/** A tenant that was closed is noticed within this time; one that moved, at its next transaction. */
const staleAfterMs = 30_000;

export interface TenantAccess {
  placement: TenantPlacement;
  sealer: Sealer;
}

export interface TenantDirectory {
  /** Throws an error named `TenantUnknown` when there is no such tenant, or it has been closed. */
  find(tenantId: TenantId): Promise<TenantAccess>;
  /** The tenant does not live where it did: the next `find` looks again. */
  forget(tenantId: TenantId): void;
}

interface Entry {
  readAt: number;
  access: Promise<TenantAccess>;
}

export function openTenantDirectory(deps: { pool: Pool; keyring: Keyring }): TenantDirectory {
  const entries = new Map<TenantId, Entry>();
  const sealers = new Map<string, Sealer>();

  async function read(tenantId: TenantId): Promise<TenantAccess> {
    const found = await deps.pool.query<{
      place: string;
      status: TenantStatus;
      data_key_sealed: string;
    }>('select place, status, data_key_sealed from platform.tenants where id = $1', [tenantId]);
    const row = found.rows[0];
    if (row === undefined || row.status === 'closed') throw tenantUnknown(tenantId);
    const sealer = remember(sealers, row.data_key_sealed, () =>
      deps.keyring.sealerOf(tenantId, row.data_key_sealed),
    );
    return { placement: placementOf(row.place), sealer };
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
    forget: (tenantId) => void entries.delete(tenantId),
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
