import { randomUUID } from 'node:crypto';
import {
  businessLists,
  flagChangeList,
  flagDefinitionList,
  flagList,
  flagTrial,
} from '../../api/flags/schema.ts';
import { openFlags } from '../../db/flag-provider.ts';
import { defineFlag } from '../../db/flags.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { makeOperator } from '../support/tenants.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { settleIn } from '../support/tiers.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({ config: { flagRequestsIn: [] } });
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
            phase: 'active',
            ...{ tenants: [], rolloutPercent: 100, isTenantsChoice: false },
            ...{ languages: [], ageDaysMin: null, ageDaysBelow: null, lists: [], needs: [] },
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
    const [begun] = stage.temporal.calls.filter(({ name }) => name === 'start');
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

  test('a flag for some language, age or list is had by those alone, and a trial says why', async () => {
    const token = await stage.operator();
    const somebody = await stage.tenant();
    const theirs = await stage.token(somebody);
    const tenantId = toPublicId('tenant', somebody.tenantId);
    const define = (json: object, flag = 'for-some') =>
      stage.fetch(`/v1/platform/flags/${flag}`, {
        ...{ token, json: { ...rollout, rolloutPercent: 100, ...json } },
      });
    const tried = async (flag = 'for-some') => {
      const answer = await stage.fetch(`/v1/platform/tenants/${tenantId}/flags`, { token });
      const trial = flagTrial.parse(answer.body);
      const seen = trial.flags.find(({ key }) => key === flag);
      const shown = (await flagsFor(theirs)).get(flag);
      expect([shown?.isOn, shown?.reason]).toEqual([seen?.isOn, seen?.reason]);
      return { ...trial, seen };
    };

    await define({ languages: ['sw'] });
    expect(await tried()).toMatchObject({
      ...{ plan: 'starter', language: 'en', ageDays: 0, lists: [], environment: 'live' },
      seen: { isOn: false, reason: 'language', rolloutPercent: 100, choice: null },
    });
    await stage.database.asOwner(
      `update platform.tenants set settings = '{"language":"sw"}',
         created_at = now() - interval '40 days' where id = $1`,
      [somebody.tenantId],
    );
    expect((await tried()).seen).toMatchObject({ isOn: true, reason: 'rollout' });
    await define({ ageDaysBelow: 30 });
    expect(await tried()).toMatchObject({ ageDays: 40, seen: { isOn: false, reason: 'age' } });

    const write = (name: string, tenants: string[], by = token) =>
      stage.fetch(`/v1/platform/business-lists/${name}`, { token: by, json: { tenants } });
    expect(problemIn(await define({ lists: ['pilot'] })).errors).toMatchObject([
      { pointer: '/lists' },
    ]);
    expect(problemIn(await write('pilot', [tenantId], theirs)).code).toBe('not-found');
    await write('pilot', []);
    await define({ lists: ['pilot'] });
    expect((await tried()).seen).toMatchObject({ isOn: false, reason: 'list' });
    const lists = businessLists.parse((await write('pilot', [tenantId])).body).data;
    expect(lists).toMatchObject([{ name: 'pilot', tenants: [tenantId], version: 2 }]);
    expect(await tried()).toMatchObject({ lists: ['pilot'], seen: { isOn: true } });
    expect((await stage.fetch('/v1/platform/business-lists', { token })).body).toEqual({
      data: lists,
    });

    await define({ isOn: false }, 'underneath');
    await define({ needs: ['underneath'] });
    expect((await tried()).seen).toMatchObject({ reason: 'needs', needs: ['underneath'] });
    const circle = await define({ needs: ['for-some'] }, 'underneath');
    expect(problemIn(circle).errors).toMatchObject([{ pointer: '/needs' }]);
    const nothing = await define({ needs: ['no-such-flag'] });
    expect(problemIn(nothing).errors).toMatchObject([{ pointer: '/needs' }]);
    const span = await define({ ageDaysMin: 9, ageDaysBelow: 9 });
    expect(problemIn(span).errors).toMatchObject([{ pointer: '/ageDaysBelow' }]);
    const changes = await stage.fetch('/v1/platform/flags/for-some/changes', { token });
    const kept = flagChangeList.parse(changes.body).data;
    expect(kept[0]).toMatchObject({ needs: ['underneath'], lists: [], ageDaysBelow: null });
    expect(kept.at(-1)).toMatchObject({ languages: ['sw'] });

    const unknown = await stage.fetch(
      `/v1/platform/tenants/${toPublicId('tenant', id('tenant', randomUUID()))}/flags`,
      { token },
    );
    expect(problemIn(unknown).code).toBe('not-found');
    expect(
      problemIn(await stage.fetch(`/v1/platform/tenants/${tenantId}/flags`, { token: theirs }))
        .code,
    ).toBe('not-found');
  });

  test('an operator of the house rolls a flag out; nobody else knows there is one', async () => {
    const operator = await stage.tenant();
    await makeOperator(stage.database, operator);
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
