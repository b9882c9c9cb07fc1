import pg from 'pg';
import { migrations } from '../../db/migrations/all.ts';
import type { Migration } from '../../db/migrations/migration.ts';
import { checksumOf, migrateDownTo, migrateUp, migrationStates } from '../../db/migrator.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const names = migrations.map((migration) => migration.name);

async function describeDatabase(base: TestDatabase): Promise<unknown> {
  const columns = await base.asOwner(
    `select table_schema, table_name, column_name, data_type, is_nullable, column_default
     from information_schema.columns where table_schema in ('platform', 'shared', 'ops')
     order by 1, 2, ordinal_position`,
  );
  const constraints = await base.asOwner(
    `select conrelid::regclass::text as "table", pg_get_constraintdef(oid) as rule
     from pg_constraint where connamespace in ('platform'::regnamespace, 'shared'::regnamespace)
     order by 1, 2`,
  );
  const indexes = await base.asOwner(
    `select indexdef from pg_indexes where schemaname in ('platform', 'shared') order by 1`,
  );
  const policies = await base.asOwner(
    `select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies order by 1, 2`,
  );
  return { columns, constraints, indexes, policies };
}

/** A row with two tags that is there, and one with a tag that was undone. */
const taggedRows = (space: string) => {
  const tenant = `018f0000-0000-7000-8000-00000000000${space === 'shared' ? 1 : 2}`;
  const one = `'${tenant}', '018f0000-0000-7000-8000-00000000000a'`;
  const row = (identity: string, reversedAt: string) =>
    `(${one}, '${identity}', 'TAA0000001', '2026-01-01T00:00Z', '2026-01-01', 'in', 700, 'completed',
      'send', 'till', 'ordinary', false, 'certain', gen_random_uuid(), 0, ${reversedAt})`;
  return `
    insert into ${space}.transactions (tenant_id, account_id, identity, receipt, occurred_at,
      business_date, direction, amount_cents, row_status, purpose, channel, nature, is_fuliza,
      confidence, statement_id, ordinal, reversed_at)
    values ${row('there', 'null')}, ${row('gone', 'now()')};
    insert into ${space}.row_marks (tenant_id, account_id, identity, tags)
    values (${one}, 'there', '{q3,trip}'), (${one}, 'gone', '{q3}'), (${one}, 'bare', '{}');`;
};

describe('migrations', () => {
  let base: TestDatabase;
  beforeAll(async () => {
    base = await createTestDatabase({ migrated: false });
  });
  beforeEach(() => base.asOwner('drop schema if exists platform, shared, ops cascade'));
  afterAll(() => base.drop());

  test('are numbered in the order in which they run and named after their change', () => {
    for (const name of names) expect(name).toMatch(/^\d{4}_[a-z][a-z_]+$/);
    expect(names).toEqual([...new Set(names)].toSorted());
  });

  test('run once, in order, and a second run finds nothing to do', async () => {
    await expect(migrateUp(base)).resolves.toEqual(names);
    await expect(migrateUp(base)).resolves.toEqual([]);
    const states = await migrationStates(base);
    expect(states).toEqual(names.map((name) => ({ name, state: 'applied' })));
  });

  test('every one can be reverted and applied again to the same database', async () => {
    await migrateUp(base);
    const before = await describeDatabase(base);

    await expect(migrateDownTo(base)).resolves.toEqual([...names].reverse());
    const left = await base.asOwner(
      `select table_schema, table_name from information_schema.tables
       where table_schema in ('platform', 'shared', 'ops')`,
    );
    expect(left).toEqual([{ table_schema: 'platform', table_name: 'migrations' }]);

    await migrateUp(base);
    expect(await describeDatabase(base)).toEqual(before);
  });

  test('each step up and down is complete by itself', async () => {
    for (const [index] of names.entries()) {
      const known = migrations.slice(0, index + 1);
      await migrateUp({ ...base, migrations: known });
      const before = await describeDatabase(base);
      await migrateDownTo({ ...base, migrations: known }, names[index - 1]);
      await migrateUp({ ...base, migrations: known });
      expect(await describeDatabase(base)).toEqual(before);
    }
  }, 180_000);

  test('an upgrade keeps the rows of the older release', async () => {
    await migrateUp({ ...base, migrations: migrations.slice(0, 2) });
    await base.asOwner(
      `insert into platform.tenants (id, slug, name, data_key_sealed)
       values ('018f0000-0000-7000-8000-000000000001', 'old', 'Old tenant', 'dft1.x')`,
    );

    await expect(migrateUp(base)).resolves.toEqual(names.slice(2));

    const kept = await base.asOwner('select slug, tier, status from platform.tenants');
    expect(kept).toEqual([{ slug: 'old', tier: 'starter', status: 'active' }]);
  });

  test('an upgrade indexes the tags that are there, in every schema', async () => {
    const at = names.indexOf('0114_row_tags');
    await migrateUp({ ...base, migrations: migrations.slice(0, at) });
    const space = 't_018f0000000070008000000000000002';
    await base.asOwner(
      `set session_replication_role = replica;
       insert into platform.tenants (id, slug, name, data_key_sealed) values
         ('018f0000-0000-7000-8000-000000000001', 'one', 'Shared', 'dft1.x'),
         ('018f0000-0000-7000-8000-000000000002', 'two', 'Apart', 'dft1.x');
       call platform.sync_tenant_schema('${space}');
       ${['shared', space].map(taggedRows).join(' ')}
       reset session_replication_role;`,
    );

    await migrateUp(base);

    const found = await base.asOwner(
      `select right(tenant_id::text, 1) as of, identity, tag, amount_cents from shared.row_tags
       union all
       select right(tenant_id::text, 1), identity, tag, amount_cents from ${space}.row_tags
       order by 1, 2, 3`,
    );
    expect(found.map((row) => Object.values(row).join(' '))).toEqual([
      ...['1 gone q3 ', '1 there q3 700', '1 there trip 700'],
      ...['2 gone q3 ', '2 there q3 700', '2 there trip 700'],
    ]);
    const left = await base.asOwner('select * from platform.structure_difference($1)', [space]);
    const pinned = await base.asOwner(
      `select conname from pg_constraint
       where conrelid = '${space}.row_tags'::regclass and conname = 'pinned_tenant'`,
    );
    expect({ left, pinned }).toEqual({ left: [], pinned: [{ conname: 'pinned_tenant' }] });
    await base.asOwner(`drop schema ${space}, o_${space.slice(2)} cascade`);
  });

  test('runners that start together apply each migration exactly once', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => migrateUp(base)));

    expect(runs.flat().sort()).toEqual(names);
    const rows = await base.asOwner('select name, checksum from platform.migrations order by 1');
    expect(rows).toEqual(
      migrations.map((migration) => ({ name: migration.name, checksum: checksumOf(migration) })),
    );
  });

  test('an edited migration is named, and nothing runs after it', async () => {
    await migrateUp({ ...base, migrations: migrations.slice(0, 3) });
    const edited = migrations.map((migration, index) =>
      index === 1 ? { ...migration, up: `${migration.up} select 1;` } : migration,
    );

    await expect(migrateUp({ ...base, migrations: edited })).rejects.toThrow(names[1]);

    const states = await migrationStates({ ...base, migrations: edited });
    expect(states.map(({ state }) => state)).toEqual([
      ...['applied', 'tampered', 'applied'],
      ...names.slice(3).map(() => 'pending'),
    ]);
  });

  test('a migration of a newer release is shown as unknown', async () => {
    await migrateUp(base);
    const states = await migrationStates({ ...base, migrations: migrations.slice(0, -1) });
    expect(states.at(-1)).toEqual({ name: names.at(-1), state: 'unknown' });
  });

  test('a migration that fails leaves no trace of itself', async () => {
    const broken: Migration = {
      name: '9998_broken',
      up: 'create table shared.half (a integer); select 1 / 0;',
      down: '',
    };
    await expect(migrateUp({ ...base, migrations: [...migrations, broken] })).rejects.toMatchObject(
      { code: '22012' },
    );

    const found = await base.asOwner("select to_regclass('shared.half') as half");
    expect(found).toEqual([{ half: null }]);
    expect((await migrationStates(base)).every(({ state }) => state === 'applied')).toBe(true);
  });

  test('a migration that cannot get its lock gives up instead of queueing traffic behind it', async () => {
    await migrateUp(base);
    const busy = new pg.Client({ connectionString: base.ownerUrl });
    await busy.connect();
    await busy.query('begin; lock table shared.accounts in access share mode');
    const change: Migration = {
      name: '9999_wide',
      up: 'alter table shared.accounts add column note text;',
      down: 'alter table shared.accounts drop column note;',
    };

    const blocked = migrateUp({
      ...base,
      migrations: [...migrations, change],
      lockTimeoutMs: 200,
    });
    await expect(blocked).rejects.toMatchObject({ code: '55P03' });

    await busy.query('rollback');
    await busy.end();
    const retried = await migrateUp({ ...base, migrations: [...migrations, change] });
    expect(retried).toEqual(['9999_wide']);
  });
});
