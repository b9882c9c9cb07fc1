/** Connections to the databases of single tenants: opened when first used, the oldest closed. */
import type { Pool } from 'pg';
import { openPool, type PoolOptions } from './pool.ts';
import type { Sealer } from './seal.ts';
import type { Place } from './tenant-placement.ts';

/** Together at most 200 connections, whatever the number of tenants. */
const poolsMax = 50;
const connectionsMax = 4;

/** The context under which the password of a tenant's database is sealed. */
export function passwordContext(place: Place): string {
  return `tenant_databases|${place}`;
}

export interface TenantPools {
  /** The pool of a place; the main pool for every place that is no database of its own. */
  of(place: Place): Promise<Pool>;
  close(): Promise<void>;
}

export function openTenantPools(deps: {
  main: Pool;
  platformSeal: Sealer;
  options: PoolOptions;
}): TenantPools {
  const pools = new Map<Place, Promise<Pool>>();

  async function open(place: Place): Promise<Pool> {
    const found = await deps.main.query<{
      database_name: string;
      login: string;
      password_sealed: string;
    }>(
      `select database_name, login, password_sealed from platform.tenant_databases
       where place = $1`,
      [place],
    );
    const row = found.rows[0];
    if (row === undefined) throw new Error(`there is no database ${place}`);
    const password = deps.platformSeal.openText(row.password_sealed, passwordContext(place));
    const url = new URL(deps.options.url);
    url.pathname = `/${row.database_name}`;
    url.username = row.login;
    url.password = password;
    return openPool({ ...deps.options, url: url.href, poolMax: connectionsMax });
  }

  function drop(place: Place): Promise<void> {
    const pool = pools.get(place);
    pools.delete(place);
    return pool === undefined ? Promise.resolve() : pool.then((open) => open.end()).catch(() => {});
  }

  return {
    of(place) {
      if (!place.startsWith('d_')) return Promise.resolve(deps.main);
      const known = pools.get(place);
      // Used last goes to the end, so that the first is the one to close.
      pools.delete(place);
      const pool = known ?? open(place);
      pools.set(place, pool);
      pool.catch(() => pools.delete(place));
      const [oldest] = pools.keys();
      if (pools.size > poolsMax && oldest !== undefined) void drop(oldest);
      return pool;
    },
    async close() {
      await Promise.all([...pools.keys()].map(drop));
    },
  };
}
