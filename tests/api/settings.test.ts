import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { auditPage, auditVerdict } from '../../api/audit/schema.ts';
import { noFailpoint } from '../../activities/failpoint.ts';
import { createMaintenanceActivities } from '../../activities/maintenance.ts';
import { appendAudit } from '../../db/audit.ts';
import { id, toPublicId, type TenantId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { silentTelemetry } from '../support/bus.ts';
import type { Somebody } from '../support/tenants.ts';
import { settleIn, tiers } from '../support/tiers.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({
    temporal: { ask: async () => ({ kind: 'answered', verdict: { accepted: true } }) as never },
  });
});
afterAll(() => stage.close());

describe.each(tiers)('settings of a business of the tier %s', (tier) => {
  test('are as by default until they are changed, and every change is recorded', async () => {
    const somebody = await stage.tenant();
    await settleIn(stage.database, somebody.tenantId, tier);
    const token = await stage.token(somebody);
    const before = await stage.fetch('/v1/settings', { token });
    expect(before.body).toMatchObject({
      tenant: { plan: tier, status: 'active' },
      settings: { fiscalYearStartsInMonth: 7, language: 'en' },
      move: null,
    });

    const changed = await stage.fetch('/v1/settings', {
      token,
      json: { name: 'Renamed', language: 'sw', branding: { colour: '#0a7d4b' } },
    });
    expect(changed.body).toMatchObject({
      tenant: { name: 'Renamed' },
      settings: { language: 'sw', branding: { colour: '#0a7d4b', displayName: null } },
    });
    const me = await stage.fetch('/v1/me', { token });
    expect(me.body).toMatchObject({ tenant: { name: 'Renamed' } });
    const log = await stage.fetch('/v1/audit?action=settings.change', { token });
    expect(auditPage.parse(log.body).data[0]?.detail).toMatchObject({
      before: { language: 'en' },
      after: { language: 'sw', name: 'Renamed' },
    });
  });
});

describe('POST /v1/settings/plan', () => {
  test('starts one move at a time, by its own run', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    const started = await stage.fetch('/v1/settings/plan', { token, json: { plan: 'pro' } });
    expect(started.status).toBe(202);
    expect(stage.temporal.calls.at(-1)).toMatchObject({
      name: 'start',
      args: [{ workflow: 'moveTenant', workflowId: `tenant/${somebody.tenantId}/move/1` }],
    });
    const second = await stage.fetch('/v1/settings/plan', { token, json: { plan: 'enterprise' } });
    expect(problemIn(second).code).toBe('move-under-way');
  });

  test('the present plan is refused, and so is everybody but the owner', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    const same = await stage.fetch('/v1/settings/plan', { token, json: { plan: 'starter' } });
    expect(problemIn(same).code).toBe('same-plan');
    const admin = await stage.token(somebody, 'admin');
    const refused = await stage.fetch('/v1/settings/plan', { token: admin, json: { plan: 'pro' } });
    expect(problemIn(refused).code).toBe('forbidden');
  });

  test('a decision is passed on once the tenant has switched', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    const decide = () =>
      stage.fetch('/v1/settings/plan/decision', { token, json: { decision: 'confirm' } });
    expect(problemIn(await decide()).code).toBe('not-waiting');
    await stage.fetch('/v1/settings/plan', { token, json: { plan: 'pro' } });
    await stage.database.asOwner(
      `update shared.tenant_moves set status = 'switched' where tenant_id = $1`,
      [somebody.tenantId],
    );
    expect((await decide()).status).toBe(204);
  });
});

describe('while a business changes its place', () => {
  test('it can be read, and changes are answered 503 with a time to come back', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    expect((await stage.fetch('/v1/settings', { token })).status).toBe(200);
    await stage.database.asOwner(
      `insert into platform.tenant_places (tenant_id, place, state) values ($1, 'shared', 'frozen')`,
      [somebody.tenantId],
    );

    expect((await stage.fetch('/v1/settings', { token })).status).toBe(200);
    const refused = await stage.fetch('/v1/settings', { token, json: { name: 'Later' } });
    expect([refused.status, problemIn(refused).code]).toEqual([503, 'unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

    await stage.database.asOwner('delete from platform.tenant_places where tenant_id = $1', [
      somebody.tenantId,
    ]);
    const served = await stage.fetch('/v1/settings', { token, json: { name: 'Later' } });
    expect(served.status).toBe(200);
  });
});

describe('the audit log', () => {
  async function aLog(count: number): Promise<{ somebody: Somebody; token: string }> {
    const somebody = await stage.tenant();
    await stage.database.db.withTenant(somebody.tenantId, async (t) => {
      for (let n = 1; n <= count; n += 1) {
        await appendAudit(t, {
          actor: `user:${somebody.userId}`,
          action: n % 2 === 0 ? 'key.create' : 'key.revoke',
          objectKind: 'api-key',
          objectId: `=cmd ${n}`,
        });
      }
    });
    return { somebody, token: await stage.token(somebody) };
  }

  test('is paged newest first, with names, and filtered', async () => {
    const { token, somebody } = await aLog(5);
    const first = auditPage.parse(
      (await stage.fetch('/v1/audit?limit=2&action=key.*', { token })).body,
    );
    expect(first.data.map(({ seq }) => seq)).toEqual([5, 4]);
    expect(first.data[0]?.actorName).toMatch(/^Owner/);
    const next = await stage.fetch(
      `/v1/audit?limit=2&action=key.*&cursor=${encodeURIComponent(first.nextCursor ?? '')}`,
      { token },
    );
    expect(auditPage.parse(next.body).data.map(({ seq }) => seq)).toEqual([3, 2]);
    const even = await stage.fetch(
      `/v1/audit?action=key.create&actor=user:${somebody.userId}&objectKind=api-key`,
      { token },
    );
    expect(auditPage.parse(even.body).data.map(({ seq }) => seq)).toEqual([4, 2]);
    const broken = await stage.fetch('/v1/audit?cursor=nonsense', { token });
    expect(problemIn(broken).code).toBe('invalid-cursor');
  });

  test('comes as CSV that no spreadsheet runs', async () => {
    const { token } = await aLog(3);
    const answer = await stage.fetch('/v1/audit/export', { token });
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    const lines = answer.text.trim().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(`"'=cmd 3"`);
  });

  test('is verified, and a tail cut together with its head is found by the anchors', async () => {
    const { token, somebody } = await aLog(5);
    const anchor = createMaintenanceActivities({
      db: stage.database.db,
      telemetry: silentTelemetry(),
      failpoint: noFailpoint,
      gateway: stage.temporal,
      config: { daraja: { timeScale: 1 }, jwt: stage.dependencies.config.jwt },
    }).anchorAudit;
    await anchor();
    const verdict = async () =>
      auditVerdict.parse((await stage.fetch('/v1/audit/verdict', { token })).body);
    expect(await verdict()).toMatchObject({ isIntact: true, records: 5, anchors: 1 });

    await stage.database.asOwner('set session_replication_role = replica');
    await stage.database.asOwner('delete from shared.audit_log where tenant_id = $1 and seq > 3', [
      somebody.tenantId,
    ]);
    await stage.database.asOwner(
      `update shared.audit_heads h set seq = 3, hash = l.hash from shared.audit_log l
       where h.tenant_id = $1 and l.tenant_id = $1 and l.seq = 3`,
      [somebody.tenantId],
    );
    await stage.database.asOwner('set session_replication_role = origin');

    expect(await verdict()).toMatchObject({
      isIntact: false,
      firstBadSeq: 4,
      problem: 'truncated',
    });
    const anchored = stage.database.asOwner('delete from platform.audit_anchors');
    await expect(anchored).rejects.toMatchObject({ code: '42501' });
  });

  test('a whole chain written anew is found by the anchors', async () => {
    const { token, somebody } = await aLog(2);
    await stage.database.asOwner(
      `insert into platform.audit_anchors (tenant_id, seq, hash) values ($1, 1, $2)`,
      [somebody.tenantId, Buffer.alloc(32, 1)],
    );
    const answer = await stage.fetch('/v1/audit/verdict', { token });
    expect(z.object({ problem: z.string() }).parse(answer.body).problem).toBe('forked');
  });
});

describe('POST /v1/platform/tenants/{id}/suspend', () => {
  function pathOf(tenantId: TenantId, deed: string): string {
    return `/v1/platform/tenants/${toPublicId('tenant', tenantId)}/${deed}`;
  }

  test.each(tiers)('a business of the tier %s reads on and changes nothing', async (tier) => {
    const somebody = await stage.tenant();
    await settleIn(stage.database, somebody.tenantId, tier);
    const token = await stage.token(somebody);
    const operator = await stage.operator();
    const rename = () => stage.fetch('/v1/settings', { token, json: { name: 'New' } });
    expect((await rename()).status).toBe(200);

    const json = { reason: 'Asked for papers twice' };
    const path = pathOf(somebody.tenantId, 'suspend');
    const done = await stage.fetch(path, { token: operator, json });
    expect(done.body).toMatchObject({ status: 'suspended' });
    expect(await stage.fetch(path, { token: operator, json })).toMatchObject({ status: 200 });

    await until(async () => problemCode(await rename()) === 'tenant-suspended');
    const collect = await stage.fetch('/v1/collections', {
      token,
      json: {},
      headers: { 'idempotency-key': 'one' },
    });
    expect(problemIn(collect).code).toBe('tenant-suspended');
    expect(await stage.fetch('/v1/settings', { token })).toMatchObject({
      status: 200,
      body: { tenant: { status: 'suspended' } },
    });
    expect(await stage.fetch('/v1/exports', { token, method: 'POST' })).toMatchObject({
      status: 202,
    });
    expect((await stage.fetch('/v1/audit', { token })).text).toContain('Asked for papers twice');

    await stage.fetch(pathOf(somebody.tenantId, 'resume'), { token: operator, method: 'POST' });
    await until(async () => (await rename()).status === 200);
    const log = await stage.fetch('/v1/audit?objectKind=tenant', { token });
    const actions = auditPage.parse(log.body).data.map(({ action }) => action);
    expect(actions.filter((action) => action === 'tenant.suspend')).toHaveLength(1);
    expect(actions).toContain('tenant.resume');
  });

  test('whoever is no operator of the house finds no business there', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    const own = await stage.fetch(pathOf(somebody.tenantId, 'suspend'), {
      token,
      json: { reason: 'to see what happens' },
    });
    expect(problemIn(own).code).toBe('not-found');
    const operator = await stage.operator();
    const nobody = await stage.fetch(pathOf(id('tenant', randomUUID()), 'resume'), {
      token: operator,
      method: 'POST',
    });
    expect(problemIn(nobody).code).toBe('not-found');
  });
});

function problemCode(answer: Awaited<ReturnType<ApiStage['fetch']>>): string | undefined {
  return answer.status < 400 ? undefined : problemIn(answer).code;
}
