import type { Schema } from '../../db/schema.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { columnsOfSchema } from './schema-columns.ts';

let base: TestDatabase;

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

/** Tables that belong to no tenant; a new one has to be argued for here. */
const withoutTenant = [
  'platform.attempts',
  'platform.breach_entries',
  'platform.breaches',
  'platform.challenges',
  'platform.dead_letters',
  'platform.email_links',
  'platform.flag_changes',
  'platform.flag_lists',
  'platform.flag_requests',
  'platform.flag_uses',
  'platform.flags',
  'platform.identities',
  'platform.mails',
  'platform.migrations',
  'platform.passkeys',
  'platform.recovery_codes',
  'platform.refresh_tokens',
  'platform.revocations',
  'platform.security_events',
  'platform.service_keys',
  'platform.service_nonces',
  'platform.sessions',
  'platform.signing_keys',
  'platform.tariff_bands',
  'platform.tenant_databases',
  'platform.tenant_places',
  'platform.tenants',
  'platform.totp_seeds',
  'platform.users',
];

describe('the catalogue', () => {
  test('every table outside the reviewed list is a tenant table under forced row security', async () => {
    const tables = await base.asOwner(
      `select c.oid::regclass::text as name, c.relrowsecurity as on, c.relforcerowsecurity as forced,
         exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
           and a.attnotnull and a.atttypid = 'uuid'::regtype) as has_tenant
       from pg_class c
       where c.relnamespace in ('platform'::regnamespace, 'shared'::regnamespace)
         and c.relkind in ('r', 'p') order by 1`,
    );
    const open = tables.filter(({ on, forced }) => on !== true || forced !== true);
    expect(open.map(({ name }) => name)).toEqual(withoutTenant);
    for (const table of tables.filter(({ name }) => !withoutTenant.includes(String(name)))) {
      expect(table).toMatchObject({ on: true, forced: true, has_tenant: true });
    }
  });

  test('the runtime role sees one tenant only, by one policy with both clauses on every table', async () => {
    const policies = await base.asOwner(
      `select tablename, qual, with_check, cmd from pg_policies
       where roles::text[] && '{daftari_app,public}' and schemaname = 'shared' order by 1`,
    );
    const tables = await base.asOwner(
      `select tablename from pg_tables where schemaname = 'shared' order by 1`,
    );
    const predicate = '(tenant_id = ( SELECT platform.current_tenant() AS current_tenant))';
    expect(policies).toEqual(
      tables.map(({ tablename }) => ({
        tablename,
        cmd: 'ALL',
        qual: predicate,
        with_check: predicate,
      })),
    );
  });

  test('keys and references of tenant tables begin with the tenant', async () => {
    const keys = await base.asOwner(
      `select k.conrelid::regclass::text || ' ' || pg_get_constraintdef(k.oid) as rule
       from pg_constraint k
       where k.connamespace = 'shared'::regnamespace and k.contype in ('p', 'u', 'f')
         and (select a.attname from pg_attribute a
           where a.attrelid = k.conrelid and a.attnum = k.conkey[1]) <> 'tenant_id'
         and k.confrelid <> 'platform.users'::regclass order by 1`,
    );
    // The outbox is drained across tenants in one order, and its ids are random.
    expect(keys.map(({ rule }) => rule)).toEqual([
      'shared.outbox PRIMARY KEY (seq)',
      'shared.outbox UNIQUE (event_id)',
    ]);
  });

  test('views run with the rights of whoever asks, and no function runs with its owner’s', async () => {
    const views = await base.asOwner(
      `select c.oid::regclass::text as name from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('v', 'm') and n.nspname in ('platform', 'shared', 'ops', 'public')
         and not coalesce('security_invoker=true' = any(c.reloptions), false)`,
    );
    const definers = await base.asOwner(
      `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where p.prosecdef and n.nspname in ('platform', 'shared', 'ops', 'public')`,
    );
    expect({ views, definers }).toEqual({ views: [], definers: [] });
  });

  test('the roles of the running product own nothing and have no power of their own', async () => {
    const roles = await base.asOwner(
      `select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin, rolinherit
       from pg_roles where rolname in ('daftari_app', 'daftari_ops') order by 1`,
    );
    const powerless = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
    };
    expect(roles).toEqual([
      { rolname: 'daftari_app', ...powerless, rolcanlogin: true, rolinherit: false },
      { rolname: 'daftari_ops', ...powerless, rolcanlogin: false, rolinherit: true },
    ]);
    const owned = await base.asOwner(
      `select c.oid::regclass::text as name from pg_class c
       join pg_roles r on r.oid = c.relowner where r.rolname like 'daftari_%'`,
    );
    expect(owned).toEqual([]);
  });

  test('grants are exactly these', async () => {
    const grants = await base.asOwner(
      `select grantee || ' ' || table_schema || '.' || table_name as on,
         string_agg(lower(privilege_type), ', ' order by privilege_type) as may
       from information_schema.role_table_grants
       where grantee in ('daftari_app', 'daftari_ops', 'PUBLIC')
         and table_schema in ('platform', 'shared', 'ops', 'public')
       group by 1 order by 1`,
    );
    const columns = await base.asOwner(
      `select g.grantee || ' ' || g.table_schema || '.' || g.table_name as on,
         lower(g.privilege_type) || ' ' || string_agg(g.column_name, ', ' order by g.column_name)
           as may
       from information_schema.role_column_grants g
       where g.grantee in ('daftari_app', 'daftari_ops', 'PUBLIC')
         and g.table_schema in ('platform', 'shared', 'ops', 'public')
         and not exists (select from information_schema.role_table_grants t
           where t.grantee = g.grantee and t.table_schema = g.table_schema
             and t.table_name = g.table_name and t.privilege_type = g.privilege_type)
       group by g.grantee, g.table_schema, g.table_name, g.privilege_type order by 1, 2`,
    );
    const asLines = (rows: Record<string, unknown>[]) =>
      rows.map((row) => `${String(row['on'])}: ${String(row['may'])}`);
    expect({ tables: asLines(grants), columns: asLines(columns) }).toMatchSnapshot();
  });

  test('every table description matches the database column by column', async () => {
    const found = await base.asOwner(
      `select table_schema, table_name, column_name, is_nullable = 'YES' as nullable
       from information_schema.columns
       where table_schema in ('platform', 'shared') order by 1, 2, 3`,
    );
    const inDatabase = new Map<string, string[]>();
    for (const { table_schema, table_name, column_name, nullable } of found) {
      const table =
        table_schema === 'shared' ? String(table_name) : `${table_schema}.${table_name}`;
      const column = `${String(column_name)}${nullable === true ? '?' : ''}`;
      inDatabase.set(table, [...(inDatabase.get(table) ?? []), column].sort());
    }
    const described = columnsOfSchema();
    const tables: (keyof Schema)[] = [...described.keys()];
    expect(tables.sort()).toEqual([...inDatabase.keys()].sort());
    for (const table of tables) {
      expect({ table, columns: described.get(table) }).toEqual({
        table,
        columns: inDatabase.get(table),
      });
    }
  });
});
