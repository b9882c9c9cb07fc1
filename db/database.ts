/**
 * The only door to the database. `withTenant` opens a transaction that sees one tenant and nothing
 * else; `asOperator` opens one as the role that may look across tenants at a few named tables. The
 * unscoped connection never leaves this folder.
 */
import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { Pool } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import { id } from '../domain/ids.ts';
import { bindQueries } from './bound-queries.ts';
import { openPool } from './pool.ts';
import type { PoolOptions } from './pool.ts';
import type { Schema, TenantTable } from './schema.ts';
import { openKeyring } from './seal.ts';
import type { Sealer } from './seal.ts';
import { openTenantDirectory } from './tenant-directory.ts';
import { sharedPlacement } from './tenant-placement.ts';
import type { PlacementOf } from './tenant-placement.ts';
import { runTransaction } from './transaction.ts';

export interface DatabaseOptions extends Omit<PoolOptions, 'onConnectionError'> {
  /** The key-encryption key: 32 bytes. */
  kek: Uint8Array;
  kekId: string;
  onEvent?: (event: DatabaseEvent) => void;
  placementOf?: PlacementOf;
}

export type DatabaseEvent =
  { type: 'connection-lost'; error: Error } | { type: 'operator-access'; reason: string };

/** What a query function needs to work for one tenant, inside one transaction. */
export interface TenantHandle {
  tenantId: TenantId;
  /** The schema of the tenant's tables; `query` and `table` already use it. */
  schema: string;
  query: Kysely<Schema>;
  /** A schema-qualified table name for hand-written SQL. */
  table(name: TenantTable): RawBuilder<unknown>;
  seal: Sealer;
  /** Runs `COPY … FROM STDIN` with chunks of COPY text; returns the number of rows. */
  copyIn(statement: string, chunks: Iterable<string>): Promise<number>;
}

/** What a cross-tenant job works with; it sees only what the policies of `daftari_ops` show. */
export interface OperatorHandle {
  reason: string;
  query: Kysely<Schema>;
  table(name: TenantTable): RawBuilder<unknown>;
}

/** What code without a tenant works with: platform tables, as far as the runtime role may read. */
export interface PlatformHandle {
  query: Kysely<Schema>;
}

export interface Database {
  /**
   * Runs `work` in a transaction that sees only this tenant's rows. Deadlocks, serialization
   * failures and lock timeouts run `work` again (at most five times), so it must have no effects
   * outside the transaction. Throws errors named `TenantUnknown` and `OutcomeUnknown`.
   */
  withTenant<T>(
    tenantId: TenantId,
    work: (t: TenantHandle) => Promise<T>,
    options?: { readOnly?: boolean },
  ): Promise<T>;
  /** Runs `work` as the role `daftari_ops`; the reason is reported as an event on every use. */
  asOperator<T>(reason: string, work: (o: OperatorHandle) => Promise<T>): Promise<T>;
  /** Runs `work` as the runtime role without a tenant: every tenant table refuses to be read. */
  onPlatform<T>(work: (p: PlatformHandle) => Promise<T>): Promise<T>;
  /** Seals what belongs to a person or the house and to no tenant. */
  platformSeal: Sealer;
  /** A fresh data key for a tenant about to be created, wrapped by the key-encryption key. */
  newDataKey(tenantId: TenantId): string;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Connections by state, for metrics. */
  connections(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

export function openDatabase(options: DatabaseOptions): Database {
  const report = options.onEvent ?? (() => {});
  const keyring = openKeyring(options);
  const pool = openPool({
    ...options,
    onConnectionError: (error) => report({ type: 'connection-lost', error }),
  });
  const placementOf = options.placementOf ?? sharedPlacement;
  const directory = openTenantDirectory({ pool, keyring, placementOf });

  return {
    async withTenant(tenantId, work, { readOnly = false } = {}) {
      const { placement, sealer } = await directory.find(id('tenant', tenantId));
      if (placement.database !== undefined) throw new Error('no pool for tenant databases yet');
      return runTransaction({ pool, readOnly }, async (client) => {
        await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
        const bound = bindQueries(client);
        const { schema } = placement;
        try {
          return await work({
            tenantId,
            seal: sealer,
            copyIn: bound.copyIn,
            ...inSchema(bound.query, schema),
          });
        } finally {
          bound.end();
        }
      });
    },

    asOperator(reason, work) {
      report({ type: 'operator-access', reason });
      return withoutTenant(pool, 'set local role daftari_ops', (query) =>
        work({ reason, ...inSchema(query, 'shared') }),
      );
    },

    onPlatform: (work) => withoutTenant(pool, undefined, (query) => work({ query })),
    platformSeal: keyring.platformSealer(),
    newDataKey: keyring.newDataKey,
    async ping() {
      await pool.query('select 1');
    },
    connections: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  };
}

function withoutTenant<T>(
  pool: Pool,
  before: string | undefined,
  work: (query: Kysely<Schema>) => Promise<T>,
): Promise<T> {
  return runTransaction({ pool }, async (client) => {
    if (before !== undefined) await client.query(before);
    const bound = bindQueries(client);
    try {
      return await work(bound.query);
    } finally {
      bound.end();
    }
  });
}

function inSchema(query: Kysely<Schema>, schema: string) {
  return {
    schema,
    query: query.withSchema(schema),
    table: (name: TenantTable) => sql.table(`${schema}.${name}`),
  };
}
