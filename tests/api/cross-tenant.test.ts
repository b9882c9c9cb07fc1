/**
 * Another business asks for everything, in every way: generated from the routes, so that a new route
 * without a probe fails. Nothing may be seen, nothing may change, and an id of somebody else must be
 * answered exactly like an id of nobody.
 */
import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { openApiDocument } from '../../api/openapi-document.ts';
import type { Route } from '../../api/route.ts';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId, type IdKind, type TenantId } from '../../domain/ids.ts';
import { openApiStage, type Answer, type ApiStage } from '../support/api.ts';
import { everythingInRedis, foreignKeysWith } from '../support/canaries.ts';
import { bodies, idKindOf } from '../support/sample-requests.ts';
import { serviceVariable } from '../support/services.ts';
import { tiers } from '../support/tiers.ts';
import { aVictim, type Victim } from '../support/victim.ts';
import type { Somebody } from '../support/tenants.ts';

jest.setTimeout(180_000);

const routes = allRoutes();
const withObject = routes.filter(({ path, auth }) => path.includes('{id}') && auth !== 'public');
const lists = routes.filter(
  ({ path, auth, method }) => !path.includes('{') && auth !== 'public' && method === 'get',
);
const writes = routes.filter(
  ({ path, auth, method, request, upload }) =>
    !path.includes('{') &&
    auth !== 'public' &&
    method !== 'get' &&
    request.body !== undefined &&
    upload === undefined,
);

describe.each(tiers)('a business of the tier %s', (tier) => {
  let stage: ApiStage;
  let victim: Victim;
  let attacker: Somebody & { token: string };
  let before: string;

  beforeAll(async () => {
    stage = await openApiStage();
    victim = await aVictim(stage, tier);
    const somebody = await stage.tenant();
    attacker = { ...somebody, token: await stage.token(somebody) };
    before = await fingerprint();
  });

  afterAll(async () => {
    await stage.close();
  });

  /** Everything the victim has, row by row; what a denied request may leave in its own audit is none of it. */
  async function fingerprint(): Promise<string> {
    const hash = createHash('sha256');
    await stage.database.db.withTenant(id('tenant', victim.tenantId), async (t) => {
      const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.columns
      where column_name = 'tenant_id' and table_schema = ${t.schema} order by 1`.execute(t.query);
      for (const { name } of tables.rows) {
        const rows = await sql<{ digest: string }>`
        select md5(coalesce(string_agg(x::text, '|' order by x::text), '')) as digest
        from ${sql.table(`${t.schema}.${name}`)} x where tenant_id = ${t.tenantId}`.execute(
          t.query,
        );
        hash.update(`${name} ${rows.rows[0]?.digest}\n`);
      }
      expect(tables.rows.length).toBeGreaterThan(20);
    });
    return hash.digest('hex');
  }

  /** Tables in which the attacker has come to hold this text: answers, events on their way, the log. */
  async function attackerRowsWith(text: string): Promise<string[]> {
    return stage.database.db.withTenant(attacker.tenantId, async (t) => {
      const tables = await sql<{ name: string }>`
        select table_name as name from information_schema.columns
        where column_name = 'tenant_id' and table_schema = ${t.schema} order by 1`.execute(t.query);
      const holding: string[] = [];
      for (const { name } of tables.rows) {
        const found = await sql`
          select from ${sql.table(`${t.schema}.${name}`)} x
          where tenant_id = ${t.tenantId} and strpos(x::text, ${text}) > 0 limit 1`.execute(
          t.query,
        );
        if (found.rows.length > 0) holding.push(name);
      }
      return holding;
    });
  }

  function publicIdOf(kind: IdKind): string {
    const uuid = victim.ids[kind];
    if (uuid === undefined) throw new Error(`tests/support/victim.ts makes no ${kind}`);
    return toPublicId(kind, id(kind, uuid));
  }

  function ask(
    route: Route,
    given: { id?: string; token?: string | undefined; headers?: Record<string, string> },
  ): Promise<Answer> {
    const path = route.path.replace('{id}', given.id ?? '');
    const body = bodies[route.path];
    return stage.fetch(path, {
      method: route.method.toUpperCase(),
      ...(given.token === undefined ? {} : { token: given.token }),
      headers: { 'idempotency-key': randomUUID(), ...given.headers },
      ...(route.method === 'get' || body === undefined ? {} : { json: body }),
    });
  }

  /** An answer without what names the place and the request. */
  function bare({ status, text }: Answer): string {
    return `${status} ${text.replaceAll(/"(?:instance|requestId)":"[^"]*"/g, '')}`;
  }

  function nobody(kind: IdKind): string {
    return toPublicId(kind, id(kind, randomUUID()));
  }

  const names = (list: readonly Route[]) =>
    list.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);

  test('every route is in the document, and every one with an object has a probe', () => {
    const { paths } = openApiDocument(routes) as { paths: Record<string, Record<string, unknown>> };

    for (const { path, method } of routes) expect(paths[path]?.[method]).toBeDefined();
    for (const route of withObject) expect(publicIdOf(idKindOf(route.path))).toMatch(/_/);
  });

  describe.each(names(withObject))('%s', (_name, route) => {
    test('an id of another business is answered like an id of nobody', async () => {
      const kind = idKindOf(route.path);
      const { token } = attacker;

      const foreign = await ask(route, { id: publicIdOf(kind), token });
      const random = await ask(route, { id: nobody(kind), token });

      expect(bare(foreign)).toBe(bare(random));
      expect(foreign.text).not.toContain(victim.mark);
      expect([403, 404]).toContain(foreign.status);
    });

    test('no header and no spelling opens it', async () => {
      const kind = idKindOf(route.path);
      const { token } = attacker;
      const mine = publicIdOf(kind);
      const tenant = toPublicId('tenant', id('tenant', victim.tenantId) as TenantId);
      const headers = {
        'x-tenant-id': victim.tenantId,
        'x-tenant': tenant,
        'x-daftari-tenant': tenant,
        'x-forwarded-host': 'victim.daftari.test',
        'x-internal-service': 'payments',
      };

      const answers = await Promise.all([
        ask(route, { id: mine, token, headers }),
        ask(route, { id: mine.toUpperCase(), token }),
        ask(route, { id: String(victim.ids[kind]), token }),
        ask(route, { id: encodeURIComponent(`${mine} `), token }),
        ask(route, { id: `${mine}%00`, token }),
      ]);

      for (const answer of answers) {
        expect([400, 403, 404]).toContain(answer.status);
        expect(answer.text).not.toContain(victim.mark);
      }
    });

    test('without a good token there is nothing to see', async () => {
      const mine = publicIdOf(idKindOf(route.path));

      const answers = await Promise.all([
        ask(route, { id: mine }),
        ask(route, { id: mine, token: 'eyJhbGciOiJub25lIn0.e30.' }),
      ]);

      for (const answer of answers) expect(answer.status).toBe(401);
    });
  });

  describe.each(names(lists))('%s', (_name, route) => {
    test('shows nothing of another business, whatever the headers say', async () => {
      const answer = await ask(route, {
        token: attacker.token,
        headers: { 'x-tenant-id': victim.tenantId },
      });

      expect(answer.text).not.toContain(victim.mark);
      for (const [kind, uuid] of Object.entries(victim.ids)) {
        const shown = answer.text.includes(toPublicId(kind as IdKind, id(kind as IdKind, uuid)));
        expect({ kind, shown }).toEqual({ kind, shown: false });
      }
    });

    test('refuses a cursor that was made for another business', async () => {
      if (route.request.query === undefined) return expect(route.request.query).toBeUndefined();
      // The victim is refused there as well, which stands in its own audit log.
      if (route.auth === 'platform:manage') return expect(route.auth).toBe('platform:manage');
      const first = await stage.fetch(`${route.path}?limit=1`, { token: victim.token });
      const cursor = /"nextCursor":"([^"]+)"/.exec(first.text)?.[1];
      if (cursor === undefined) return expect(cursor).toBeUndefined();

      const answer = await stage.fetch(
        `${route.path}?limit=1&cursor=${encodeURIComponent(cursor)}`,
        {
          token: attacker.token,
        },
      );

      return expect(answer.status).toBe(400);
    });
  });

  describe.each(names(writes))('%s', (_name, route) => {
    test.each(['tenantId', 'role', 'ownerId', 'id', 'createdAt'])(
      'takes no property %s from outside its contract',
      async (property) => {
        const answer = await stage.fetch(route.path, {
          method: route.method.toUpperCase(),
          token: attacker.token,
          headers: { 'idempotency-key': randomUUID() },
          json: { [property]: { forged: victim.tenantId } },
        });

        // Either it is refused as unknown, or it is a field of this very body and of another shape;
        // of a door of the house nobody else is told.
        const refusals = route.auth === 'platform:manage' ? [404] : [400, 403, 422];
        expect(refusals).toContain(answer.status);
      },
    );
  });

  test('a shortcode of another business cannot be collected on, paid from or filtered by', async () => {
    const { token } = attacker;
    const shortcodeId = publicIdOf('shortcode');
    const post = (path: string, json: object) =>
      stage.fetch(path, {
        ...{ method: 'POST', token, json },
        headers: { 'idempotency-key': randomUUID() },
      });
    const push = { msisdn: '0712345678', amountCents: 10_000, accountReference: 'X' };
    const payout = {
      ...{ kind: 'business-payment', amountCents: 10_000 },
      payee: { kind: 'msisdn', msisdn: '0712345678' },
    };

    const answers = await Promise.all([
      post('/v1/collections', { ...push, shortcodeId }),
      post('/v1/disbursements', { ...payout, shortcodeId }),
      post('/v1/payout-batches', {
        ...{ shortcodeId, kind: 'business-payment', name: 'x' },
        rows: [{ number: '0712345678', amount: '100' }],
      }),
    ]);

    for (const answer of answers) {
      expect([404, 422]).toContain(answer.status);
      expect(answer.text).not.toContain(victim.mark);
    }
  });

  test('after all of it the other business is as it was, and no log line knows its mark', async () => {
    expect(await fingerprint()).toBe(before);
    expect(stage.logs.join('\n')).not.toContain(victim.mark);
    const metrics = await stage.dependencies.telemetry.registry.metrics();
    expect(metrics).not.toMatch(new RegExp(`${victim.tenantId}|${victim.mark}`));
    const kept = await everythingInRedis(serviceVariable('REDIS_URL'));
    expect(foreignKeysWith(kept, [victim.mark, victim.tenantId], victim.tenantId)).toEqual([]);
    expect(await attackerRowsWith(victim.mark)).toEqual([]);
    expect(await attackerRowsWith(victim.tenantId)).toEqual([]);
  });
});
