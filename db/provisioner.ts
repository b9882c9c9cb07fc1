/**
 * Makes and removes the places of tenants. It connects as the owner of the database, which only the
 * worker of the service `tenants` may do, and never answers a request.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Client } from 'pg';
import { id } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { migrateUp } from './migrator.ts';
import { inTurn } from './owner-transaction.ts';
import { sharedPlace, type Place } from './tenant-placement.ts';
import { passwordContext } from './tenant-pools.ts';

export interface Provisioner {
  /** Makes a place ready for its tenant; may be repeated, and goes on where it stopped. */
  prepare(place: Place): Promise<void>;
  /** Runs work as the owner in the database of a place. */
  inPlace<T>(place: Place, work: (client: Client) => Promise<T>): Promise<T>;
  /** Removes the schema or the database of a tenant that no longer lives there. */
  remove(place: Place): Promise<void>;
}

export interface ProvisionerOptions {
  ownerUrl: string;
  db: Pick<Database, 'platformSeal'>;
}

export function openProvisioner(options: ProvisionerOptions): Provisioner {
  const { ownerUrl } = options;
  const inMain = <T>(work: (client: Client) => Promise<T>) => asOwner(ownerUrl, work);
  return {
    async prepare(place) {
      if (place.startsWith('t_')) {
        await inMain((client) =>
          inTurn(client, () => client.query('call platform.sync_tenant_schema($1)', [place])),
        );
      }
      if (place.startsWith('d_')) await prepareDatabase(options, place);
    },
    inPlace: (place, work) => asOwner(urlOf(ownerUrl, place), work),
    async remove(place) {
      if (place === sharedPlace) throw new Error('the shared tables are never removed');
      await inMain(async (client) => {
        if (place.startsWith('t_')) {
          const beside = `o_${place.slice(2)}`;
          await client.query(`drop schema if exists "${place}", "${beside}" cascade`);
        } else await removeDatabase(client, ownerUrl, place);
      });
    },
  };
}

/** The id of the tenant that a schema or database is named after. */
export function tenantOfPlace(place: Place) {
  const hex = /^[td]_([0-9a-f]{32})$/.exec(place)?.[1];
  if (hex === undefined) throw new Error(`not a place of one tenant: ${place}`);
  return id('tenant', hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

async function asOwner<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'daftari-tenants',
    connectionTimeoutMillis: 10_000,
    lock_timeout: 10_000,
    options: '-c TimeZone=UTC -c DateStyle=ISO',
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function prepareDatabase(options: ProvisionerOptions, place: Place): Promise<void> {
  const { ownerUrl, db } = options;
  const url = urlOf(ownerUrl, place);
  const name = databaseName(url);
  await asOwner(ownerUrl, async (client) => {
    await ensureLogin(client, { db, place, name });
    const exists = await client.query('select from pg_database where datname = $1', [name]);
    if (exists.rowCount === 0) await client.query(`create database "${name}"`);
    await client.query(`revoke connect on database "${name}" from public`);
    await client.query(`grant connect on database "${name}" to "${place}"`);
    // A tenant's login is for its own database only.
    const main = databaseName(ownerUrl);
    await inTurn(client, async () => {
      await client.query(`grant connect on database "${main}" to daftari_app`);
      await client.query(`revoke connect on database "${main}" from public`);
    });
  });
  await migrateUp({ ownerUrl: url });
  await asOwner(url, (client) => admit(client, place));
}

async function ensureLogin(
  client: Client,
  { db, place, name }: { db: Pick<Database, 'platformSeal'>; place: Place; name: string },
): Promise<void> {
  const known = await client.query('select from platform.tenant_databases where place = $1', [
    place,
  ]);
  if (known.rowCount === 1) return;
  const password = randomBytes(24).toString('base64url');
  const role = await client.query('select from pg_roles where rolname = $1', [place]);
  const verb = role.rowCount === 0 ? 'create' : 'alter';
  await client.query(
    `${verb} role "${place}" login nosuperuser nobypassrls nocreatedb nocreaterole noinherit
       password ${pg.escapeLiteral(password)}`,
  );
  await client.query(`grant daftari_ops to "${place}"`);
  const tenantId = tenantOfPlace(place);
  await client.query(
    `insert into platform.tenant_databases (place, tenant_id, database_name, login, password_sealed)
     values ($1, $2, $3, $1, $4)`,
    [place, tenantId, name, db.platformSeal.sealText(password, passwordContext(place))],
  );
}

/** The tenant's login may what the runtime role may, and bring in its people. */
async function admit(client: Client, login: string): Promise<void> {
  await client.query('call platform.admit_login($1)', [login]);
  await client.query('call platform.admit_people($1)', [login]);
}

async function removeDatabase(client: Client, ownerUrl: string, place: Place): Promise<void> {
  const name = databaseName(urlOf(ownerUrl, place));
  await client.query('delete from platform.tenant_databases where place = $1', [place]);
  await client.query(`drop database if exists "${name}" with (force)`);
  await client.query(`drop role if exists "${place}"`);
}

/** Databases of tenants are named after the main one, so that two installations share a server. */
function urlOf(ownerUrl: string, place: Place): string {
  if (!place.startsWith('d_')) return ownerUrl;
  const url = new URL(ownerUrl);
  url.pathname = `/${databaseName(ownerUrl).slice(0, 28)}_${place}`;
  return url.href;
}

function databaseName(url: string): string {
  return new URL(url).pathname.slice(1);
}
