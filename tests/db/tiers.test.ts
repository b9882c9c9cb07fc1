import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { relayBatch } from '../../activities/relay.ts';
import { listBrokenInvariants } from '../../db/invariants.ts';
import { migrations } from '../../db/migrations/all.ts';
import { migrateUp } from '../../db/migrator.ts';
import { appendEvents, claimUnpublished } from '../../db/outbox.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { placeFor } from '../../db/tenant-placement.ts';
import { findLogin } from '../../db/auth.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { silentTelemetry } from '../support/bus.ts';
import { settleIn, tiers } from '../support/tiers.ts';
import { until } from '../support/until.ts';
import { aTenant, anAccount, postStatement, undoStatement } from './fixture.ts';
import type { TestTenant } from './fixture.ts';

jest.setTimeout(120_000);

let base: TestDatabase;

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

async function tenantIn(tier: TenantTier): Promise<TestTenant> {
  const tenant = await aTenant(base.db);
  await settleIn(base, tenant.tenantId, tier);
  return tenant;
}

const rows = [
  { receipt: 'TA1', direction: 'in' as const, amountCents: 10_000, minute: 1 },
  { receipt: 'TA2', direction: 'out' as const, amountCents: 4_000, minute: 2 },
];

describe.each(tiers)('a tenant of the tier %s', (tier) => {
  let tenant: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    tenant = await tenantIn(tier);
    other = await aTenant(base.db);
  });

  test('posts and undoes a statement as in every other tier', async () => {
    await until(async () => (await base.db.places()).includes(placeFor(tenant.tenantId, tier)));
    const posted = await postStatement(base.db, tenant, { rows });
    expect(posted.inserted).toHaveLength(2);
    // The daily figures follow by events, which nobody handles here: the check sees it in any tier.
    expect(await brokenEverywhere()).toEqual(
      [1, 2].map(() => expect.objectContaining({ tenantId: tenant.tenantId })),
    );

    const reversed = await undoStatement(base.db, tenant, posted);
    expect(reversed).toHaveLength(2);
    expect(await brokenEverywhere()).toEqual([]);
  });

  test('its rows are in its place and nowhere else', async () => {
    const accountId = await base.db.withTenant(tenant.tenantId, (t) => anAccount(t, '777'));
    const inShared = await base.asOwner('select id from shared.accounts where id = $1', [
      accountId,
    ]);
    expect(inShared).toHaveLength(tier === 'starter' ? 1 : 0);
    const seen = await base.db.withTenant(tenant.tenantId, (t) =>
      t.query.selectFrom('accounts').select('id').where('id', '=', accountId).execute(),
    );
    expect(seen).toEqual([{ id: accountId }]);
  });

  test('a row of another tenant cannot be written into its tables', async () => {
    const write = base.db.withTenant(tenant.tenantId, (t) =>
      t.query
        .insertInto('members')
        .values({ tenant_id: other.tenantId, user_id: other.userId, role: 'owner' })
        .execute(),
    );
    await expect(write).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|23514)$/) });
  });

  test('without its tenant set, its tables raise instead of answering an empty page', async () => {
    const read = base.db.withTenant(tenant.tenantId, async (t) => {
      await sql`select set_config('app.tenant_id', '', true)`.execute(t.query);
      await sql`select count(*) from ${t.table('members')}`.execute(t.query);
    });
    await expect(read).rejects.toMatchObject({ code: '42501' });
  });

  test('the relay brings out what waits in its outbox', async () => {
    await base.db.withTenant(tenant.tenantId, (t) =>
      appendEvents(t, [
        {
          topic: 'domain-events',
          key: 'k',
          type: 'test.marked',
          version: 1,
          isPersonal: false,
          data: { tier },
        },
      ]),
    );
    const waiting = { table: 'outbox', where: 'published_at is null' } as const;
    const place = placeFor(tenant.tenantId, tier);
    await until(async () => (await base.db.places(waiting)).includes(place));

    const sent: unknown[] = [];
    for (const here of await base.db.places(waiting)) {
      await relayBatch(
        {
          db: base.db,
          bus: { publish: async (_topic, events) => void sent.push(...events) },
          telemetry: silentTelemetry(),
          startWorkflow: async () => {},
          failpoint: async () => {},
        },
        'event',
        here,
      );
    }
    expect(sent).toContainEqual(
      expect.objectContaining({ envelope: expect.objectContaining({ data: { tier } }) }),
    );
  });

  async function brokenEverywhere() {
    const found = await base.db.everywhere('check', (o) => listBrokenInvariants(o, 50));
    return found.flat();
  }
});

describe('a schema of a tenant', () => {
  test('is built exactly like the shared tables', async () => {
    const tenant = await tenantIn('pro');
    const place = placeFor(tenant.tenantId, 'pro');
    expect(await differences(place)).toEqual([]);
    expect((await structureOf(place)).length).toBeGreaterThan(300);
  });

  test('follows every kind of later change of the shared tables', async () => {
    const own = await createTestDatabase();
    const tenant = await aTenant(own.db);
    await settleIn(own, tenant.tenantId, 'pro');
    const place = placeFor(tenant.tenantId, 'pro');
    const change = {
      name: '9999_everything',
      up: `
        create table shared.notes (
          tenant_id uuid not null references platform.tenants,
          id uuid not null default platform.uuid_v7(),
          account_id uuid,
          words text not null check (words <> ''),
          size integer generated always as (length(words)) stored,
          primary key (tenant_id, id),
          foreign key (tenant_id, account_id) references shared.accounts
        );
        create index notes_words on shared.notes (tenant_id, words) where words <> 'x';
        call platform.isolate('shared.notes', 'select, insert');
        alter table shared.accounts add column colour text not null default 'green';
        alter table shared.accounts add constraint colours check (colour in ('green', 'red'));
        alter table shared.accounts drop constraint accounts_kind_check;
        alter table shared.accounts alter column label drop not null;
        alter table shared.operation_events alter column type type varchar(40);
        drop index shared.members_user;
        alter table shared.uploads drop column media_kind;
        drop trigger append_only on shared.operation_events;
        create trigger append_only before update on shared.operation_events
          for each row execute function platform.refuse_change();
        revoke update on shared.accounts from daftari_app;
        grant update (label) on shared.accounts to daftari_app;
        drop table shared.transaction_words;
        create view ops.note_invariants with (security_invoker = true) as
          select 'n' as invariant, tenant_id, words as detail from shared.notes;
        grant select on ops.note_invariants to daftari_ops;`,
      down: '',
    };
    await migrateUp({ ownerUrl: own.ownerUrl, migrations: [...migrations, change] });

    const left = await own.asOwner('select * from platform.structure_difference($1)', [place]);
    expect(left).toEqual([]);
    const view = await own.asOwner('select to_regclass($1) as found', [
      `o_${place.slice(2)}.note_invariants`,
    ]);
    expect(view).not.toEqual([{ found: null }]);
    await own.drop();
  });

  test('every table can be told apart row by row, so that it can be moved', async () => {
    const plan = await base.asOwner('select relation from platform.copy_plan() where keys is null');
    expect(plan).toEqual([]);
  });

  test('a second run changes nothing', async () => {
    const tenant = await tenantIn('pro');
    const place = placeFor(tenant.tenantId, 'pro');
    const before = await structureOf(place);
    await base.asOwner('call platform.sync_tenant_schema($1)', [place]);
    expect(await structureOf(place)).toEqual(before);
  });

  test('holds rows of its own tenant only, whoever writes them', async () => {
    const tenant = await tenantIn('pro');
    const other = await aTenant(base.db);
    const place = placeFor(tenant.tenantId, 'pro');
    const foreign = base.asOwner(
      `insert into "${place}".consumed_events (tenant_id, consumer, event_id) values ($1, 'x', $2)`,
      [other.tenantId, randomUUID()],
    );
    await expect(foreign).rejects.toMatchObject({ code: '23514' });
  });

  const structureOf = (place: string) =>
    base.asOwner('select * from platform.structure_of($1) order by 1, 2, 3, 4', [place]);
  const differences = (place: string) =>
    base.asOwner('select * from platform.structure_difference($1)', [place]);
});

describe('a database of a tenant', () => {
  test('its login reaches no other database, and the login of the others does not reach it', async () => {
    const tenant = await tenantIn('enterprise');
    const place = placeFor(tenant.tenantId, 'enterprise');
    const [row] = await base.asOwner(
      'select database_name from platform.tenant_databases where place = $1',
      [place],
    );
    const own = String(row?.['database_name']);
    const byApp = new URL(base.appUrl);
    byApp.pathname = `/${own}`;
    await expect(connects(byApp)).resolves.toBe(false);

    await base.asOwner(`alter role "${place}" password 'known'`);
    const byTenant = new URL(base.appUrl);
    byTenant.username = place;
    byTenant.password = 'known';
    await expect(connects(byTenant)).resolves.toBe(false);
    byTenant.pathname = `/${own}`;
    await expect(connects(byTenant)).resolves.toBe(true);
  });

  async function connects(url: URL): Promise<boolean> {
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }
});

test('fifty tenants are provisioned at the same moment, each in its place', async () => {
  const tierOf = (n: number) => (n % 10 === 0 ? 'pro' : 'starter');
  const made = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      const tenant = await tenantIn(tierOf(n));
      await base.db.withTenant(tenant.tenantId, (t) => anAccount(t, `number-${n}`));
      return tenant;
    }),
  );
  for (const [n, tenant] of made.entries()) {
    const place = placeFor(tenant.tenantId, tierOf(n));
    const schema = place === 'shared' ? 'shared' : place;
    const rows = await base.asOwner(
      `select count(*)::int as n from "${schema}".accounts where tenant_id = $1`,
      [tenant.tenantId],
    );
    expect(rows).toEqual([{ n: 1 }]);
  }
});

describe('people of every tier', () => {
  test('sign in finds the memberships wherever the tables are', async () => {
    const tenant = await tenantIn('pro');
    const login = await base.db.asOperator('sign in', (o) =>
      findLogin(o, `${tenant.tenantId}@example.test`),
    );
    expect(login?.memberships.map((one) => one.tenant.id)).toEqual([tenant.tenantId]);
  });

  test('jobs across tenants do not see who is frozen or gone from the shared tables', async () => {
    const tenant = await aTenant(base.db);
    const append = () =>
      base.db.withTenant(tenant.tenantId, (t) =>
        appendEvents(t, [
          {
            topic: 'domain-events',
            key: 'hidden',
            type: 'x.y',
            version: 1,
            isPersonal: false,
            data: {},
          },
        ]),
      );
    await append();
    await base.asOwner(
      `insert into platform.tenant_places (tenant_id, place, state) values ($1, 'shared', 'frozen')`,
      [tenant.tenantId],
    );
    const claimed = await base.db.asOperator('relay', (o) =>
      claimUnpublished(o, { kind: 'event', limit: 500, leaseSeconds: 0 }),
    );
    expect(claimed.filter((row) => row.tenantId === tenant.tenantId)).toEqual([]);
    await expect(append()).rejects.toMatchObject({ name: 'TenantFrozen' });
    await expect(
      base.db.withTenant(tenant.tenantId, async () => 'read', { readOnly: true }),
    ).resolves.toBe('read');
  });
});
