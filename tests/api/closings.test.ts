/** A business closes: asked for, agreed to, taken back or erased, and dying at every step on the way. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { failpointNames } from '../../activities/failpoint.ts';
import { createClosingActivities } from '../../activities/tenant-closing.ts';
import type { CloseSteps } from '../../activities/tenant-steps.ts';
import { closingState } from '../../api/closings/schema.ts';
import { houseTenantList } from '../../api/tenants/schema.ts';
import { findClosing, insertClosing } from '../../db/tenant-closings.ts';
import { finishExport } from '../../db/tenant-exports.ts';
import { placeFor, placementOf } from '../../db/tenant-placement.ts';
import { id, toPublicId, type TenantId } from '../../domain/ids.ts';
import type { CloseTenantInput } from '../../workflows/tenant-types.ts';
import { archiveSteps } from '../support/archives.ts';
import { post, rows } from '../support/api-statements.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { provisionerOf, settleIn, tiers } from '../support/tiers.ts';
import { until } from '../support/until.ts';
import { aVictim } from '../support/victim.ts';

let stage: ApiStage;
let operator: string;
/** What the run is told. */
const told: object[] = [];

beforeAll(async () => {
  const startAndAsk = async (_start: object, { input }: { input: object }) => {
    told.push(input);
    return { kind: 'answered', verdict: { accepted: true } } as never;
  };
  stage = await openApiStage({ temporal: { startAndAsk } });
  operator = await stage.operator();
});
afterAll(() => stage.close());

interface Runs {
  open: string[];
  deeds: string[];
}

/** The steps of a closing; one that meets the failpoint dies there once, and is then run again. */
function stepsThatDieAt(name: string | undefined, runs: Runs = { open: [], deeds: [] }) {
  const deaths: string[] = [];
  const made = createClosingActivities({
    db: stage.database.db,
    provisioner: provisionerOf(stage.database),
    stopWaitMs: 0,
    gateway: {
      openRuns: async () => runs.open,
      cancel: async (workflowId) => (runs.deeds.push(`cancel ${workflowId}`), 'delivered'),
      terminate: async (workflowId) => (runs.deeds.push(`terminate ${workflowId}`), 'delivered'),
    },
    failpoint: async (visited) => {
      if (visited !== name || deaths.length > 0) return;
      deaths.push(visited);
      throw new Error(`died at ${visited}`);
    },
  });
  const twice = async <Step extends keyof CloseSteps>(
    step: Step,
    input: Parameters<CloseSteps[Step]>[0],
  ) => {
    const run = () =>
      new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
        made[step] as never,
        input,
      );
    try {
      return await run();
    } catch (error) {
      if (!String(error).includes('died at')) throw error;
      return run();
    }
  };
  return { twice, deaths };
}

async function askToClose(tenantId: TenantId): Promise<CloseTenantInput> {
  const closing = await stage.database.db.asOperator('ask for a test', (o) =>
    insertClosing(o, {
      ...{ id: randomUUID(), tenantId, tenantName: 'A shop', reason: 'retired' },
      ...{ requestedBy: 'user:owner', workflowIdOf: (n) => `tenant/${tenantId}/closing/${n}` },
    }),
  );
  if (closing === undefined) throw new Error('no closing is under way yet');
  return { tenantId, closingId: closing.id };
}

const agreed = { actor: 'user:house', note: 'papers seen', days: 14 };

/** Everything a run does after the house agreed; one step dies at the failpoint once. */
async function closeAll(input: CloseTenantInput, name?: string, runs?: Runs): Promise<string[]> {
  const { twice, deaths } = stepsThatDieAt(name, runs);
  await twice('beginGrace', { ...input, ...agreed });
  const last = await twice('beginLastExport', input);
  expect(await twice('beginLastExport', input)).toEqual(last);
  const exporting = archiveSteps(stage, undefined);
  const archive = { tenantId: input.tenantId, exportId: id('tenantExport', input.closingId) };
  await exporting.twice('exportRows', archive);
  await exporting.twice('exportFiles', archive);
  await exporting.twice('sealExport', archive);
  await twice('noteArchive', { ...input, days: 7 });
  await twice('stopRuns', input);
  await twice('closeDoors', input);
  await twice('eraseTenant', input);
  return deaths;
}

/** Tables in which anything of the tenant is left, wherever it may be. */
async function leftOf(tenantId: TenantId): Promise<string[]> {
  const tables = await stage.database.asOwner(
    `select table_schema as s, table_name as n from information_schema.columns
     where column_name = 'tenant_id' and table_schema in ('shared', 'platform')
       and table_name not in ('tenant_places', 'tenant_closings', 'breach_businesses')`,
  );
  const left: string[] = [];
  for (const { s, n } of tables) {
    const text = `select from ${String(s)}.${String(n)} where tenant_id = $1 limit 1`;
    if ((await stage.database.asOwner(text, [tenantId])).length > 0) left.push(String(n));
  }
  return left;
}

async function aRichOne(tier: (typeof tiers)[number]) {
  const victim = await aVictim(stage, tier);
  const tenantId = id('tenant', victim.tenantId);
  // The export it began with is over.
  const exportId = id('tenantExport', victim.ids.tenantExport ?? '');
  await stage.database.db.withTenant(tenantId, (t) =>
    finishExport(t, { exportId, manifestSha256: '0'.repeat(64), days: 1 }),
  );
  return { victim, tenantId };
}

describe.each(tiers)('a business of the tier %s that closes', (tier) => {
  test('leaves nothing but a certificate, and nobody enters any more', async () => {
    const { victim, tenantId } = await aRichOne(tier);
    const input = await askToClose(tenantId);
    const runs = { open: ['statement/one'], deeds: [] };
    const key = await stage.database.asOwner(
      'select data_key_sealed as sealed from platform.tenants where id = $1',
      [tenantId],
    );

    await closeAll(input, undefined, runs);

    expect(await leftOf(tenantId)).toEqual([]);
    const closing = await findClosing(stage.database.db, tenantId);
    expect(closing).toMatchObject({ status: 'erased', decidedBy: 'user:house' });
    expect(closing?.certificate).toMatchObject({ place: placeFor(tenantId, tier) });
    expect(closing?.certificate?.archiveSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(closing?.certificate?.rows).toMatchObject({ customers: 1, statements: 1 });
    expect(JSON.stringify(closing)).not.toContain(victim.mark);
    const [row] = await stage.database.asOwner('select * from platform.tenants where id = $1', [
      tenantId,
    ]);
    expect(row).toMatchObject({ status: 'closed', data_key_sealed: 'dft1.destroyed' });
    expect(row?.['data_key_sealed']).not.toBe(key[0]?.['sealed']);
    expect(runs.deeds).toEqual(['cancel statement/one', 'terminate statement/one']);
    const place = placeFor(tenantId, tier);
    const found = await stage.database.asOwner(
      `select nspname from pg_namespace where nspname = $1
       union all select datname from pg_database where datname like '%' || $1`,
      [place === 'shared' ? 'none' : place],
    );
    expect(found).toEqual([]);
    await expect(
      stage.database.db.withTenant(tenantId, async () => 'inside'),
    ).rejects.toMatchObject({ name: 'TenantUnknown' });
    await until(
      async () => (await stage.fetch('/v1/settings', { token: victim.token })).status === 401,
    );
  });
});

test.each(failpointNames.filter((name) => name.startsWith('closing.')))(
  'killed at %s, it ends the same',
  async (name) => {
    const { tenantId } = await aRichOne('starter');
    const input = await askToClose(tenantId);
    expect(await closeAll(input, name)).toEqual([name]);
    expect(await leftOf(tenantId)).toEqual([]);
    const closing = await findClosing(stage.database.db, tenantId);
    expect(closing).toMatchObject({ status: 'erased' });
    expect(closing?.certificate?.rows).toMatchObject({ customers: 1 });
  },
);

test('the record of a closing that is over cannot be changed or removed', async () => {
  const { tenantId } = await stage.tenant();
  const input = await askToClose(tenantId);
  const { twice } = stepsThatDieAt(undefined);
  await twice('endClosing', { ...input, status: 'declined', actor: null, note: null });
  for (const text of [
    `update platform.tenant_closings set status = 'erased' where tenant_id = $1`,
    'delete from platform.tenant_closings where tenant_id = $1',
  ]) {
    await expect(stage.database.asOwner(text, [tenantId])).rejects.toThrow('is kept as it is');
  }
});

test('nothing is erased that the house did not agree to', async () => {
  const { tenantId } = await stage.tenant();
  const input = await askToClose(tenantId);
  const { twice } = stepsThatDieAt(undefined);
  await expect(twice('eraseTenant', input)).rejects.toThrow('is not about to be erased');
});

test.each([true, false])(
  'taken back in time, it works as before (active: %s)',
  async (isActive) => {
    const somebody = await stage.tenant();
    const { tenantId } = somebody;
    if (!isActive) {
      await stage.database.asOwner(
        `update platform.tenants set status = 'suspended' where id = $1`,
        [tenantId],
      );
    }
    const input = await askToClose(tenantId);
    const { twice } = stepsThatDieAt(undefined);
    await twice('beginGrace', { ...input, ...agreed });
    const standing = async () =>
      (
        await stage.database.asOwner(
          'select status, closing_at is not null as closes from platform.tenants where id = $1',
          [tenantId],
        )
      )[0];
    expect(await standing()).toEqual({ status: 'suspended', closes: true });
    await twice('endClosing', { ...input, status: 'withdrawn', actor: 'user:owner', note: null });
    const status = isActive ? 'active' : 'suspended';
    expect(await standing()).toEqual({ status, closes: false });
    const token = await stage.token(somebody);
    const log = await stage.fetch('/v1/audit', { token });
    expect(log.text).toContain('closing.withdrawn');
  },
);

describe('POST /v1/closing', () => {
  async function anOwner(): Promise<Somebody & { token: string; name: string }> {
    const somebody = await stage.tenant();
    const [row] = await stage.database.asOwner('select name from platform.tenants where id = $1', [
      somebody.tenantId,
    ]);
    return { ...somebody, token: await stage.token(somebody), name: String(row?.['name']) };
  }

  test('needs the name, a fresh second factor and an owner, and is asked once', async () => {
    const owner = await anOwner();
    const { token, name } = owner;
    const ask = (json: object, by = token) => stage.fetch('/v1/closing', { token: by, json });
    const wish = { name, reason: 'We retire' };
    expect(problemIn(await ask({ ...wish, name: 'Another' })).code).toBe('name-differs');
    const stale = await stage.token(owner, { hasSecondFactor: false });
    expect(problemIn(await ask(wish, stale)).code).toBe('step-up-required');
    expect((await ask(wish, await stage.token(owner, 'admin'))).status).toBe(403);
    const asked = await ask(wish);
    expect(asked.status).toBe(202);
    expect(closingState.parse(asked.body).closing).toMatchObject({ status: 'asked' });
    expect(stage.temporal.calls.at(-1)).toMatchObject({ args: [{ workflow: 'closeTenant' }] });
    expect(problemIn(await ask(wish)).code).toBe('closing-under-way');
    expect((await stage.fetch('/v1/closing', { token })).text).toContain('We retire');
    const back = await stage.fetch('/v1/closing/withdraw', { token, method: 'POST' });
    expect(back.status).toBe(204);
    expect(told.at(-1)).toMatchObject({ decision: 'withdraw', actor: `user:${owner.userId}` });
  });

  test('without a closing there is nothing to take back', async () => {
    const { token } = await anOwner();
    const answer = await stage.fetch('/v1/closing/withdraw', { token, method: 'POST' });
    expect(problemIn(answer).code).toBe('not-waiting');
  });

  test('the house sees the queue, decides, and may not resume what closes', async () => {
    const owner = await anOwner();
    const input = await askToClose(owner.tenantId);
    const list = await stage.fetch('/v1/platform/tenants?closing=true', { token: operator });
    const publicId = toPublicId('tenant', owner.tenantId);
    const shown = houseTenantList.parse(list.body).data.find((one) => one.id === publicId);
    expect(shown).toMatchObject({ status: 'active', closing: { status: 'asked' }, members: 1 });
    const path = `/v1/platform/tenants/${publicId}/closing`;
    const json = { decision: 'approve', note: 'papers seen' };
    expect((await stage.fetch(path, { token: operator, json })).status).toBe(204);
    expect(told.at(-1)).toMatchObject({ decision: 'approve', note: 'papers seen' });
    expect((await stage.fetch(path, { token: owner.token, json })).status).toBe(404);
    await stepsThatDieAt(undefined).twice('beginGrace', { ...input, ...agreed });
    const resume = `/v1/platform/tenants/${publicId}/resume`;
    const refused = await stage.fetch(resume, { token: operator, method: 'POST' });
    expect(problemIn(refused).code).toBe('closing-under-way');
  });
});

test('a suspension that cannot be logged does not happen', async () => {
  const { tenantId } = await stage.tenant();
  const rule =
    'alter table shared.audit_log add constraint no_log check (action <> $$tenant.suspend$$) not valid';
  await stage.database.asOwner(rule);
  const path = `/v1/platform/tenants/${toPublicId('tenant', tenantId)}/suspend`;
  const refused = await stage.fetch(path, { token: operator, json: { reason: 'a test' } });
  await stage.database.asOwner('alter table shared.audit_log drop constraint no_log');
  expect(refused.status).toBe(500);
  const [row] = await stage.database.asOwner('select status from platform.tenants where id = $1', [
    tenantId,
  ]);
  expect(row).toEqual({ status: 'active' });
});

describe('GET /v1/platform/tenants', () => {
  test('finds by name, plan and standing, page by page, for the house alone', async () => {
    const [one, other] = [await stage.tenant(), await stage.tenant()];
    await settleIn(stage.database, other.tenantId, 'pro');
    const ask = async (query: string, token = operator) =>
      stage.fetch(`/v1/platform/tenants?${query}`, { token });
    const named = houseTenantList.parse((await ask(`q=${one.tenantId.slice(0, 8)}`)).body);
    expect(named.data).toMatchObject([
      { id: toPublicId('tenant', one.tenantId), plan: 'starter', isolation: 'shared' },
    ]);
    const pro = houseTenantList.parse((await ask('plan=pro&status=active')).body);
    expect(pro.data.map(({ id }) => id)).toContain(toPublicId('tenant', other.tenantId));
    expect(pro.data.every(({ plan, isolation }) => plan === 'pro' && isolation === 'schema')).toBe(
      true,
    );
    const first = houseTenantList.parse((await ask('limit=1')).body);
    const second = await ask(`limit=1&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    expect(houseTenantList.parse(second.body).data[0]?.id).not.toBe(first.data[0]?.id);
    expect((await ask('', await stage.token(one))).status).toBe(404);
  });

  test('tells how large each is, wherever it is kept, and nothing of one that is away', async () => {
    const sizes = async (tenantId: TenantId) => {
      const query = `q=${tenantId.slice(0, 8)}`;
      const list = await stage.fetch(`/v1/platform/tenants?${query}`, { token: operator });
      return houseTenantList.parse(list.body).data[0]?.transactions;
    };
    for (const tier of tiers) {
      const somebody = await stage.tenant();
      await settleIn(stage.database, somebody.tenantId, tier);
      expect(await sizes(somebody.tenantId)).toBe(0);
      await post(stage, somebody, { rows });
      expect([tier, await sizes(somebody.tenantId)]).toEqual([tier, 3]);
      if (tier !== 'pro') continue;
      const { schema } = placementOf(placeFor(somebody.tenantId, tier));
      await stage.database.asOwner(`alter schema "${schema}" rename to "${schema}_away"`);
      expect(await sizes(somebody.tenantId)).toBeNull();
      await stage.database.asOwner(`alter schema "${schema}_away" rename to "${schema}"`);
    }
  });
});
