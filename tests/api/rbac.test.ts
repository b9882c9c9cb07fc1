/**
 * Who may call what: every role against every operation that needs a permission, and every kind of
 * token against every door.
 */
import { randomUUID } from 'node:crypto';
import {
  grantableScopes,
  isOfTheHouse,
  isPermitted,
  permissions,
  permissionsOf,
  roles,
} from '../../api/auth/permissions.ts';
import { issuePending, verifyPending } from '../../api/auth/pending-tokens.ts';
import { mayDo } from '../../api/auth/principal.ts';
import { allRoutes } from '../../api/routes.ts';
import { id, toPublicId, type TenantId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { idKindOf } from '../support/sample-requests.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
const tokens = new Map<string, string>();
beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
  for (const role of roles) tokens.set(role, await stage.token(somebody, role));
});
afterAll(() => stage.close());

const guarded = allRoutes().flatMap((route) =>
  route.auth === 'public' ? [] : [{ ...route, permission: route.auth }],
);
const pathOf = (path: string) =>
  path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    name === 'id' ? toPublicId(idKindOf(path), id(idKindOf(path), randomUUID())) : 'nothing',
  );

describe('the matrix', () => {
  test('every operation names a permission there is, or is public on purpose', () => {
    const unknown = guarded.filter(({ permission }) => !permissions.includes(permission));

    expect(unknown.map(({ path }) => path)).toEqual([]);
  });

  test('roles hold only what is in the table, and the owner all of it that is in a business', () => {
    expect(permissionsOf('owner')).toEqual(permissions.filter((one) => !isOfTheHouse(one)));
    for (const role of roles) {
      expect(permissionsOf(role).filter((one) => !permissions.includes(one))).toEqual([]);
    }
  });

  test('what operators of the house do is in no role and no key, and is asked of nobody else', () => {
    const house = permissions.filter(isOfTheHouse);
    const key = { id: id('apiKey', randomUUID()), scopes: [...permissions] };

    expect(house).toEqual(['platform:manage']);
    for (const role of roles) {
      expect(mayDo({ role }, 'platform:manage')).toBe(false);
      expect(mayDo({ role, isPlatformAdmin: true }, 'platform:manage')).toBe(true);
      expect(mayDo({ role, isPlatformAdmin: true, key }, 'platform:manage')).toBe(false);
    }
    const doors = guarded.filter(({ path }) => path.startsWith('/v1/platform/'));
    expect(doors.length).toBeGreaterThan(0);
    expect(doors.filter(({ permission }) => !isOfTheHouse(permission))).toEqual([]);
  });

  test('a list is taken along only by whoever may export, at its address and by its type', () => {
    const files = guarded.filter(({ path }) => path.endsWith('/export'));
    const sheets = guarded.flatMap(({ sheet }) => (sheet === undefined ? [] : [sheet.auth]));
    const doors = [...files.map(({ permission }) => permission), ...sheets];

    expect(files.length).toBeGreaterThan(6);
    expect(doors.filter((one) => !/:export$|^audit:read$/.test(one))).toEqual([]);
    const carriers = roles.filter((role) => isPermitted(role, 'transactions:export'));
    expect(carriers).toEqual(['owner', 'admin', 'finance', 'auditor']);
  });

  test('an auditor changes nothing', () => {
    const changing = permissionsOf('auditor').filter((one) => !/:(read|export)$/.test(one));

    expect(changing).toEqual([]);
  });

  test('a key holds the part of its scopes that its maker holds', () => {
    const key = { id: id('apiKey', randomUUID()), scopes: [...permissions] };
    for (const role of roles) {
      for (const permission of permissions) {
        expect(mayDo({ role, key }, permission)).toBe(isPermitted(role, permission));
        expect(mayDo({ role, key: { ...key, scopes: [] } }, permission)).toBe(false);
      }
    }
  });

  test('no scope of a key opens a door that asks for a fresh second factor', () => {
    const open = guarded
      .filter(({ stepUp }) => stepUp === true)
      .filter(({ permission }) => roles.some((role) => grantableScopes(role).includes(permission)));

    // Exports and the like are refused to keys by the route itself; approving is no scope at all.
    expect(open.filter(({ permission }) => permission === 'disbursements:approve')).toEqual([]);
  });
});

describe('a fresh second factor', () => {
  const dangerous = guarded.filter(({ stepUp }) => stepUp !== undefined);

  test.each([
    'post /v1/api-keys',
    'post /v1/api-keys/{id}/rotate',
    'post /v1/exports',
    'get /v1/exports/{id}/archive',
    'post /v1/invitations',
    'post /v1/members/{id}/role',
    'delete /v1/members/{id}',
    'post /v1/shortcodes',
    'post /v1/shortcodes/{id}/credentials',
    'post /v1/limits/changes',
    'get /v1/ledger/transactions/export',
    'get /v1/audit/export',
    'post /v1/settings/plan',
    'post /v1/settings/plan/decision',
  ])('is needed for %s', (operation) => {
    expect(dangerous.map(({ method, path }) => `${method} ${path}`)).toContain(operation);
  });

  test('is needed for every list that is taken along, by its address, its type or in the background', () => {
    const lists = guarded.filter(({ path }) => path.endsWith('/export'));
    const sheets = guarded.flatMap(({ sheet }) => (sheet === undefined ? [] : [sheet]));

    expect(lists.filter(({ method }) => method === 'post').length).toBeGreaterThan(4);
    expect([...lists, ...sheets].filter(({ stepUp }) => stepUp !== 'persons')).toEqual([]);
  });

  test('is asked for wherever a route says so, before anything of the request is looked at', async () => {
    const stale = await stage.operator({ hasSecondFactor: false });
    for (const { method, path } of dangerous) {
      const answer = await stage.fetch(pathOf(path), {
        method: method.toUpperCase(),
        token: stale,
      });

      expect([path, problemIn(answer).code]).toEqual([path, 'step-up-required']);
    }
  });
});

describe.each(roles)('%s', (role) => {
  test('is refused exactly the operations whose permission the role lacks', async () => {
    const wrong: string[] = [];
    for (const route of guarded) {
      const isReadable =
        route.method === 'get' && !/events|stream|export|\.(csv|xlsx)/.test(route.path);
      const isAllowed = isPermitted(role, route.permission);
      // What is allowed and changes something is left to its own tests; refusals are asked for all.
      if (isAllowed && !isReadable) continue;
      const answer = await stage.fetch(pathOf(route.path), {
        method: route.method.toUpperCase(),
        token: tokens.get(role) ?? '',
      });
      const refusal = isOfTheHouse(route.permission) ? 'not-found' : 'forbidden';
      const isRefused = answer.status >= 400 && problemIn(answer).code === refusal;
      if (isRefused === isAllowed) wrong.push(`${route.method} ${route.path}: ${answer.status}`);
    }

    expect(wrong).toEqual([]);
  });
});

describe('the audit log of denials', () => {
  const denialsOf = (tenantId: TenantId) =>
    stage.database.db.withTenant(tenantId, (t) =>
      t.query
        .selectFrom('audit_log')
        .select(['actor', 'object_id as operation', 'detail'])
        .where('action', '=', 'access.denied')
        .orderBy('seq')
        .execute(),
    );

  test('says who was refused what, before the refusal is said', async () => {
    const business = await stage.tenant();
    const token = await stage.token(business, 'analyst');

    await stage.fetch('/v1/invitations', { token, json: {} });

    const [denial, ...others] = await denialsOf(business.tenantId);
    expect(others).toEqual([]);
    expect(denial).toEqual({
      actor: expect.stringMatching(/^user:/),
      operation: 'POST /v1/invitations',
      detail: { reason: 'forbidden', times: 1 },
    });
  });

  test('counts what is asked again and again instead of growing with it', async () => {
    const business = await stage.tenant();
    const token = await stage.token(business, 'analyst');

    for (let n = 0; n < 30; n += 1) await stage.fetch('/v1/audit', { token });
    await stage.dependencies.denials.flush('all');

    const denials = await denialsOf(business.tenantId);
    expect(denials.map(({ detail }) => detail['times'])).toEqual([1, 29]);
  });

  test('tells of a second factor that is not fresh, and of doors of the house', async () => {
    const business = await stage.tenant();
    const token = await stage.token(business, { hasSecondFactor: false });

    await stage.fetch('/v1/api-keys', { token, json: {} });
    await stage.fetch('/v1/platform/flags', { token });

    const denials = await denialsOf(business.tenantId);
    expect(denials.map(({ operation, detail }) => [operation, detail['reason']])).toEqual([
      ['POST /v1/api-keys', 'step-up-required'],
      ['GET /v1/platform/flags', 'not-found'],
    ]);
  });

  test('stays empty when something is granted, wrong or not there, and for strangers', async () => {
    const business = await stage.tenant();
    const token = await stage.token(business);

    const answers = [
      await stage.fetch('/v1/me', { token }),
      await stage.fetch('/v1/transactions?sort=nothing', { token }),
      await stage.fetch(pathOf('/v1/statements/{id}'), { token }),
      await stage.fetch('/v1/me', { token: `${token}x` }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 422, 404, 401]);
    expect(await denialsOf(business.tenantId)).toEqual([]);
  });

  test('does not keep a refusal from being said while nothing can be written', async () => {
    const business = await stage.tenant();
    const token = await stage.token(business, 'analyst');
    const withTenant = jest
      .spyOn(stage.database.db, 'withTenant')
      .mockRejectedValueOnce(new Error('the database is away'));

    const answer = await stage.fetch('/v1/audit', { token });
    withTenant.mockRestore();

    expect(problemIn(answer).code).toBe('forbidden');
    expect(stage.logs.some((line) => line.includes('denialNotNoted'))).toBe(true);
  });
});

describe('every kind of token at every other door', () => {
  const kinds = ['pending', 'refresh', 'link', 'application'] as const;
  const make = {
    pending: () =>
      issuePending(
        stage.dependencies.authority,
        { ...somebody, challengeId: randomUUID() },
        Date.now(),
      ),
    refresh: () => stage.dependencies.refreshTokens.create(),
    link: () => stage.dependencies.refreshTokens.create(),
    application: () => 'app_0123456789abcdef',
  };

  test.each(kinds)('a %s token is no access token', async (kind) => {
    const answer = await stage.fetch('/v1/me', { token: make[kind]() });

    expect(problemIn(answer).code).toBe('unauthenticated');
  });

  test('an access token is no pending token, no link, no refresh token', async () => {
    const access = tokens.get('owner') ?? '';

    expect(verifyPending(stage.dependencies.authority, access, Date.now())).toBeUndefined();
    const link = await stage.fetch('/v1/registrations/verify', { json: { token: access } });
    expect(link.status).toBe(422);
    const refresh = await stage.fetch('/v1/sessions/refresh', {
      method: 'POST',
      headers: {
        cookie: `daftari-refresh-80=${access}`,
        origin: 'http://api.test',
        'x-requested-by': 'daftari',
      },
    });
    expect(refresh.status).toBe(401);
  });
});
