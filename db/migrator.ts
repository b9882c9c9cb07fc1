/**
 * Applies numbered migrations, each in a transaction of its own behind one advisory lock, and keeps
 * a checksum of what ran, so that an edited migration is noticed before anything else happens.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Client } from 'pg';
import { migrations as allMigrations } from './migrations/all.ts';
import type { Migration } from './migrations/migration.ts';
import { ensureRoles } from './roles.ts';

export interface MigratorOptions {
  /** Connects as the owner of the schemas, never as the runtime role. */
  ownerUrl: string;
  /** Sets the password of `daftari_app`; left out, the one that is set stays. */
  appPassword?: string;
  migrations?: readonly Migration[];
  /** A migration that cannot get its locks gives up, so that it never queues traffic behind it. */
  lockTimeoutMs?: number;
}

export interface MigrationState {
  name: string;
  /** `tampered`: it ran with other text than it has now. `unknown`: a newer release ran it. */
  state: 'applied' | 'pending' | 'tampered' | 'unknown';
}

/** Applies what is pending, in order; returns the names. Refuses to touch a tampered database. */
export function migrateUp(options: MigratorOptions): Promise<string[]> {
  return withOwner(options, async (client) => {
    await ensureRoles(client, options.appPassword);
    await client.query(bookkeepingSql);
    const done: string[] = [];
    for (const migration of listOf(options)) {
      if (await step(client, (applied) => applyOne(client, migration, applied, options))) {
        done.push(migration.name);
      }
    }
    await settle(client, options);
    return done;
  });
}

/** Carries what the migrations made of the shared tables into the schemas and databases of tenants. */
async function settle(client: Client, options: MigratorOptions): Promise<void> {
  const exists = await client.query<{ found: boolean }>(
    "select to_regprocedure('platform.settle_shared()') is not null as found",
  );
  if (exists.rows[0]?.found !== true) return;
  await client.query('call platform.settle_shared()');
  const schemas = await client.query<{ name: string }>(
    "select nspname::text as name from pg_namespace where nspname ~ '^t_[0-9a-f]{32}$' order by 1",
  );
  for (const { name } of schemas.rows) {
    await client.query('call platform.sync_tenant_schema($1)', [name]);
  }
  const databases = await client.query<{ database_name: string; login: string }>(
    'select database_name, login from platform.tenant_databases order by 1',
  );
  for (const { database_name, login } of databases.rows) {
    const url = new URL(options.ownerUrl);
    url.pathname = `/${database_name}`;
    await migrateTenantDatabase({ ...options, ownerUrl: url.href }, login);
  }
}

/** A tenant's own database runs the same migrations, and its login gets what they grant. */
async function migrateTenantDatabase(options: MigratorOptions, login: string): Promise<void> {
  await migrateUp(options);
  await withOwner(options, async (client) => {
    await client.query('call platform.admit_login($1)', [login]);
    await client.query('call platform.admit_people($1)', [login]);
  });
}

/** Reverts applied migrations, newest first, until `name` is the newest left (or none). */
export function migrateDownTo(options: MigratorOptions, name?: string): Promise<string[]> {
  return withOwner(options, async (client) => {
    await client.query(bookkeepingSql);
    const all = listOf(options);
    const keep = all.findIndex((migration) => migration.name === name);
    const done: string[] = [];
    for (const migration of all.slice(keep + 1).reverse()) {
      if (await step(client, (applied) => revertOne(client, migration, applied))) {
        done.push(migration.name);
      }
    }
    return done;
  });
}

/** Says for every migration, known or found in the database, where it stands. */
export function migrationStates(options: MigratorOptions): Promise<MigrationState[]> {
  return withOwner(options, async (client) => {
    const exists = await client.query("select to_regclass('platform.migrations') as found");
    const applied = exists.rows[0]?.found === null ? new Map() : await readApplied(client);
    return compare(listOf(options), applied);
  });
}

/** SHA-256 over both directions of a migration, in hexadecimal. */
export function checksumOf(migration: Migration): string {
  const text = `${migration.up}\0${migration.down}`;
  return createHash('sha256').update(text).digest('hex');
}

const bookkeepingSql = `
do $$
begin
  perform pg_advisory_xact_lock(hashtext('daftari migrations'));
  create schema if not exists platform;
  create table if not exists platform.migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz(3) not null default now()
  );
end $$`;

async function applyOne(
  client: Client,
  migration: Migration,
  applied: ReadonlyMap<string, string>,
  options: MigratorOptions,
): Promise<boolean> {
  refuseTampering(compare(listOf(options), applied));
  if (applied.has(migration.name)) return false;
  await client.query(migration.up);
  await client.query('insert into platform.migrations (name, checksum) values ($1, $2)', [
    migration.name,
    checksumOf(migration),
  ]);
  return true;
}

async function revertOne(
  client: Client,
  migration: Migration,
  applied: ReadonlyMap<string, string>,
): Promise<boolean> {
  if (!applied.has(migration.name)) return false;
  await client.query(migration.down);
  await client.query('delete from platform.migrations where name = $1', [migration.name]);
  return true;
}

/** One transaction under the lock that makes concurrent runners take turns. */
async function step(
  client: Client,
  work: (applied: ReadonlyMap<string, string>) => Promise<boolean>,
): Promise<boolean> {
  await client.query('begin');
  try {
    await client.query("select pg_advisory_xact_lock(hashtext('daftari migrations'))");
    const hasChanged = await work(await readApplied(client));
    await client.query('commit');
    return hasChanged;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function readApplied(client: Client): Promise<Map<string, string>> {
  const found = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from platform.migrations',
  );
  return new Map(found.rows.map((row) => [row.name, row.checksum]));
}

function compare(
  known: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): MigrationState[] {
  const names = new Set(known.map((migration) => migration.name));
  const unknown = [...applied.keys()].filter((name) => !names.has(name)).sort();
  return [
    ...known.map((migration) => ({ name: migration.name, state: stateOf(migration, applied) })),
    ...unknown.map((name) => ({ name, state: 'unknown' as const })),
  ];
}

function stateOf(
  migration: Migration,
  applied: ReadonlyMap<string, string>,
): MigrationState['state'] {
  const checksum = applied.get(migration.name);
  if (checksum === undefined) return 'pending';
  return checksum === checksumOf(migration) ? 'applied' : 'tampered';
}

function refuseTampering(states: readonly MigrationState[]): void {
  const tampered = states.filter(({ state }) => state === 'tampered').map(({ name }) => name);
  if (tampered.length > 0) {
    throw new Error(`released migrations were edited after they ran: ${tampered.join(', ')}`);
  }
}

function listOf(options: MigratorOptions): readonly Migration[] {
  return options.migrations ?? allMigrations;
}

async function withOwner<T>(
  options: MigratorOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: options.ownerUrl,
    application_name: 'daftari-migrate',
    connectionTimeoutMillis: 10_000,
    lock_timeout: options.lockTimeoutMs ?? 30_000,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
