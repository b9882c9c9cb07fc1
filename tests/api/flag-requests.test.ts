import { flagRequestList, flagRequestView, flagDefinitionList } from '../../api/flags/schema.ts';
import { keepFlagRequests } from '../../db/flag-requests.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
let maker: string;
let checker: string;

beforeAll(async () => {
  stage = await openApiStage();
  [maker, checker] = [await stage.operator(), await stage.operator()];
});
afterAll(() => stage.close());

const wanted = {
  ...{ description: 'A thing on trial', isOn: true, plans: [] as string[] },
  ...{ tenants: [], rolloutPercent: 50, isTenantsChoice: false },
};

const ask = (flags: object[], token = maker, environment = 'live') =>
  stage.fetch('/v1/platform/flag-requests', {
    token,
    json: { environment, reason: 'half of them first', flags },
  });

async function asked(flags: object[]) {
  const answer = await ask(flags);
  expect(answer.status).toBe(201);
  return flagRequestView.parse(answer.body);
}

const decide = (requestId: string, json: object, token = checker) =>
  stage.fetch(`/v1/platform/flag-requests/${requestId}/decision`, { token, json });

async function flagNamed(key: string) {
  const answer = await stage.fetch('/v1/platform/flags', { token: maker });
  const { data } = flagDefinitionList.parse(answer.body);
  return data.find((one) => one.key === key && one.environment === 'live');
}

async function statusOf(requestId: string) {
  const answer = await stage.fetch('/v1/platform/flag-requests', { token: maker });
  return flagRequestList.parse(answer.body).data.find(({ id }) => id === requestId)?.status;
}

const keepAt = (ms: number) => keepFlagRequests(stage.database.db, instantFromEpochMs(ms));
const inDays = (n: number) => Date.now() + n * 86_400_000;

describe('POST /v1/platform/flags/{key}', () => {
  test('is refused in production and works in the test environment', async () => {
    const define = (environment: string) =>
      stage.fetch('/v1/platform/flags/alone', { token: maker, json: { ...wanted, environment } });

    expect(problemIn(await define('live')).code).toBe('flag-request-needed');
    expect(await flagNamed('alone')).toBeUndefined();
    expect((await define('test')).status).toBe(200);
  });
});

describe('POST /v1/platform/flag-requests', () => {
  test('a change waits, with before and after, until another operator applies it', async () => {
    const request = await asked([{ key: 'by-two', ...wanted }]);
    expect(request).toMatchObject({
      ...{ status: 'waiting', isOwn: true, agreedBy: null },
      steps: [{ before: null, after: { key: 'by-two', rolloutPercent: 50 } }],
    });
    expect(await flagNamed('by-two')).toBeUndefined();

    expect(problemIn(await decide(request.id, { decision: 'apply' }, maker)).code).toBe(
      'own-request',
    );
    const applied = flagRequestView.parse((await decide(request.id, { decision: 'apply' })).body);
    expect(applied).toMatchObject({ status: 'applied', isOwn: false });
    expect(applied.agreedBy).not.toBe(applied.requestedBy);
    expect(await flagNamed('by-two')).toMatchObject({ version: 1, rolloutPercent: 50 });

    const further = await asked([{ key: 'by-two', ...wanted, rolloutPercent: 100 }]);
    expect(further.steps[0]).toMatchObject({
      ...{ before: { version: 1, rolloutPercent: 50 }, changed: ['rolloutPercent'] },
    });
    expect(problemIn(await decide(request.id, { decision: 'apply' })).code).toBe(
      'flag-request-not-open',
    );
  });

  test('what changes nothing, names a key twice or needs what is not there is refused', async () => {
    const request = await asked([{ key: 'as-it-is', ...wanted }]);
    await decide(request.id, { decision: 'apply' });
    const errorsOf = async (flags: object[]) => problemIn(await ask(flags)).errors;

    expect(await errorsOf([{ key: 'as-it-is', ...wanted }])).toMatchObject([{ pointer: '/flags' }]);
    const twice = { key: 'twice', ...wanted };
    expect(await errorsOf([twice, twice])).toMatchObject([{ pointer: '/flags' }]);
    expect(await errorsOf([{ key: 'lacks', ...wanted, needs: ['nothing'] }])).toMatchObject([
      { pointer: '/flags/0/needs' },
    ]);
  });

  test('repeated with its key after a lost answer, it finds what it made', async () => {
    const json = { environment: 'live', reason: 'once', flags: [{ key: 'once', ...wanted }] };
    const again = async () => {
      const headers = { 'idempotency-key': 'the-key-of-one-request' };
      const answer = await stage.fetch('/v1/platform/flag-requests', {
        ...{ token: maker, json, headers },
      });
      return flagRequestView.parse(answer.body);
    };
    const first = await again();
    await decide(first.id, { decision: 'apply' });
    const forgotten = await stage.database.asOwner(
      'delete from shared.idempotency_keys returning 1',
    );
    const second = await again();

    expect(forgotten.length).toBeGreaterThan(0);
    expect([second.id, second.status]).toEqual([first.id, 'applied']);
  });

  test('flags of one request may need each other, and change all or none', async () => {
    const request = await asked([
      { key: 'upper', ...wanted, needs: ['lower'] },
      { key: 'lower', ...wanted },
    ]);
    const other = await asked([{ key: 'lower', ...wanted }]);
    await decide(other.id, { decision: 'apply' });

    const late = await decide(request.id, { decision: 'apply' });

    expect(problemIn(late).code).toBe('flag-request-outdated');
    expect(await flagNamed('upper')).toBeUndefined();
    expect(await statusOf(request.id)).toBe('outdated');
  });

  test('a stranger, and somebody without a fresh second factor, may do none of it', async () => {
    const request = await asked([{ key: 'guarded', ...wanted }]);
    const stranger = await stage.token(await stage.tenant());
    const stale = await stage.operator({ hasSecondFactor: false });

    expect(problemIn(await ask([{ key: 'x-y', ...wanted }], stranger)).code).toBe('not-found');
    const byStranger = await decide(request.id, { decision: 'apply' }, stranger);
    expect(problemIn(byStranger).code).toBe('not-found');
    const byStale = await decide(request.id, { decision: 'apply' }, stale);
    expect(problemIn(byStale).code).toBe('step-up-required');
    expect(await statusOf(request.id)).toBe('waiting');
  });
});

describe('POST /v1/platform/flag-requests/{id}/decision', () => {
  test('a planned change holds from its time on, and not before', async () => {
    const request = await asked([{ key: 'planned', ...wanted }]);
    const appliesAt = new Date(inDays(2)).toISOString();
    const tooFar = await decide(request.id, {
      ...{ decision: 'apply', appliesAt: new Date(inDays(91)).toISOString() },
    });
    expect(problemIn(tooFar).errors).toMatchObject([{ pointer: '/appliesAt' }]);
    const planned = await decide(request.id, { decision: 'apply', appliesAt });
    expect(planned.body).toMatchObject({ status: 'scheduled', appliesAt });

    await keepAt(inDays(1));
    expect(await flagNamed('planned')).toBeUndefined();
    expect(await keepAt(inDays(3))).toMatchObject({ 'changes applied': 1 });
    expect(await flagNamed('planned')).toMatchObject({ isOn: true });
    expect(await statusOf(request.id)).toBe('applied');
    expect(await keepAt(inDays(3))).toMatchObject({ 'changes applied': 0 });
  });

  test('a planned change whose flag changed meanwhile is not applied', async () => {
    const first = await asked([{ key: 'overtaken', ...wanted }]);
    await decide(first.id, { decision: 'apply', appliesAt: new Date(inDays(2)).toISOString() });
    const second = await asked([{ key: 'overtaken', ...wanted, isOn: false }]);
    await decide(second.id, { decision: 'apply' });

    expect(await keepAt(inDays(3))).toMatchObject({ 'changes outdated': 1 });
    expect(await flagNamed('overtaken')).toMatchObject({ isOn: false, version: 1 });
  });

  test('others reject with a reason, whoever asked takes back, also what is planned', async () => {
    const rejected = await asked([{ key: 'rejected', ...wanted }]);
    const withoutWhy = await decide(rejected.id, { decision: 'reject' });
    expect(problemIn(withoutWhy).errors).toMatchObject([{ pointer: '/reason' }]);
    const answer = await decide(rejected.id, { decision: 'reject', reason: 'too early' });
    expect(answer.body).toMatchObject({ status: 'rejected', endReason: 'too early' });

    const own = await asked([{ key: 'own', ...wanted }]);
    expect(problemIn(await decide(own.id, { decision: 'withdraw' })).code).toBe('not-own-request');
    await decide(own.id, { decision: 'apply', appliesAt: new Date(inDays(2)).toISOString() });
    const taken = await decide(own.id, { decision: 'withdraw' }, maker);
    expect(taken.body).toMatchObject({ status: 'withdrawn' });
    await keepAt(inDays(3));
    expect(await flagNamed('own')).toBeUndefined();

    const nobody = await decide(`flr_${'0'.repeat(32)}`, { decision: 'apply' });
    expect(problemIn(nobody).code).toBe('not-found');
  });

  test('nobody decides in seven days: it expires', async () => {
    const request = await asked([{ key: 'forgotten', ...wanted }]);

    const counts = await keepAt(inDays(8));

    expect(counts['requests expired']).toBeGreaterThan(0);
    expect(await statusOf(request.id)).toBe('expired');
    expect(problemIn(await decide(request.id, { decision: 'apply' })).code).toBe(
      'flag-request-not-open',
    );
  });

  test('what was asked for cannot be changed afterwards, nor one person be both', async () => {
    const request = await asked([{ key: 'fixed', ...wanted }]);
    const uuid = request.id.slice(4);
    const change = (set: string) =>
      stage.database.asOwner(`update platform.flag_requests set ${set} where id = $1`, [uuid]);

    await expect(change("status = 'rejected', reason = 'other'")).rejects.toThrow('changed');
    await expect(
      change("status = 'applied', agreed_by = requested_by, agreed_at = now()"),
    ).rejects.toThrow('check constraint');
    await expect(
      stage.database.asOwner('delete from platform.flag_requests where id = $1', [uuid]),
    ).rejects.toThrow('append-only');
  });
});
