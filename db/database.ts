/**
 * The only door to the database. `withTenant` opens a transaction that sees one tenant and nothing
 * else; `asOperator` opens one as the role that may look across tenants at a few named tables. The
 * unscoped connection never leaves this folder.
 */
import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import { id } from '../domain/ids.ts';
import { bindQueries } from './bound-queries.ts';
import { openPool } from './pool.ts';
import type { PoolOptions } from './pool.ts';
import type { Schema, TenantTable } from './schema.ts';
import { openKeyring } from './seal.ts';
import type { Sealer } from './seal.ts';
import { openPlaces, type Waiting } from './places.ts';
import { openTenantDirectory } from './tenant-directory.ts';
import { placementOf, sharedPlace, type Place, type TenantPlacement } from './tenant-placement.ts';
import { openTenantPools } from './tenant-pools.ts';
import { runTransaction } from './transaction.ts';

export interface DatabaseOptions extends Omit<PoolOptions, 'onConnectionError'> {
  /** The key-encryption key: 32 bytes. */
  kek: Uint8Array;
  kekId: string;
  onEvent?: (event: DatabaseEvent) => void;
}

export type DatabaseEvent =
  { type: 'connection-lost'; error: Error } | { type: 'operator-access'; reason: string };

/** What a query function needs to work for one tenant, inside one transaction. */
export interface TenantHandle {
  tenantId: TenantId;
  /** Where the tenant lives: shared tables, or a schema or database of its own. */
  place: Place;
  /** The schema of the tenant's tables; `query` and `table` already use it. */
  schema: string;
  query: Kysely<Schema>;
  /** A schema-qualified table name for hand-written SQL. */
  table(name: TenantTable): RawBuilder<unknown>;
  seal: Sealer;
  /** Runs `COPY … FROM STDIN` with chunks of its data; returns the number of rows. */
  copyIn(statement: string, chunks: Iterable<string | Uint8Array>): Promise<number>;
}

/** What a cross-tenant job works with; it sees only what the policies of `daftari_ops` show. */
export interface OperatorHandle {
  reason: string;
  /** Where it looks: the shared tables, or the schema or database of one tenant. */
  place: Place;
  query: Kysely<Schema>;
  /** A view of the schema `ops` over the tables of this place, for hand-written SQL. */
  opsView(name: string): RawBuilder<unknown>;
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
   * outside the transaction. Throws errors named `TenantUnknown`, `OutcomeUnknown` and, for a writer
   * in the seconds in which a tenant changes its place, `TenantFrozen`. With `snapshot`, everything
   * is read as it was at one moment.
   */
  withTenant<T>(
    tenantId: TenantId,
    work: (t: TenantHandle) => Promise<T>,
    options?: { readOnly?: boolean; snapshot?: boolean },
  ): Promise<T>;
  /**
   * Runs `work` as the role `daftari_ops`, in the shared tables unless a place is given; the reason
   * is reported as an event on every use.
   */
  asOperator<T>(reason: string, work: (o: OperatorHandle) => Promise<T>, place?: Place): Promise<T>;
  /**
   * Runs `work` once in every place tenants live in, one after the other, or only where rows wait.
   * A place that fails does not keep the others from their turn; then an AggregateError is thrown.
   */
  everywhere<T>(
    reason: string,
    work: (o: OperatorHandle) => Promise<T>,
    waiting?: Waiting,
  ): Promise<T[]>;
  /** The places tenants live in, or those in which rows wait; `shared` is always among them. */
  places(waiting?: Waiting): Promise<Place[]>;
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
  const onConnectionError = (error: Error) => report({ type: 'connection-lost', error });
  const poolOptions = { ...options, onConnectionError };
  const main = openPool(poolOptions);
  const directory = openTenantDirectory({ pool: main, keyring });
  const platformSeal = keyring.platformSealer();
  const pools = openTenantPools({ main, platformSeal, options: poolOptions });
  const places = openPlaces({ main, pools, now: Date.now });
  const listPlaces = (waiting?: Waiting) =>
    waiting === undefined ? places.all() : places.withWaiting(waiting);

  const asOperator: Database['asOperator'] = async (reason, work, place = sharedPlace) => {
    report({ type: 'operator-access', reason });
    return runTransaction({ pool: await pools.of(place) }, (client) =>
      workAsOperator({ client, reason, place }, work),
    );
  };

  return {
    async withTenant(tenantId, work, { snapshot = false, readOnly = snapshot } = {}) {
      for (let look = 1; ; look += 1) {
        const { placement, sealer } = await directory.find(id('tenant', tenantId));
        const entry = { tenantId, placement, sealer, readOnly };
        const options = { pool: await pools.of(placement.place), readOnly, snapshot };
        try {
          return await runTransaction(options, (client) => workInTenant(client, entry, work));
        } catch (error) {
          const isMoved = isElsewhere(error, placement);
          if (codeOf(error) === frozenCode || (isMoved && look === looksMax)) {
            throw tenantFrozen(tenantId, error);
          }
          // Nothing of the work has run: the tenant moved since its place was looked up.
          if (!isMoved) throw error;
          directory.forget(tenantId);
        }
      }
    },
    asOperator,
    places: listPlaces,
    everywhere: async (reason, work, waiting) =>
      inTurn(await listPlaces(waiting), (place) => asOperator(reason, work, place)),
    onPlatform: (work) => workOnPlatform(main, work),
    platformSeal,
    newDataKey: keyring.newDataKey,
    async ping() {
      await main.query('select 1');
    },
    connections: () => ({
      total: main.totalCount,
      idle: main.idleCount,
      waiting: main.waitingCount,
    }),
    async close() {
      await Promise.all([main.end(), pools.close()]);
    },
  };
}

/** Told so by the place, or the database of its own is not there any more, or nobody may log in. */
function isElsewhere(error: unknown, { tier }: TenantPlacement): boolean {
  const code = codeOf(error);
  if (code === movedCode) return true;
  return tier === 'database' && (code === '3D000' || code === '28P01' || code === '28000');
}

/** SQLSTATEs of `platform.enter_tenant`. */
const movedCode = 'DFT01';
const frozenCode = 'DFT02';
const looksMax = 4;

interface Entry {
  tenantId: TenantId;
  placement: TenantPlacement;
  sealer: Sealer;
  readOnly: boolean;
}

async function workInTenant<T>(
  client: PoolClient,
  { tenantId, placement, sealer, readOnly }: Entry,
  work: (t: TenantHandle) => Promise<T>,
): Promise<T> {
  const { place, schema } = placement;
  await client.query('select platform.enter_tenant($1, $2, $3)', [tenantId, place, !readOnly]);
  const bound = bindQueries(client);
  try {
    const { copyIn } = bound;
    return await work({ tenantId, place, seal: sealer, copyIn, ...inSchema(bound.query, schema) });
  } finally {
    bound.end();
  }
}

async function workAsOperator<T>(
  { client, reason, place }: { client: PoolClient; reason: string; place: Place },
  work: (o: OperatorHandle) => Promise<T>,
): Promise<T> {
  // Shared among operators; whoever freezes a tenant waits for all that are under way.
  await client.query(
    `set local role daftari_ops; select pg_advisory_xact_lock_shared(hashtext('operators'))`,
  );
  const { schema, tier } = placementOf(place);
  const bound = bindQueries(client);
  const opsView = (name: string) =>
    sql.table(tier === 'schema' ? `o_${schema.slice(2)}.${name}` : `ops.${name}`);
  try {
    return await work({ reason, place, opsView, ...inSchema(bound.query, schema) });
  } finally {
    bound.end();
  }
}

function workOnPlatform<T>(pool: Pool, work: (p: PlatformHandle) => Promise<T>): Promise<T> {
  return runTransaction({ pool }, async (client) => {
    const bound = bindQueries(client);
    try {
      return await work({ query: bound.query });
    } finally {
      bound.end();
    }
  });
}

async function inTurn<T>(
  places: readonly Place[],
  work: (place: Place) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const errors: unknown[] = [];
  for (const place of places) {
    try {
      results.push(await work(place));
    } catch (error) {
      errors.push(error);
    }
  }
  if (places.length === 1 && errors.length === 1) throw errors[0];
  if (errors.length > 0) throw new AggregateError(errors, 'some places could not be worked on');
  return results;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function tenantFrozen(tenantId: TenantId, cause: unknown): Error {
  const message = `tenant ${tenantId} is being moved and takes no changes for a moment`;
  return Object.assign(new Error(message, { cause }), { name: 'TenantFrozen' });
}

function inSchema(query: Kysely<Schema>, schema: string) {
  return {
    schema,
    query: query.withSchema(schema),
    table: (name: TenantTable) => sql.table(`${schema}.${name}`),
  };
}
