/**
 * A fresh, migrated database for every suite: copied from a template that is built once per set of
 * migrations, so a suite costs a fraction of a second and no two suites see each other's rows.
 */
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../../db/database.ts';
import type { Database, DatabaseEvent, DatabaseOptions } from '../../db/database.ts';
import { migrations } from '../../db/migrations/all.ts';
import { checksumOf, migrateUp } from '../../db/migrator.ts';
import { serviceVariable } from './services.ts';

export interface TestDatabase {
  db: Database;
  /** Connects as the restricted runtime role. */
  appUrl: string;
  /** Connects as the owner: only for what the product itself may not do. */
  ownerUrl: string;
  events: DatabaseEvent[];
  /** Runs SQL as the owner, past every policy, and returns the rows. */
  asOwner(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** The rows of ops.invariants; expected to be empty at the end of every suite. */
  invariants(): Promise<Record<string, unknown>[]>;
  /** Closes all connections and drops the database. */
  drop(): Promise<void>;
}

export const testKek = Buffer.alloc(32, 7);

/** Creates a database of its own for one suite; `migrated: false` leaves it empty. */
export async function createTestDatabase(
  options: { migrated?: boolean } & Partial<DatabaseOptions> = {},
): Promise<TestDatabase> {
  const { migrated = true, ...overrides } = options;
  const name = `daftari_test_${randomBytes(6).toString('hex')}`;
  await onServer(async (server) => {
    const template = migrated ? await ensureTemplate(server) : 'template1';
    await server.query(`create database ${name} template ${template}`);
  });
  const ownerUrl = urlOf(serviceVariable('DATABASE_OWNER_URL'), name);
  const appUrl = urlOf(serviceVariable('DATABASE_URL'), name);
  const events: DatabaseEvent[] = [];
  const db = openDatabase({
    url: appUrl,
    poolMax: 8,
    kek: testKek,
    kekId: 'test',
    onEvent: (event) => events.push(event),
    ...overrides,
  });
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  owner.on('error', () => {});
  const asOwner = async (text: string, values: unknown[] = []) =>
    (await owner.query<Record<string, unknown>>(text, values)).rows;
  return {
    db,
    appUrl,
    ownerUrl,
    events,
    asOwner,
    invariants: () => asOwner('select * from ops.invariants order by 1, 2, 3'),
    async drop() {
      const own = await asOwner(
        `select database_name, login from platform.tenant_databases order by 1`,
      ).catch(() => []);
      await db.close();
      await owner.end();
      await onServer(async (server) => {
        for (const { database_name, login } of own) {
          await server.query(`drop database if exists "${String(database_name)}" with (force)`);
          await server.query(`drop role if exists "${String(login)}"`);
        }
        await server.query(`drop database if exists ${name} with (force)`);
      });
    },
  };
}

/** The session lock makes parallel workers build one template; a database cannot be created in a transaction. */
async function ensureTemplate(server: pg.Client): Promise<string> {
  const hash = createHash('sha256').update(migrations.map(checksumOf).join()).digest('hex');
  const template = `daftari_template_${hash.slice(0, 12)}`;
  await server.query("select pg_advisory_lock(hashtext('daftari test template'))");
  try {
    const found = await server.query('select from pg_database where datname = $1', [template]);
    if (found.rowCount === 0) await buildTemplate(server, template);
  } finally {
    await server.query("select pg_advisory_unlock(hashtext('daftari test template'))");
  }
  return template;
}

async function buildTemplate(server: pg.Client, template: string): Promise<void> {
  const draft = `${template}_draft`;
  await server.query(`drop database if exists ${draft} with (force)`);
  await server.query(`create database ${draft}`);
  await migrateUp({
    ownerUrl: urlOf(serviceVariable('DATABASE_OWNER_URL'), draft),
    appPassword: serviceVariable('DAFTARI_APP_PASSWORD'),
  });
  await server.query(`alter database ${draft} rename to ${template}`);
}

async function onServer(work: (server: pg.Client) => Promise<unknown>): Promise<void> {
  const server = new pg.Client({ connectionString: serviceVariable('DATABASE_OWNER_URL') });
  await server.connect();
  try {
    await work(server);
  } finally {
    await server.end();
  }
}

function urlOf(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}
