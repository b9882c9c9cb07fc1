import {
  flagDefinitionList,
  flagFile,
  flagImport,
  flagList,
  flagRequestView,
  type FlagFile,
} from '../../api/flags/schema.ts';
import { openFlags } from '../../db/flag-provider.ts';
import { staleAfterDays } from '../../domain/flags/lifecycle.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
let maker: string;
let checker: string;

beforeAll(async () => {
  stage = await openApiStage({ config: { flagRequestsIn: ['live'] } });
  [maker, checker] = [await stage.operator(), await stage.operator()];
});
afterAll(() => stage.close());

const wanted = {
  ...{ description: 'A thing on trial', isOn: true, plans: [] as string[], tenants: [] },
  ...{ rolloutPercent: 100, isTenantsChoice: false, environment: 'test' },
};

const define = (key: string, json: object = {}) =>
  stage.fetch(`/v1/platform/flags/${key}`, { token: maker, json: { ...wanted, ...json } });

const errorsOf = async (answer: Promise<Parameters<typeof problemIn>[0]>) =>
  problemIn(await answer).errors;

async function flagsWith(query = '') {
  const answer = await stage.fetch(`/v1/platform/flags${query}`, { token: maker });
  expect(answer.status).toBe(200);
  return flagDefinitionList.parse(answer.body).data;
}

async function inTest(key: string) {
  return (await flagsWith()).find((one) => one.key === key && one.environment === 'test');
}

/** The keys somebody in the test environment is shown. */
async function shownKeys() {
  const somebody = await stage.tenant();
  await stage.database.asOwner("update platform.tenants set environment = 'test' where id = $1", [
    somebody.tenantId,
  ]);
  const answer = await stage.fetch('/v1/flags', { token: await stage.token(somebody) });
  return flagList.parse(answer.body).data.map(({ key }) => key);
}

describe('the life of a flag', () => {
  test('a draft is shown to nobody, comes into use, is archived, and is restored', async () => {
    await define('in-life', { phase: 'draft' });
    expect(await inTest('in-life')).toMatchObject({ phase: 'draft', isStale: false });
    expect(await shownKeys()).not.toContain('in-life');

    await define('in-life', { phase: 'active' });
    expect(await shownKeys()).toContain('in-life');
    expect(await errorsOf(define('in-life', { phase: 'draft' }))).toMatchObject([
      { pointer: '/phase' },
    ]);

    await define('in-life', { phase: 'archived' });
    expect(await shownKeys()).not.toContain('in-life');
    await define('in-life', { description: 'Said anew' });
    expect(await inTest('in-life')).toMatchObject({ phase: 'archived', description: 'Said anew' });
    const archived = await flagsWith('?phase=archived');
    expect(archived.map(({ key }) => key)).toEqual(['in-life']);

    await define('in-life', { phase: 'active' });
    expect(await shownKeys()).toContain('in-life');
  });

  test('what another flag needs is not archived, and what is archived is not needed', async () => {
    await define('lower');
    await define('upper', { needs: ['lower'] });
    expect(await errorsOf(define('lower', { phase: 'archived' }))).toMatchObject([
      { pointer: '/phase', detail: expect.stringContaining('upper') },
    ]);

    await define('upper', { needs: ['lower'], phase: 'archived' });
    expect((await define('lower', { phase: 'archived' })).status).toBe(200);
    const again = define('upper', { needs: ['lower'], phase: 'active' });
    expect(await errorsOf(again)).toMatchObject([{ pointer: '/needs' }]);
  });

  test('one that nobody changed or asked about for long is stale until code asks again', async () => {
    await define('beneath', { environment: 'test' });
    await define('forgotten', { needs: ['beneath'] });
    const somebody = await stage.tenant();
    await stage.database.asOwner("update platform.tenants set environment = 'test' where id = $1", [
      somebody.tenantId,
    ]);
    await stage.database.asOwner(
      `update platform.flags set updated_at = now() - make_interval(days => $1)
       where key in ('forgotten', 'beneath')`,
      [staleAfterDays + 1],
    );
    const stale = async () => (await flagsWith('?stale=true')).map(({ key }) => key);
    expect(await stale()).toEqual(expect.arrayContaining(['beneath', 'forgotten']));
    expect((await inTest('forgotten'))?.evaluatedAt).toBeNull();

    const flags = openFlags({ db: stage.database.db, now: () => Date.now() });
    expect(await flags.isOn(somebody.tenantId, 'forgotten')).toBe(true);

    const after = await stale();
    expect([after.includes('forgotten'), after.includes('beneath')]).toEqual([false, false]);
    expect((await inTest('forgotten'))?.evaluatedAt).not.toBeNull();
  });

  test('an evaluation is noted once an hour, and not at all while the database takes none', async () => {
    await define('often');
    const somebody = await stage.tenant();
    await stage.database.asOwner("update platform.tenants set environment = 'test' where id = $1", [
      somebody.tenantId,
    ]);
    let nowMs = Date.now();
    const noted = async () => {
      const [row] = await stage.database.asOwner(
        "select evaluated_at as at from platform.flag_uses where key = 'often'",
      );
      return row?.['at'];
    };
    const flags = openFlags({ db: stage.database.db, now: () => nowMs });
    await flags.isOn(somebody.tenantId, 'often');
    const first = await noted();
    nowMs += 3_599_000;
    await flags.isOn(somebody.tenantId, 'often');
    expect(await noted()).toEqual(first);

    await stage.database.asOwner('revoke insert, update on platform.flag_uses from daftari_app');
    nowMs += 1_000;
    expect(await flags.isOn(somebody.tenantId, 'often')).toBe(true);
    await stage.database.asOwner('grant insert, update on platform.flag_uses to daftari_app');
    expect(await noted()).toEqual(first);

    nowMs += 3_600_000;
    await flags.isOn(somebody.tenantId, 'often');
    expect(await noted()).not.toEqual(first);
  });

  test('the database lets no flag become a draft again', async () => {
    await define('grown');

    await expect(
      stage.database.asOwner("update platform.flags set phase = 'draft' where key = 'grown'"),
    ).rejects.toThrow('no draft any more');
  });
});

async function fileOf(environment: string): Promise<FlagFile> {
  const answer = await stage.fetch(`/v1/platform/flag-file?environment=${environment}`, {
    token: maker,
  });
  expect(answer.headers.get('content-disposition')).toContain(`flags-${environment}.json`);
  return flagFile.parse(answer.body);
}

const bringIn = (json: object, token = maker, headers = {}) =>
  stage.fetch('/v1/platform/flag-imports', { token, json, headers });

async function broughtIn(json: object, status = 200) {
  const answer = await bringIn(json);
  expect(answer.status).toBe(status);
  return flagImport.parse(answer.body);
}

describe('flags as a file', () => {
  test('taken out and brought in unchanged, it changes nothing', async () => {
    const file = await fileOf('live');
    const seen = await broughtIn({ environment: 'live', file });

    expect(seen).toMatchObject({ steps: [], absent: [], request: null });
    expect(seen.same).toEqual(file.flags.map(({ key }) => key));
    const asked = bringIn({ environment: 'live', file, isDryRun: false, reason: 'the same' });
    expect(await errorsOf(asked)).toMatchObject([{ pointer: '/file/flags' }]);
  });

  test('what differs is shown first, then waits as one change for another operator', async () => {
    await define('tried-out', { rolloutPercent: 20, needs: ['early-screens'] });
    const { flags, ...head } = await fileOf('test');
    const named = flags.filter(({ key }) => ['tried-out', 'early-screens'].includes(key));
    const changed = named.map((one) => ({ ...one, isOn: one.key === 'tried-out' }));
    const json = { environment: 'live', file: { ...head, flags: changed } };

    const seen = await broughtIn(json);
    expect(seen.steps.map(({ after, changed: fields }) => [after.key, fields])).toEqual([
      ['early-screens', ['isOn']],
      ['tried-out', expect.arrayContaining(['key', 'environment', 'isOn', 'rolloutPercent'])],
    ]);
    expect(seen.absent).toContain('own-branding');
    const live = async () => (await flagsWith()).filter((one) => one.environment === 'live');
    expect((await live()).some(({ key }) => key === 'tried-out')).toBe(false);

    expect(await errorsOf(bringIn({ ...json, isDryRun: false }))).toMatchObject([
      { pointer: '/reason' },
    ]);
    const wish = { ...json, isDryRun: false, reason: 'it went well in the test' };
    const { request } = await broughtIn(wish, 201);
    expect(request).toMatchObject({ status: 'waiting', isOwn: true, reason: wish.reason });
    const decide = (token: string) =>
      stage.fetch(`/v1/platform/flag-requests/${request?.id}/decision`, {
        ...{ token, json: { decision: 'apply' } },
      });
    expect(problemIn(await decide(maker)).code).toBe('own-request');
    expect(flagRequestView.parse((await decide(checker)).body).status).toBe('applied');
    expect((await live()).find(({ key }) => key === 'tried-out')).toMatchObject({
      ...{ rolloutPercent: 20, needs: ['early-screens'], phase: 'active', version: 1 },
    });
    expect((await broughtIn(json)).steps).toEqual([]);
  });

  test('repeated with its key after a lost answer, it asks once', async () => {
    await define('asked-once');
    const { flags, ...head } = await fileOf('test');
    const file = { ...head, flags: flags.filter(({ key }) => key === 'asked-once') };
    const json = { environment: 'live', file, isDryRun: false, reason: 'once' };
    const again = async () => {
      const answer = await bringIn(json, maker, { 'idempotency-key': 'the-key-of-one-file' });
      return flagImport.parse(answer.body).request?.id;
    };
    const first = await again();
    await stage.database.asOwner('delete from shared.idempotency_keys');

    expect(await again()).toBe(first);
  });

  test('a file that is none, names a flag twice or needs what is not there is refused by row', async () => {
    const { flags, ...head } = await fileOf('live');
    const [one] = flags;
    const imported = (file: object) => bringIn({ environment: 'live', file });

    expect(await errorsOf(imported({ ...head, format: 'other/1', flags }))).toMatchObject([
      { pointer: '/file/format' },
    ]);
    expect(await errorsOf(imported({ ...head, flags: [one, one] }))).toMatchObject([
      { pointer: '/file/flags' },
    ]);
    expect(
      await errorsOf(imported({ ...head, flags: [one, { ...one, key: 'xy', needs: ['no-one'] }] })),
    ).toMatchObject([{ pointer: '/file/flags/1/needs' }]);
  });

  test('is nothing to strangers, and is not brought in without a fresh second factor', async () => {
    const file = await fileOf('live');
    const stranger = await stage.token(await stage.tenant());
    const stale = await stage.operator({ hasSecondFactor: false });

    const out = await stage.fetch('/v1/platform/flag-file?environment=live', { token: stranger });
    expect(problemIn(out).code).toBe('not-found');
    expect(problemIn(await bringIn({ environment: 'live', file }, stranger)).code).toBe(
      'not-found',
    );
    expect(problemIn(await bringIn({ environment: 'live', file }, stale)).code).toBe(
      'step-up-required',
    );
  });
});
