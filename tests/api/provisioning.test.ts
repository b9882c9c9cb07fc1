/** Fifty businesses opened at once, seven of which go to places of their own at once. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createMoveActivities } from '../../activities/tenant-move.ts';
import type { MoveSteps } from '../../activities/tenant-steps.ts';
import { membership } from '../../api/tenants/schema.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { insertCustomer, listCustomers } from '../../db/customers.ts';
import { insertMove } from '../../db/tenant-moves.ts';
import { placeFor, sharedPlace } from '../../db/tenant-placement.ts';
import { foundTenant } from '../../db/tenants.ts';
import { id, parsePublicId, type TenantId, type UserId } from '../../domain/ids.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { provisionerOf } from '../support/tiers.ts';

jest.setTimeout(120_000);

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

interface Business {
  tenantId: TenantId;
  userId: UserId;
  tier: TenantTier;
}

const name = 'Duka la Mama';

async function open(token: string, key: string): Promise<TenantId> {
  const answer = await stage.fetch('/v1/tenants', {
    ...{ token, json: { name, environment: 'test' } },
    headers: { 'idempotency-key': key },
  });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  const tenantId = parsePublicId('tenant', membership.parse(answer.body).id);
  if (tenantId === undefined) throw new Error('the id of a business is one');
  return tenantId;
}

/** Steps that die once after the place was made ready, when they are asked to. */
function movingSteps(dies: boolean): MoveSteps {
  let isAlive = !dies;
  return createMoveActivities({
    ...{ db: stage.database.db, provisioner: provisionerOf(stage.database), nowMs: Date.now },
    failpoint: async (visited) => {
      if (isAlive || visited !== 'move.afterPrepare') return;
      isAlive = true;
      throw new Error('died after the place was made ready');
    },
  });
}

const run = <Input, Result>(step: (input: Input) => Promise<Result>, input: Input) =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
    [Input],
    Result,
    typeof step
  >(step, input);

async function settle({ tenantId, tier }: Business, dies: boolean): Promise<void> {
  const moveId = randomUUID();
  const to = placeFor(tenantId, tier);
  const places = { from: sharedPlace, to, fromTier: 'starter' as const, toTier: tier };
  await stage.database.db.withTenant(tenantId, (t) =>
    insertMove(t, {
      ...{ id: moveId, fromPlace: sharedPlace, toPlace: to, fromTier: 'starter', toTier: tier },
      ...{ workflowIdOf: (n) => `tenant/${tenantId}/move/${n}`, requestedBy: 'user:test' },
    }),
  );
  const input = { tenantId, moveId, ...places };
  const steps = movingSteps(dies);
  if (dies) await expect(run(steps.prepareMove, input)).rejects.toThrow('died after');
  await run(steps.prepareMove, input);
  await run(steps.copyTenant, input);
  await run(steps.catchUpMove, input);
  await run(steps.freezeTenant, input);
  const { differing, rowCount } = await run(steps.finishCopy, input);
  expect(differing).toEqual([]);
  await run(steps.switchTenant, { ...input, rowCount });
}

const tierOf = (nth: number): TenantTier =>
  nth < 43 ? 'starter' : nth < 47 ? 'pro' : 'enterprise';

test('fifty businesses at once are whole, their own, and in the places of their tiers', async () => {
  const begun = performance.now();
  const owners = await Promise.all(Array.from({ length: 10 }, () => stage.tenant()));
  const tokens = await Promise.all(owners.map((owner) => stage.token(owner)));
  const key = randomUUID();
  const businesses = await Promise.all(
    Array.from({ length: 50 }, async (_none, nth): Promise<Business> => {
      const tenantId = await open(tokens[nth % 10] ?? '', `${key}-${nth}`);
      return { tenantId, userId: owners[nth % 10]?.userId ?? id('user', key), tier: tierOf(nth) };
    }),
  );
  const opened = performance.now();
  expect(new Set(businesses.map(({ tenantId }) => tenantId)).size).toBe(50);
  const moving = businesses.filter(({ tier }) => tier !== 'starter');
  await Promise.all(moving.map((one, nth) => settle(one, nth % 4 === 0)));
  const settled = performance.now();

  const { db } = stage.database;
  const slugs = await stage.database.asOwner(
    'select slug, tier, place from platform.tenants where name = $1',
    [name],
  );
  expect(new Set(slugs.map(({ slug }) => slug)).size).toBe(50);
  expect(slugs.filter(({ place }) => place !== 'shared')).toHaveLength(7);
  await Promise.all(
    businesses.map(({ tenantId }) =>
      db.withTenant(tenantId, (t) =>
        insertCustomer(t, {
          ...{ id: id('customer', randomUUID()), reference: 'ONE', createdBy: 'user:test' },
          name: `Customer of ${tenantId}`,
        }),
      ),
    ),
  );
  for (const { tenantId, userId } of businesses) {
    const seen = await db.withTenant(tenantId, async (t) => ({
      customers: (await listCustomers(t, { filter: {}, limit: 9 })).map((one) => one.name),
      members: await t.query.selectFrom('members').select(['user_id', 'role']).execute(),
      actions: await t.query.selectFrom('audit_log').select('action').execute(),
    }));
    expect(seen.customers).toEqual([`Customer of ${tenantId}`]);
    expect(seen.members).toEqual([{ user_id: userId, role: 'owner' }]);
    expect(seen.actions.filter(({ action }) => action === 'tenant.create')).toHaveLength(1);
  }
  const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
  process.stdout.write(
    `50 businesses opened in ${seconds(begun, opened)} s, 7 settled in ${seconds(opened, settled)} s\n`,
  );
  await Promise.all(moving.map(({ tenantId, tier }) => remove(tenantId, tier)));
});

/** Databases and logins outlive the database of the suite. */
async function remove(tenantId: TenantId, tier: TenantTier): Promise<void> {
  if (tier === 'enterprise') await provisionerOf(stage.database).remove(placeFor(tenantId, tier));
}

test('a business that breaks off while it is opened is there with its owner, or not at all', async () => {
  const { db } = stage.database;
  const { userId } = await stage.tenant();
  const half = { id: id('tenant', randomUUID()), slug: 'half', name: 'Half a shop' };
  const nobody = id('user', randomUUID());
  await expect(foundTenant(db, { ...half, ownerId: nobody })).rejects.toThrow('foreign key');
  expect(await stage.database.asOwner("select from platform.tenants where slug = 'half'")).toEqual(
    [],
  );

  expect(await foundTenant(db, { ...half, ownerId: userId })).toBe('half');
  expect(await foundTenant(db, { ...half, ownerId: userId })).toBe('half');
  const another = { ...half, id: id('tenant', randomUUID()), ownerId: userId };
  expect(await foundTenant(db, another)).toBe('half-2');
});

test('whoever opens businesses cannot add members to one that was there before', async () => {
  const { tenantId } = await stage.tenant();
  const { userId } = await stage.tenant();
  await expect(
    stage.database.db.asOperator('try to come in by a side door', (o) =>
      o.query
        .insertInto('shared.members' as never)
        .values({ tenant_id: tenantId, user_id: userId, role: 'owner' } as never)
        .execute(),
    ),
  ).rejects.toThrow('row-level security');
});
