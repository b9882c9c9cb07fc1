import { flagChangeList, flagDefinitionList, flagList } from '../../api/flags/schema.ts';
import { openFlags } from '../../db/flag-provider.ts';
import { defineFlag } from '../../db/flags.ts';
import { toPublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { settleIn } from '../support/tiers.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

async function flagsFor(token: string) {
  const answer = await stage.fetch('/v1/flags', { token });
  expect(answer.status).toBe(200);
  return new Map(flagList.parse(answer.body).data.map((one) => [one.key, one]));
}

describe('GET /v1/flags', () => {
  test('the plan decides what there is', async () => {
    const small = await stage.tenant();
    const large = await stage.tenant();
    await settleIn(stage.database, large.tenantId, 'pro');

    const forSmall = await flagsFor(await stage.token(small));
    const forLarge = await flagsFor(await stage.token(large));
    expect(forSmall.get('own-branding')).toMatchObject({ isOn: false, reason: 'plan' });
    expect(forLarge.get('own-branding')).toMatchObject({ isOn: true });
    expect(forLarge.get('own-database')).toMatchObject({ isOn: false, canChoose: false });
  });
});

describe('POST /v1/flags/{key}', () => {
  test('a choice of the business holds for it alone, and is recorded', async () => {
    const token = await stage.token(await stage.tenant());
    const chosen = await stage.fetch('/v1/flags/weekly-summary', { token, json: { isOn: false } });
    expect(chosen.status).toBe(200);
    expect((await flagsFor(token)).get('weekly-summary')).toMatchObject({
      isOn: false,
      reason: 'choice',
    });
    const other = await flagsFor(await stage.token(await stage.tenant()));
    expect(other.get('weekly-summary')?.isOn).toBe(true);
    const log = await stage.fetch('/v1/audit?action=flag.choose', { token });
    expect(log.text).toContain('weekly-summary');

    await stage.fetch('/v1/flags/weekly-summary', { token, json: { isOn: null } });
    expect((await flagsFor(token)).get('weekly-summary')).toMatchObject({
      isOn: true,
      choice: null,
    });
  });

  test('what is not its choice is refused, and what nobody defined is not found', async () => {
    const token = await stage.token(await stage.tenant());
    const refused = await stage.fetch('/v1/flags/own-branding', { token, json: { isOn: true } });
    expect(problemIn(refused).code).toBe('not-your-choice');
    const unknown = await stage.fetch('/v1/flags/no-such-flag', { token, json: { isOn: true } });
    expect(problemIn(unknown).code).toBe('not-found');
  });
});

describe('the provider', () => {
  test('sees a change within seconds, keeps the last value in an outage, and pins values', async () => {
    const { db } = stage.database;
    const { tenantId } = await stage.tenant();
    let nowMs = 0;
    let isDown = false;
    const shaky = {
      ...db,
      onPlatform: (async (work) => {
        if (isDown) throw new Error('the database is away');
        return db.onPlatform(work);
      }) as typeof db.onPlatform,
    };
    const flags = openFlags({ db: shaky, now: () => nowMs });
    const define = (isOn: boolean) =>
      db.asOperator('switch a flag', (o) =>
        defineFlag(
          o,
          {
            ...{ key: 'new-thing', environment: 'live', description: 'New', isOn, plans: [] },
            ...{ tenants: [], rolloutPercent: 100, isTenantsChoice: false },
          },
          'user:test',
        ),
      );
    await define(true);
    expect(await flags.isOn(tenantId, 'new-thing')).toBe(true);
    const pinned = await flags.pinned(tenantId, ['new-thing', 'unheard-of']);
    expect(pinned).toEqual({ 'new-thing': true, 'unheard-of': false });

    isDown = true;
    nowMs += 60_000;
    expect(await flags.isOn(tenantId, 'new-thing')).toBe(true);
    isDown = false;
    await define(false);
    nowMs += 5_000;
    expect(await flags.isOn(tenantId, 'new-thing')).toBe(false);
    expect(pinned['new-thing']).toBe(true);
  });
});

describe('a run', () => {
  test('gets the value that holds when it begins, and keeps it', async () => {
    const key = 'review-every-statement';
    const token = await stage.token(await stage.tenant());
    const chosen = await stage.fetch(`/v1/flags/${key}`, { token, json: { isOn: true } });
    expect(chosen.status).toBe(200);

    const upload = await stage.fetch('/v1/statements', {
      body: new Uint8Array(Buffer.from('Receipt,Completion Time\n')),
      token,
      headers: { 'content-type': 'text/csv', 'x-file-name': 'a.csv' },
    });

    expect(upload.status).toBe(202);
    const [begun] = stage.temporal.calls.filter(({ name }) => name === 'startIngest');
    expect(begun?.args).toEqual([
      expect.objectContaining({ input: expect.objectContaining({ flags: { [key]: true } }) }),
    ]);
  });
});

describe('/v1/platform/flags', () => {
  const rollout = {
    ...{ environment: 'live', description: 'A thing on trial', isOn: true, plans: [] },
    ...{ tenants: [] as string[], rolloutPercent: 0, isTenantsChoice: false },
  };

  test('an operator of the house rolls a flag out; nobody else knows there is one', async () => {
    const operator = await stage.tenant();
    await stage.database.asOwner(
      'update platform.users set is_platform_admin = true where id = $1',
      [operator.userId],
    );
    const token = await stage.token(operator);
    const somebody = await stage.tenant();
    const theirs = await stage.token(somebody);
    const define = (json: object, by = token) =>
      stage.fetch('/v1/platform/flags/on-trial', { token: by, json });

    expect(problemIn(await define(rollout, theirs)).code).toBe('not-found');
    expect(problemIn(await stage.fetch('/v1/platform/flags', { token: theirs })).code).toBe(
      'not-found',
    );
    expect((await define(rollout)).status).toBe(200);
    expect((await flagsFor(theirs)).get('on-trial')).toMatchObject({ isOn: false });

    const tenants = [toPublicId('tenant', somebody.tenantId)];
    const picked = flagDefinitionList.parse((await define({ ...rollout, tenants })).body);
    expect(picked.data.find(({ key }) => key === 'on-trial')).toMatchObject({
      version: 2,
      tenants,
    });
    expect((await flagsFor(theirs)).get('on-trial')).toMatchObject({
      isOn: true,
      reason: 'segment',
    });
    await define({ ...rollout, isOn: false, tenants });
    expect((await flagsFor(theirs)).get('on-trial')).toMatchObject({ isOn: false, reason: 'off' });
    expect((await define({ ...rollout, rolloutPercent: 101 })).status).toBe(422);

    const history = (by: string) =>
      stage.fetch('/v1/platform/flags/on-trial/changes', { token: by });
    const kept = flagChangeList.parse((await history(token)).body).data;
    expect(kept.map(({ version, isOn }) => [version, isOn])).toEqual([
      ...[
        [3, false],
        [2, true],
        [1, true],
      ],
    ]);
    expect(new Set(kept.map(({ changedBy }) => changedBy))).toEqual(
      new Set([`user:${operator.userId}`]),
    );
    expect(problemIn(await history(theirs)).code).toBe('not-found');
    await expect(
      stage.database.asOwner("delete from platform.flag_changes where key = 'on-trial'"),
    ).rejects.toThrow('append-only');
  });
});
