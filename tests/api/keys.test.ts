import { apiKeyList, createdApiKey, type CreatedApiKey } from '../../api/keys/schema.ts';
import { isAddressRange, isAllowed } from '../../api/auth/api-keys.ts';
import { renderApiKey } from '../../domain/auth/api-key.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

interface Holder extends Somebody {
  token: string;
}

async function anOwner(): Promise<Holder> {
  const somebody = await stage.tenant();
  return { ...somebody, token: await stage.token(somebody) };
}

const wanted = (more: object = {}) => ({
  name: 'Shop till',
  scopes: ['transactions:read'],
  ...more,
});

async function aKey(token: string, more: object = {}): Promise<CreatedApiKey> {
  const answer = await stage.fetch('/v1/api-keys', { json: wanted(more), token });
  expect(answer.status).toBe(201);
  return createdApiKey.parse(answer.body) as CreatedApiKey;
}

const read = (key: string, headers: Record<string, string> = {}) =>
  stage.fetch('/v1/transactions', { token: key, headers });

async function refusedSoon(key: string): Promise<void> {
  await until(async () => (await read(key)).status === 401, { withinMs: 5_000 });
}

describe('POST /v1/api-keys', () => {
  test('the key works for its scopes and for nothing else', async () => {
    const { token } = await anOwner();

    const { key, apiKey } = await aKey(token);

    expect(key).toMatch(/^dft_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(key.startsWith(`${apiKey.start}_`)).toBe(true);
    expect((await read(key)).status).toBe(200);
    for (const path of ['/v1/statements', '/v1/me', '/v1/api-keys', '/v1/sessions']) {
      expect(problemIn(await stage.fetch(path, { token: key })).code).toBe('forbidden');
    }
  });

  test('it is shown once and stored as a keyed hash', async () => {
    const { token } = await anOwner();
    const { key } = await aKey(token);

    const listed = await stage.fetch('/v1/api-keys', { token });
    const rows = await stage.database.asOwner('select * from platform.api_keys');

    expect(listed.text).not.toContain(key);
    expect(JSON.stringify(rows)).not.toContain(key.split('_')[3]);
    expect(stage.logs.join('\n')).not.toContain(key.split('_')[3]);
  });

  test('it needs a fresh second factor, and a key makes no key', async () => {
    const somebody = await stage.tenant();
    const stale = await stage.token(somebody, { hasSecondFactor: false });

    const answer = await stage.fetch('/v1/api-keys', { json: wanted(), token: stale });

    expect(problemIn(answer).code).toBe('step-up-required');
  });

  test('it fetches exports within its scopes, for which a person has to show a second factor', async () => {
    const somebody = await stage.tenant();
    const scopes = ['audit:read', 'ledger:export', 'transactions:export'];
    const { key } = await aKey(await stage.token(somebody), { scopes });
    const { key: lesser } = await aKey(await stage.token(somebody), { scopes: ['audit:read'] });
    const stale = await stage.token(somebody, { hasSecondFactor: false });
    const lists = [
      ...['audit', 'collections', 'customers', 'disbursements', 'ledger/transactions'],
      ...['ledger/trial-balance', 'refunds', 'transactions'],
    ];
    for (const list of lists) {
      const path = `/v1/${list}/export?format=csv`;
      const byKey = await stage.fetch(path, { token: key });
      const byLesser = await stage.fetch(path, { token: lesser });
      const byPerson = await stage.fetch(path, { token: stale });

      expect([path, byKey.status]).toEqual([path, 200]);
      expect([path, byLesser.status]).toEqual([path, list === 'audit' ? 200 : 403]);
      expect([path, problemIn(byPerson).code]).toEqual([path, 'step-up-required']);
    }
  });

  test.each([
    ['what a person alone may do', 'disbursements:approve'],
    ['making keys', 'keys:manage'],
    ['reading my profile', 'profile:read'],
  ])('%s is no scope of a key', async (_what, scope) => {
    const { token } = await anOwner();

    const answer = await stage.fetch('/v1/api-keys', { json: wanted({ scopes: [scope] }), token });

    expect(problemIn(answer).code).toBe('scope-refused');
  });

  test('nobody gives a key more than their own role', async () => {
    const token = await stage.token(await stage.tenant(), 'developer');

    const answer = await stage.fetch('/v1/api-keys', {
      json: wanted({ scopes: ['disbursements:write'] }),
      token,
    });

    expect(problemIn(answer).code).toBe('scope-refused');
  });

  test.each([
    [{ expiresInDays: 366 }, '/expiresInDays'],
    [{ addresses: ['10.0.0.0/33'] }, '/addresses/0'],
    [{ addresses: ['home'] }, '/addresses/0'],
    [{ scopes: [] }, '/scopes'],
  ])('%j is refused by its field', async (more, pointer) => {
    const { token } = await anOwner();

    const answer = await stage.fetch('/v1/api-keys', { json: wanted(more), token });

    expect(problemIn(answer).errors.map((error) => error.pointer)).toEqual([pointer]);
  });

  test('the audit log says who made it, and later what the key did', async () => {
    const { token } = await anOwner();
    const { apiKey } = await aKey(token);

    const rows = await stage.database.asOwner(
      "select actor from shared.audit_log where action = 'key.create' order by at desc limit 1",
    );

    expect(rows[0]?.['actor']).toMatch(/^user:/);
    expect(apiKey.state).toBe('active');
  });
});

describe('a key that is not good', () => {
  test.each([
    ['with a wrong check', (key: string) => key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')],
    ['cut short', (key: string) => key.slice(0, -3)],
    [
      'with the right id and another secret',
      (key: string) =>
        renderApiKey({
          environment: 'live',
          lookup: key.split('_')[2] ?? '',
          secret: 'x'.repeat(43),
        }),
    ],
    [
      'of the other environment',
      (key: string) => {
        const [, , lookup = '', secret = ''] = key.split('_');
        return renderApiKey({ environment: 'test', lookup, secret });
      },
    ],
  ])('%s is refused', async (_what, change) => {
    const { token } = await anOwner();
    const { key } = await aKey(token);

    expect(problemIn(await read(change(key))).code).toBe('unauthenticated');
  });

  test('in the address is a bad request, even beside a good token', async () => {
    const { token } = await anOwner();
    const { key } = await aKey(token);

    const answer = await stage.fetch(`/v1/transactions?key=${key}`, { token });

    expect([answer.status, problemIn(answer).code]).toEqual([400, 'key-in-address']);
  });

  test.each([
    ['revoked', 'update platform.api_keys set revoked_at = now() where created_by = $1'],
    ['expired', 'update platform.api_keys set expires_at = now() where created_by = $1'],
    ['of a member who left', 'delete from shared.members where user_id = $1'],
    ['of a disabled person', "update platform.users set status = 'disabled' where id = $1"],
  ])('%s stops working at once', async (_what, change) => {
    const owner = await anOwner();
    const { key } = await aKey(owner.token);
    expect((await read(key)).status).toBe(200);

    await stage.database.asOwner(change, [owner.userId]);

    await refusedSoon(key);
  });

  test('whose maker was demoted may do no more than they', async () => {
    const owner = await anOwner();
    const { key } = await aKey(owner.token, { scopes: ['statements:write', 'transactions:read'] });
    await stage.database.asOwner("update shared.members set role = 'analyst' where user_id = $1", [
      owner.userId,
    ]);

    await until(
      async () => {
        const answer = await stage.fetch('/v1/statements', { token: key, method: 'POST' });
        return answer.status === 403;
      },
      { withinMs: 5_000 },
    );
    expect((await read(key)).status).toBe(200);
  });

  test('from an address outside its list is refused', async () => {
    const { token } = await anOwner();
    const elsewhere = await aKey(token, { addresses: ['203.0.113.0/24'] });
    const here = await aKey(token, { addresses: ['127.0.0.0/8', '::1'] });

    expect((await read(elsewhere.key)).status).toBe(401);
    expect((await read(here.key)).status).toBe(200);
    expect((await read(elsewhere.key, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(401);
  });

  test('sees no other business', async () => {
    const [mine, theirs] = [await anOwner(), await anOwner()];
    const { apiKey } = await aKey(theirs.token);

    const answer = await stage.fetch(`/v1/api-keys/${apiKey.id}`, {
      method: 'DELETE',
      token: mine.token,
    });

    expect(problemIn(answer).code).toBe('not-found');
    const listed = await stage.fetch('/v1/api-keys', { token: mine.token });
    expect(apiKeyList.parse(listed.body).data).toEqual([]);
  });
});

describe('POST /v1/api-keys/{id}/rotate', () => {
  test('both keys work for the overlap, then the old one stops', async () => {
    const { token } = await anOwner();
    const old = await aKey(token);

    const answer = await stage.fetch(`/v1/api-keys/${old.apiKey.id}/rotate`, { json: {}, token });
    const fresh = createdApiKey.parse(answer.body);

    expect(fresh.apiKey.scopes).toEqual(old.apiKey.scopes);
    expect([(await read(old.key)).status, (await read(fresh.key)).status]).toEqual([200, 200]);
    const again = await stage.fetch(`/v1/api-keys/${old.apiKey.id}/rotate`, { json: {}, token });
    expect(problemIn(again).code).toBe('not-found');
    const at = await stage.fetch(`/v1/api-keys/${fresh.apiKey.id}/rotate`, {
      json: { overlapHours: 0 },
      token,
    });
    expect(at.status).toBe(201);
    expect((await read(fresh.key)).status).toBe(401);
  });
});

describe('DELETE /v1/api-keys/{id}', () => {
  test('it stops the key at once, without a fresh second factor', async () => {
    const somebody = await stage.tenant();
    const { key, apiKey } = await aKey(await stage.token(somebody));
    expect((await read(key)).status).toBe(200);
    const stale = await stage.token(somebody, { hasSecondFactor: false });

    const answer = await stage.fetch(`/v1/api-keys/${apiKey.id}`, {
      method: 'DELETE',
      token: stale,
    });

    expect(answer.status).toBe(204);
    expect((await read(key)).status).toBe(401);
  });
});

describe('GET /v1/api-keys', () => {
  test('it tells when a key was used last, to the minute', async () => {
    const { token } = await anOwner();
    const { key } = await aKey(token);
    await read(key);

    await until(async () => {
      const listed = await stage.fetch('/v1/api-keys', { token });
      return apiKeyList.parse(listed.body).data[0]?.usedAt !== null;
    });
  });
});

describe('the key of an application', () => {
  test('authenticates nobody', async () => {
    const { token } = await anOwner();
    const { key } = await aKey(token);

    const answer = await stage.fetch('/v1/transactions', { headers: { 'x-daftari-key': key } });

    expect(problemIn(answer).code).toBe('unauthenticated');
  });
});

describe('isAllowed', () => {
  test.each([
    [['10.0.0.0/8'], '10.1.2.3', true],
    [['10.0.0.0/8'], '11.1.2.3', false],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    [['2001:db8::/32'], '2001:db8::1', true],
    [['2001:db8::/32'], '10.1.2.3', false],
    [['192.0.2.1'], '192.0.2.1', true],
    [['192.0.2.1'], 'nonsense', false],
    [[], 'nonsense', true],
  ])('%j lets %s in: %s', (ranges, address, isIn) => {
    expect(ranges.every(isAddressRange)).toBe(true);
    expect(isAllowed(ranges, address)).toBe(isIn);
  });
});
