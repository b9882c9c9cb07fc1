import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { openDatabase } from '../../db/database.ts';
import type { TenantHandle } from '../../db/database.ts';
import { parseInt8, parseTimestamptz } from '../../db/pool.ts';
import { id } from '../../domain/ids.ts';
import { createTestDatabase, testKek } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant, anAccount } from './fixture.ts';
import type { TestTenant } from './fixture.ts';

let base: TestDatabase;
let one: TestTenant;
let two: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
  one = await aTenant(base.db);
  two = await aTenant(base.db);
});
afterAll(() => base.drop());

const backendOf = async (t: TenantHandle) =>
  (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(t.query)).rows[0]?.pid;

describe('withTenant', () => {
  test('commits what the work did and answers its result', async () => {
    const accountId = await base.db.withTenant(one.tenantId, (t) => anAccount(t, '100'));

    const found = await base.db.withTenant(one.tenantId, (t) =>
      t.query.selectFrom('accounts').select('id').where('id', '=', accountId).execute(),
    );
    expect(found).toEqual([{ id: accountId }]);
  });

  test('stores nothing when the work throws', async () => {
    const work = base.db.withTenant(one.tenantId, async (t) => {
      await anAccount(t, '101');
      throw new Error('changed my mind');
    });

    await expect(work).rejects.toThrow('changed my mind');
    const count = await base.asOwner(
      "select count(*)::int as n from shared.accounts where label = 'M-PESA' and tenant_id = $1",
      [one.tenantId],
    );
    expect(count).toEqual([{ n: 1 }]);
  });

  test('a failed statement that was swallowed cannot look like success', async () => {
    const work = base.db.withTenant(one.tenantId, async (t) => {
      await sql`select 1 / 0`.execute(t.query).catch(() => {});
      return 'all well';
    });

    await expect(work).rejects.toThrow('nothing was stored');
  });

  test('readOnly refuses writes', async () => {
    const work = base.db.withTenant(one.tenantId, (t) => anAccount(t, '102'), { readOnly: true });
    await expect(work).rejects.toMatchObject({ code: '25006' });
  });

  test('a handle kept after its transaction refuses to speak', async () => {
    const kept = await base.db.withTenant(one.tenantId, async (t) => t);
    await expect(kept.query.selectFrom('accounts').selectAll().execute()).rejects.toThrow('ended');
  });

  test('a nested transaction is refused, because its commit would end the tenant’s', async () => {
    const work = base.db.withTenant(one.tenantId, (t) =>
      t.query.transaction().execute(async () => 1),
    );
    await expect(work).rejects.toThrow('cannot be nested');
  });

  test('queries started together take turns on the one connection', async () => {
    const answers = await base.db.withTenant(one.tenantId, (t) =>
      Promise.all([3, 1, 2].map((n) => sql<{ n: number }>`select ${n}::int as n`.execute(t.query))),
    );
    expect(answers.map((answer) => answer.rows[0]?.n)).toEqual([3, 1, 2]);
  });

  test('an unknown tenant is an error of its own, and becomes known when it is created', async () => {
    const missing = id('tenant', randomUUID());
    await expect(base.db.withTenant(missing, async () => 1)).rejects.toMatchObject({
      name: 'TenantUnknown',
    });
    const created = await aTenant(base.db);
    await expect(base.db.withTenant(created.tenantId, async () => 1)).resolves.toBe(1);
  });

  test('text that is no id never reaches the database', async () => {
    const notAnId = "x'; drop schema shared --" as typeof one.tenantId;
    await expect(base.db.withTenant(notAnId, async () => 1)).rejects.toThrow('not a tenant id');
  });
});

describe('isolation', () => {
  test('a tenant neither sees, changes nor removes the rows of another', async () => {
    const accountId = await base.db.withTenant(two.tenantId, (t) => anAccount(t, '200'));

    await base.db.withTenant(one.tenantId, async (t) => {
      const seen = await t.query
        .selectFrom('accounts')
        .where('id', '=', accountId)
        .selectAll()
        .execute();
      const changed = await t.query
        .updateTable('accounts')
        .set({ label: 'taken' })
        .where('id', '=', accountId)
        .executeTakeFirst();
      expect(seen).toEqual([]);
      expect(changed.numUpdatedRows).toBe(0n);
    });
  });

  test('a row cannot be written into, or moved to, another tenant', async () => {
    const intoTwo = base.db.withTenant(one.tenantId, (t) =>
      t.query
        .insertInto('members')
        .values({ tenant_id: two.tenantId, user_id: one.userId, role: 'owner' })
        .execute(),
    );
    await expect(intoTwo).rejects.toMatchObject({ code: '42501' });

    const moved = base.db.withTenant(one.tenantId, (t) =>
      t.query.updateTable('members').set({ tenant_id: two.tenantId }).execute(),
    );
    await expect(moved).rejects.toMatchObject({ code: '42501' });
  });

  test('a reference to another tenant’s row is refused as if it did not exist', async () => {
    const foreign = await base.db.withTenant(two.tenantId, (t) => anAccount(t, '201'));
    const rollup = base.db.withTenant(one.tenantId, (t) =>
      sql`insert into ${t.table('daily_rollups')} values (${one.tenantId}, ${foreign},
        '2026-01-01', 'in', 'till', 'sales', 'ordinary', 1, 1)`.execute(t.query),
    );
    await expect(rollup).rejects.toMatchObject({ code: '23503' });
  });

  test('without a tenant reading and writing raise instead of answering an empty page', async () => {
    const single = openDatabase({ url: base.appUrl, poolMax: 1, kek: testKek, kekId: 'test' });
    const withoutTenant = (text: string) =>
      single.withTenant(one.tenantId, async (t) => {
        await sql`select set_config('app.tenant_id', '', true)`.execute(t.query);
        await sql.raw(text).execute(t.query);
      });

    for (const text of [
      'select count(*) from shared.members',
      'update shared.members set role = role',
      'delete from shared.members',
      `insert into shared.consumed_events values ('${one.tenantId}', 'x', '${randomUUID()}')`,
    ]) {
      await expect(withoutTenant(text)).rejects.toMatchObject({ code: '42501' });
    }
    await single.close();
  });

  test('the tenant does not outlive its transaction on the connection', async () => {
    const single = openDatabase({ url: base.appUrl, poolMax: 1, kek: testKek, kekId: 'test' });
    const first = await single.withTenant(one.tenantId, backendOf);
    const setting = await single.asOperator('look at the connection', async (o) => {
      const found = await sql<{ tenant: string; pid: number }>`
        select current_setting('app.tenant_id', true) as tenant, pg_backend_pid() as pid
      `.execute(o.query);
      return found.rows[0];
    });
    expect(setting).toEqual({ tenant: '', pid: first });
    await single.close();
  });
});

describe('asOperator', () => {
  test('reports the reason on every use and sees what its policies show', async () => {
    const tenants = await base.db.asOperator('count the members', (o) =>
      o.query.selectFrom('members').select('tenant_id').distinct().execute(),
    );
    expect(tenants.length).toBeGreaterThanOrEqual(2);
    expect(base.events).toContainEqual({ type: 'operator-access', reason: 'count the members' });
  });

  test('neither reads sealed columns nor tables it has no policy for', async () => {
    const ask = (text: string) =>
      base.db.asOperator('probe', (o) => sql.raw(text).execute(o.query));

    await expect(ask('select sealed from shared.statement_lines')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(ask('select * from shared.accounts')).rejects.toMatchObject({ code: '42501' });
    await expect(ask('update shared.statements set version = 9')).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('the runtime role has none of its powers without taking the role on', async () => {
    const work = base.db.withTenant(one.tenantId, (t) =>
      sql`select * from platform.dead_letters`.execute(t.query),
    );
    await expect(work).rejects.toMatchObject({ code: '42501' });
  });
});

describe('faults', () => {
  test('a killed backend fails its transaction only: the process lives and the next call works', async () => {
    const killed = base.db.withTenant(one.tenantId, async (t) => {
      const pid = await backendOf(t);
      await base.asOwner('select pg_terminate_backend($1)', [pid]);
      await sql`select 1`.execute(t.query);
    });

    await expect(killed).rejects.toThrow();
    await expect(base.db.withTenant(one.tenantId, async () => 'served')).resolves.toBe('served');
    expect(base.events).toContainEqual(expect.objectContaining({ type: 'connection-lost' }));
  });

  test('idle connections killed behind its back are replaced without an error to anyone', async () => {
    await Promise.all([1, 2, 3].map(() => base.db.withTenant(one.tenantId, async () => {})));
    await base.asOwner(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where usename = 'daftari_app' and datname = current_database()`,
    );
    await expect(base.db.withTenant(one.tenantId, async () => 'served')).resolves.toBe('served');
  });

  test('a deadlock is tried again until both sides succeed', async () => {
    const [left, right] = await base.db.withTenant(one.tenantId, async (t) => [
      await anAccount(t, '300'),
      await anAccount(t, '301'),
    ]);
    let runs = 0;
    const meeting = { count: 0, both: Promise.withResolvers<void>() };
    const rename = (first: string | undefined, second: string | undefined) =>
      base.db.withTenant(one.tenantId, async (t) => {
        runs += 1;
        await sql`update ${t.table('accounts')} set label = label || '+' where id = ${first}`.execute(
          t.query,
        );
        meeting.count += 1;
        if (meeting.count >= 2) meeting.both.resolve();
        await meeting.both.promise;
        await sql`update ${t.table('accounts')} set label = label || '+' where id = ${second}`.execute(
          t.query,
        );
      });

    await Promise.all([rename(left, right), rename(right, left)]);

    const labels = await base.asOwner('select label from shared.accounts where id = any($1)', [
      [left, right],
    ]);
    expect(labels).toEqual([{ label: 'M-PESA++' }, { label: 'M-PESA++' }]);
    expect(runs).toBeGreaterThanOrEqual(3);
  });

  test('after five deadlocks the error comes through', async () => {
    let runs = 0;
    const work = base.db.withTenant(one.tenantId, async (t) => {
      runs += 1;
      await sql`do $$ begin raise exception 'again' using errcode = '40P01'; end $$`.execute(
        t.query,
      );
    });
    await expect(work).rejects.toMatchObject({ code: '40P01' });
    expect(runs).toBe(5);
  });

  test('a connection lost during COMMIT is an unknown outcome, never a plain failure', async () => {
    await base.asOwner(`
      create function pg_temp_cut() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return null; end $$;
      grant execute on function pg_temp_cut() to daftari_app;
      create constraint trigger cut after insert on shared.accounts deferrable initially deferred
        for each row when (new.label = 'cut') execute function pg_temp_cut()`);
    const work = base.db.withTenant(one.tenantId, (t) =>
      sql`insert into ${t.table('accounts')} (tenant_id, kind, number_masked, number_index, label)
        values (${t.tenantId}, 'till', '1', ${t.seal.index('cut')}, 'cut')`.execute(t.query),
    );
    await expect(work).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    await base.asOwner('drop trigger cut on shared.accounts');
  });

  test('a constraint that fails at COMMIT is a definite refusal', async () => {
    await base.asOwner(`
      create function refuse_late() returns trigger language plpgsql as $$
      begin raise exception 'too late' using errcode = '23514'; end $$;
      grant execute on function refuse_late() to daftari_app;
      create constraint trigger late after insert on shared.accounts deferrable initially deferred
        for each row when (new.label = 'late') execute function refuse_late()`);
    const work = base.db.withTenant(one.tenantId, (t) =>
      sql`insert into ${t.table('accounts')} (tenant_id, kind, number_masked, number_index, label)
        values (${t.tenantId}, 'till', '1', ${t.seal.index('late')}, 'late')`.execute(t.query),
    );
    await expect(work).rejects.toMatchObject({ code: '23514' });
    await base.asOwner('drop trigger late on shared.accounts');
  });

  test('an unreachable server is an error within the connection timeout', async () => {
    const nowhere = openDatabase({
      url: 'postgres://nobody@127.0.0.1:1/none',
      poolMax: 1,
      kek: testKek,
      kekId: 'test',
      connectTimeoutMs: 500,
    });
    await expect(nowhere.ping()).rejects.toThrow();
    await nowhere.close();
  });
});

describe('values from the driver', () => {
  test('bigint arrives as a safe integer and is refused beyond it', () => {
    expect(parseInt8('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => parseInt8('9007199254740993')).toThrow('safe range');
  });

  test('timestamps arrive as instants with milliseconds', () => {
    expect(parseTimestamptz('2026-02-17 06:30:12+00')).toBe('2026-02-17T06:30:12.000Z');
    expect(parseTimestamptz('2026-02-17 06:30:12.5+00')).toBe('2026-02-17T06:30:12.500Z');
    expect(() => parseTimestamptz('2026-02-17 06:30:12+03')).toThrow('not a UTC timestamp');
  });

  test('dates, arrays of dates and sums arrive as text and whole numbers', async () => {
    const row = await base.db.withTenant(one.tenantId, async (t) => {
      const found = await sql`select date '2026-02-28' as day, array[date '2026-02-28'] as days,
        sum(n)::bigint as total, timestamptz '2026-02-28 03:00:00+03' as at
        from generate_series(1, 3) n`.execute(t.query);
      return found.rows[0];
    });
    expect(row).toEqual({
      day: '2026-02-28',
      days: ['2026-02-28'],
      total: 6,
      at: '2026-02-28T00:00:00.000Z',
    });
  });
});
