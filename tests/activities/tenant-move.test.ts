import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { failpointNames } from '../../activities/failpoint.ts';
import { createMoveActivities } from '../../activities/tenant-move.ts';
import type { MoveSteps } from '../../activities/tenant-steps.ts';
import { appendAudit, verifyAudit } from '../../db/audit.ts';
import { appendEvents, claimUnpublished } from '../../db/outbox.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { digestOf, readCopyPlan } from '../../db/tenant-copy.ts';
import { findMove, insertMove } from '../../db/tenant-moves.ts';
import { placeFor } from '../../db/tenant-placement.ts';
import type { MoveTenantInput } from '../../workflows/tenant-types.ts';
import { aTenant, anAccount, postStatement, type TestTenant } from '../db/fixture.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { held, untilSomebodyWaits } from '../support/held.ts';
import { provisionerOf } from '../support/tiers.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

let base: TestDatabase;

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

/** An activity's surroundings that say nothing about the deaths asked for. */
function quiet(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
}

/** Runs the steps; a step that meets the failpoint dies there once, and is then run again. */
function stepsThatDieAt(name: string | undefined): { steps: MoveSteps; deaths: string[] } {
  const deaths: string[] = [];
  const failpoint = async (visited: string) => {
    if (visited !== name || deaths.length > 0) return;
    deaths.push(visited);
    throw new Error(`died at ${visited}`);
  };
  const provisioner = provisionerOf(base);
  const made = createMoveActivities({ db: base.db, provisioner, failpoint, nowMs: Date.now });
  const twice =
    <Input, Result>(step: (input: Input) => Promise<Result>) =>
    async (input: Input): Promise<Result> => {
      const run = () => quiet().run<[Input], Result, typeof step>(step, input);
      try {
        return await run();
      } catch (error) {
        if (!String(error).includes('died at')) throw error;
        return run();
      }
    };
  const steps = {
    prepareMove: twice(made.prepareMove),
    copyTenant: twice(made.copyTenant),
    catchUpMove: twice(made.catchUpMove),
    freezeTenant: twice(made.freezeTenant),
    thawTenant: twice(made.thawTenant),
    finishCopy: twice(made.finishCopy),
    switchTenant: twice(made.switchTenant),
    confirmMove: twice(made.confirmMove),
    rollBackMove: twice(made.rollBackMove),
    abandonMove: twice(made.abandonMove),
  };
  return { steps, deaths };
}

async function beginMove(tenant: TestTenant, toTier: TenantTier): Promise<MoveTenantInput> {
  const [row] = await base.asOwner('select place, tier from platform.tenants where id = $1', [
    tenant.tenantId,
  ]);
  const from = String(row?.['place']);
  const fromTier = row?.['tier'] as TenantTier;
  const moveId = randomUUID();
  const to = placeFor(tenant.tenantId, toTier);
  await base.db.withTenant(tenant.tenantId, (t) =>
    insertMove(t, {
      id: moveId,
      fromPlace: from,
      toPlace: to,
      fromTier,
      toTier,
      workflowIdOf: (number) => `tenant/${tenant.tenantId}/move/${number}`,
      requestedBy: 'user:test',
    }),
  );
  return { tenantId: tenant.tenantId, moveId, from, to, fromTier, toTier };
}

async function carryOver(steps: MoveSteps, input: MoveTenantInput): Promise<void> {
  await steps.prepareMove(input);
  await steps.copyTenant(input);
  await steps.catchUpMove(input);
  await steps.freezeTenant(input);
  const { differing, rowCount } = await steps.finishCopy(input);
  expect(differing).toEqual([]);
  await steps.switchTenant({ ...input, rowCount });
}

/** A business that never stops writing; it notes what was committed. */
function busyBusiness(tenant: TestTenant) {
  const committed: string[] = [];
  const over = new AbortController();
  let refusals = 0;
  const working = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const number = `${tenant.tenantId.slice(0, 6)}-${n}`;
      try {
        const id = await base.db.withTenant(tenant.tenantId, async (t) => {
          const accountId = await anAccount(t, number);
          await appendAudit(t, {
            actor: 'user:busy',
            action: 'account.register',
            objectKind: 'account',
            objectId: accountId,
          });
          await appendEvents(t, [event(n)]);
          return accountId;
        });
        committed.push(id);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'TenantFrozen')) throw error;
        refusals += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  })();
  return {
    committed,
    refusals: () => refusals,
    async stop() {
      over.abort();
      await working;
    },
  };
}

const event = (n: number) => ({
  topic: 'domain-events',
  key: 'busy',
  type: 'account.added',
  version: 1,
  isPersonal: false,
  data: { n },
});

async function everythingIsThere(tenant: TestTenant, committed: readonly string[]) {
  await base.db.withTenant(tenant.tenantId, async (t) => {
    const accounts = await t.query.selectFrom('accounts').select('id').execute();
    const ids = new Set<string>(accounts.map(({ id }) => id));
    expect(committed.filter((id) => !ids.has(id))).toEqual([]);
    await expect(verifyAudit(t)).resolves.toMatchObject({ ok: true });
    const events = await t.query.selectFrom('outbox').select('data').orderBy('seq').execute();
    const numbers = events.flatMap(({ data }) =>
      typeof data['n'] === 'number' ? [data['n']] : [],
    );
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
}

async function rowsIn(place: string, tenant: TestTenant): Promise<number> {
  return provisionerOf(base).inPlace(place, async (client) => {
    let count = 0;
    for (const { relation } of await readCopyPlan(client)) {
      count += (await digestOf({ client, place }, relation, tenant.tenantId)).rows;
    }
    return count;
  });
}

async function anEstablishedTenant(): Promise<TestTenant> {
  const tenant = await aTenant(base.db);
  const rows = Array.from({ length: 450 }, (_, n) => ({
    receipt: `TB${n}`,
    direction: n % 3 === 0 ? ('out' as const) : ('in' as const),
    amountCents: 100 + n,
    minute: n,
  }));
  await postStatement(base.db, tenant, { rows });
  return tenant;
}

const deaths = failpointNames.filter((name) => name.startsWith('move.'));

describe('a move to a schema of its own', () => {
  test.each(deaths)('killed at %s it loses nothing and serves from one place', async (name) => {
    const tenant = await anEstablishedTenant();
    const business = busyBusiness(tenant);
    await until(() => business.committed.length > 5);
    const input = await beginMove(tenant, 'pro');
    const { steps, deaths: died } = stepsThatDieAt(name);

    await carryOver(steps, input);
    const atSwitch = business.committed.length;
    await until(() => business.committed.length > atSwitch + 5);
    await steps.confirmMove(input);
    await business.stop();

    expect(died).toEqual([name]);
    await everythingIsThere(tenant, business.committed);
    expect(await rowsIn('shared', tenant)).toBe(0);
    const move = await base.db.withTenant(tenant.tenantId, findMove);
    expect(move).toMatchObject({ status: 'confirmed', toTier: 'pro' });
    expect(move?.frozenMilliseconds).toBeLessThan(10_000);
  });

  test.each(['move.afterFreeze', 'move.afterSwitch', 'move.afterRemove'])(
    'taken back after the switch, killed at %s, it keeps what was written since',
    async (name) => {
      const tenant = await anEstablishedTenant();
      const business = busyBusiness(tenant);
      await until(() => business.committed.length > 5);
      const input = await beginMove(tenant, 'pro');
      await carryOver(stepsThatDieAt(undefined).steps, input);
      const atSwitch = business.committed.length;
      await until(() => business.committed.length > atSwitch + 5);

      const { steps, deaths: died } = stepsThatDieAt(name);
      await steps.rollBackMove(input);
      await business.stop();

      expect(died).toEqual([name]);
      await everythingIsThere(tenant, business.committed);
      const [row] = await base.asOwner('select place, tier from platform.tenants where id = $1', [
        tenant.tenantId,
      ]);
      expect(row).toEqual({ place: 'shared', tier: 'starter' });
      const gone = await base.asOwner('select to_regnamespace($1) as schema', [input.to]);
      expect(gone).toEqual([{ schema: null }]);
    },
  );

  test('given up before the switch, it leaves the tenant as it was', async () => {
    const tenant = await anEstablishedTenant();
    const input = await beginMove(tenant, 'pro');
    const { steps } = stepsThatDieAt(undefined);
    await steps.prepareMove(input);
    await steps.copyTenant(input);
    await steps.freezeTenant(input);
    await steps.abandonMove({ ...input, detail: 'given up' });

    await base.db.withTenant(tenant.tenantId, (t) => anAccount(t, 'after'));
    const move = await base.db.withTenant(tenant.tenantId, findMove);
    expect(move).toMatchObject({ status: 'abandoned', detail: 'given up' });
    const left = await base.asOwner(
      `select tgname from pg_trigger where tgname like 'move_capture%' and tgname like $1`,
      [`%${tenant.tenantId.replaceAll('-', '')}`],
    );
    expect(left).toEqual([]);
  });
});

test('a tenant goes through all tiers and back, and no table changes its digest', async () => {
  const tenant = await anEstablishedTenant();
  const before = await digests('shared', tenant);
  for (const tier of ['pro', 'enterprise', 'starter'] as const) {
    const { steps } = stepsThatDieAt(undefined);
    const input = await beginMove(tenant, tier);
    await carryOver(steps, input);
    await steps.confirmMove(input);
    await base.db.withTenant(tenant.tenantId, (t) => anAccount(t, `in-${tier}`));
  }
  const after = await digests('shared', tenant);
  const changing = new Set(['tenant_moves', 'audit_log', 'audit_heads', 'accounts']);
  for (const [relation, digest] of before) {
    if (!changing.has(relation))
      expect([relation, after.get(relation)]).toEqual([relation, digest]);
  }
  await base.db.withTenant(tenant.tenantId, async (t) => {
    await expect(verifyAudit(t)).resolves.toMatchObject({ ok: true });
  });
});

test('a writer that began before the freeze commits first, or not at all', async () => {
  const tenant = await anEstablishedTenant();
  const input = await beginMove(tenant, 'pro');
  const { steps } = stepsThatDieAt(undefined);
  await steps.prepareMove(input);
  await steps.copyTenant(input);
  const writing = held(base, tenant.tenantId, (t) => anAccount(t, 'slow'));
  await writing.begun;
  let isFrozen = false;
  const freezing = steps.freezeTenant(input).then(() => {
    isFrozen = true;
  });
  await untilSomebodyWaits(base);
  expect(isFrozen).toBe(false);

  const accountId = await writing.end();
  await freezing;
  const { differing, rowCount } = await steps.finishCopy(input);
  expect(differing).toEqual([]);
  await steps.switchTenant({ ...input, rowCount });

  await everythingIsThere(tenant, [accountId]);
});

test('what waits in the outbox leaves the new place in its order, and the old one no more', async () => {
  const tenant = await anEstablishedTenant();
  await base.db.withTenant(tenant.tenantId, (t) => appendEvents(t, [event(1), event(2), event(3)]));
  const input = await beginMove(tenant, 'pro');
  await carryOver(stepsThatDieAt(undefined).steps, input);

  const claim = { kind: 'event', limit: 10_000, leaseSeconds: 0 } as const;
  const old = await base.db.asOperator('relay', (o) => claimUnpublished(o, claim));
  const now = await base.db.asOperator('relay', (o) => claimUnpublished(o, claim), input.to);
  expect(old.filter(({ tenantId }) => tenantId === tenant.tenantId)).toEqual([]);
  expect(now.flatMap(({ data }) => (data['n'] === undefined ? [] : [data['n']]))).toEqual([
    1, 2, 3,
  ]);
});

function digests(place: string, tenant: TestTenant): Promise<Map<string, string>> {
  return provisionerOf(base).inPlace(place, async (client) => {
    const found = new Map<string, string>();
    for (const { relation } of await readCopyPlan(client)) {
      found.set(relation, (await digestOf({ client, place }, relation, tenant.tenantId)).digest);
    }
    return found;
  });
}
