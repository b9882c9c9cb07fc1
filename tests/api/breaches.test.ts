/** The register of breaches: what the house records, what a business reads and says of it. */
import { createBreachActivities } from '../../activities/breaches.ts';
import { noFailpoint } from '../../activities/failpoint.ts';
import { breachList, breach, houseBreach, houseBreachList } from '../../api/breaches/schema.ts';
import { id, parsePublicId, toPublicId, type BreachId } from '../../domain/ids.ts';
import { aBreach, hourMs } from '../support/breaches.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let operator: string;
let somebody: Somebody;
let owner: string;

beforeAll(async () => {
  stage = await openApiStage();
  operator = await stage.operator();
});
beforeEach(async () => {
  somebody = await stage.tenant();
  owner = await stage.token(somebody);
});
afterAll(() => stage.close());

const ago = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();
const publicTenant = ({ tenantId }: Somebody) => toPublicId('tenant', tenantId);
const facts = (more: object = {}) => ({
  ...{ summary: 'A copy of the books was on a lost stick', dataKinds: ['names', 'payments'] },
  ...{ isEncrypted: false, noticedAt: ago(2), measures: 'The passwords were changed.' },
  businesses: [{ id: publicTenant(somebody), personCount: 120 }],
  ...more,
});
const record = (json: object, headers = {}) =>
  stage.fetch('/v1/platform/breaches', { token: operator, json, headers });
const recorded = async (more: object = {}) => {
  const answer = await record(facts(more));
  expect(answer.status).toBe(201);
  return houseBreach.parse(answer.body);
};
const act = (breachId: string, deed: string, json?: object) =>
  stage.fetch(`/v1/platform/breaches/${breachId}/${deed}`, {
    ...{ method: 'POST', token: operator },
    ...(json === undefined ? {} : { json }),
  });
const acted = async (breachId: string, deed: string, json?: object) => {
  const answer = await act(breachId, deed, json);
  expect(answer.status).toBe(200);
  return houseBreach.parse(answer.body);
};
const own = async (token = owner) =>
  breachList.parse((await stage.fetch('/v1/breaches', { token })).body).data;
const say = (breachId: string, what: string, json: object, token = owner) =>
  stage.fetch(`/v1/breaches/${breachId}/${what}`, { token, json });
const uuidOf = (publicId: string): BreachId => {
  const uuid = parsePublicId('breach', publicId);
  if (uuid === undefined) throw new Error('not the id of a breach');
  return uuid;
};
/** What its run does when it is told to look. */
const look = (publicId: string) =>
  createBreachActivities({
    ...{ db: stage.database.db, redis: stage.dependencies.redis, failpoint: noFailpoint },
    config: { publicUrl: 'http://api.test' },
  }).lookAtBreach({ breachId: uuidOf(publicId), nowMs: Date.now() });

async function toldBreach(more: object = {}) {
  const made = await recorded(more);
  await acted(made.id, 'tell');
  await look(made.id);
  return made;
}

describe('the house', () => {
  test('puts a breach on record with its clocks running, and its run is told to look', async () => {
    const made = await recorded();

    expect(made.businesses).toMatchObject([
      {
        ...{ id: publicTenant(somebody), personCount: 120, isGone: false },
        businessClock: { standing: 'running', doneAt: null },
        authorityClock: { standing: 'running', doneAt: null },
      },
    ]);
    const [one] = made.businesses;
    const ends = [one?.businessClock.by, one?.authorityClock.by].map((by) => Date.parse(by ?? ''));
    expect(ends.map((end) => (end - Date.parse(made.noticedAt)) / hourMs)).toEqual([48, 72]);
    expect(made.entries.map(({ kind }) => kind)).toEqual(['recorded', 'measure']);
    expect(stage.temporal.calls).toContainEqual({ name: 'lookAtBreach', args: [uuidOf(made.id)] });
    expect(made.runUrl).toContain('breach');
    const listed = await stage.fetch('/v1/platform/breaches', { token: operator });
    expect(houseBreachList.parse(listed.body).data.map((each) => each.id)).toContain(made.id);
  });

  test('records what was repeated with its key after a lost answer once', async () => {
    const json = facts();
    const headers = { 'idempotency-key': 'the-key-of-a-breach-on-record' };
    const first = houseBreach.parse((await record(json, headers)).body);
    await stage.database.asOwner('delete from shared.idempotency_keys returning 1');
    const second = houseBreach.parse((await record(json, headers)).body);

    expect(second.id).toBe(first.id);
    expect(second.entries).toEqual(first.entries);
  });

  test.each([
    ['a time to come', { noticedAt: new Date(Date.now() + hourMs).toISOString() }, '/noticedAt'],
    ['nobody’s business', { businesses: [{ id: `tnt_${'1'.repeat(32)}` }] }, '/businesses/0/id'],
    ['no business', { businesses: [] }, '/businesses'],
    ['no sort of data', { dataKinds: [] }, '/dataKinds'],
  ])('records nothing of %s', async (_name, more, pointer) => {
    expect(problemIn(await record(facts(more))).errors).toMatchObject([{ in: 'body', pointer }]);
  });

  test('names more businesses and counts people anew, each with an entry', async () => {
    const made = await recorded();
    const second = await stage.tenant();
    const businesses = [
      { id: publicTenant(somebody), personCount: 130 },
      { id: publicTenant(second) },
    ];
    const now = await acted(made.id, 'businesses', { businesses });

    const counts = now.businesses.map((each) => [each.id, each.personCount]);
    expect(new Map(counts as [string, number | null][])).toEqual(
      new Map([
        [publicTenant(somebody), 130],
        [publicTenant(second), null],
      ]),
    );
    expect(now.entries.slice(2).map(({ kind, detail }) => [kind, detail])).toEqual([
      ['count', '130'],
      ['business', null],
    ]);
    const early = await act(made.id, 'businesses', { businesses, noticedAt: ago(20) });
    expect(problemIn(early).errors).toMatchObject([{ pointer: '/noticedAt' }]);
    const unknown = await act(made.id, 'businesses', {
      businesses: [{ id: `tnt_${'2'.repeat(32)}` }],
    });
    expect(problemIn(unknown).errors).toMatchObject([{ pointer: '/businesses/0/id' }]);
  });

  test('wishes every business told once; the run does it', async () => {
    const made = await recorded();
    const wished = await acted(made.id, 'tell');
    const again = await acted(made.id, 'tell');

    expect(wished.businesses[0]?.tellAskedAt).not.toBeNull();
    expect(again.entries.filter(({ kind }) => kind === 'tell')).toHaveLength(1);
    expect(wished.businesses[0]?.businessClock.standing).toBe('running');
    await look(made.id);
    const read = await stage.fetch(`/v1/platform/breaches/${made.id}`, { token: operator });
    expect(houseBreach.parse(read.body).businesses[0]?.businessClock.standing).toBe('done');
  });

  test('notes that the authority was told, when and under which number', async () => {
    const made = await recorded({ noticedAt: ago(80) });
    const toldAt = ago(1);
    const late = await acted(made.id, 'authority', { toldAt, reference: 'ODPC/7' });

    expect(late.businesses[0]).toMatchObject({
      authorityReference: 'ODPC/7',
      authorityClock: { doneAt: toldAt, standing: 'late' },
    });
    const again = await acted(made.id, 'authority', { reference: 'ODPC/8' });
    expect(again.businesses[0]?.authorityReference).toBe('ODPC/7');
    for (const wrongAt of [ago(90), ago(-1)]) {
      const refused = problemIn(await act(made.id, 'authority', { toldAt: wrongAt }));
      expect(refused.errors).toMatchObject([{ pointer: '/toldAt' }]);
    }
  });

  test('closes it with a reason; then nothing is added, and its clocks stand', async () => {
    const made = await recorded();
    const closed = await acted(made.id, 'close', { reason: 'The stick was found, sealed.' });

    expect(closed).toMatchObject({ closeReason: 'The stick was found, sealed.' });
    expect(closed.businesses[0]?.authorityClock.standing).toBe('stopped');
    const businesses = [{ id: publicTenant(somebody) }];
    for (const [deed, json] of [
      ['close', { reason: 'once more' }],
      ['measures', { text: 'too late' }],
      ['businesses', { businesses }],
      ['authority', {}],
      ['tell', undefined],
    ] as const) {
      expect(problemIn(await act(made.id, deed, json)).code).toBe('breach-closed');
    }
  });

  test('takes the register along as a file, with who was told when', async () => {
    const made = await recorded({ summary: '=1+1 was in a name' });
    const file = await stage.fetch('/v1/platform/breach-register', { token: operator });

    expect(file.headers.get('content-type')).toContain('text/csv');
    const line = file.text.split('\r\n').find((each) => each.startsWith(made.id));
    expect(line).toContain("'=1+1 was in a name");
    expect(line).toContain('The passwords were changed.');
  });

  test('a breach there is not is not found', async () => {
    const nobody = toPublicId('breach', id('breach', '00000000-0000-7000-8000-000000000000'));
    const read = await stage.fetch(`/v1/platform/breaches/${nobody}`, { token: operator });
    expect(problemIn(read).code).toBe('not-found');
    expect(problemIn(await act(nobody, 'tell')).code).toBe('not-found');
  });
});

describe('a business', () => {
  test('knows nothing until it is told, and then what concerns it alone', async () => {
    const other = await stage.tenant();
    const made = await recorded({
      businesses: [{ id: publicTenant(somebody), personCount: 5 }, { id: publicTenant(other) }],
    });
    expect(await own()).toEqual([]);
    expect(problemIn(await say(made.id, 'measures', { text: 'told them' })).code).toBe('not-found');

    await acted(made.id, 'tell');
    await look(made.id);
    await say(made.id, 'measures', { text: 'Our customers were called.' });

    const [mine] = await own();
    expect(mine).toMatchObject({
      ...{ id: made.id, personCount: 5, authorityToldBy: null, isEncrypted: false },
      businessClock: { standing: 'done' },
      measures: [
        { isOwn: false, text: 'The passwords were changed.' },
        { isOwn: true, text: 'Our customers were called.' },
      ],
    });
    const [theirs] = await own(await stage.token(other));
    expect(theirs?.measures).toHaveLength(1);
    expect(JSON.stringify([mine, theirs])).not.toMatch(/user:|service:/);
  });

  test('notes that the authority was told: its word, its log, and its notices are over', async () => {
    const made = await toldBreach();
    const answer = await say(made.id, 'authority', { reference: 'ODPC/22' });
    expect(breach.parse(answer.body)).toMatchObject({
      ...{ authorityToldBy: 'business', authorityReference: 'ODPC/22' },
      authorityClock: { standing: 'done' },
    });

    const notices = await stage.fetch('/v1/notices', { token: owner });
    expect(notices.body).toMatchObject({
      data: [{ kind: 'breach-told', isSettled: true, subjectId: made.id }],
    });
    const log = await stage.fetch('/v1/audit?objectKind=breach', { token: owner });
    const { data } = log.body as { data: { action: string }[] };
    expect(data.map(({ action }) => action)).toEqual(['breach.authority', 'breach.tell']);
    const [known] = await own();
    expect(known?.authorityToldBy).toBe('business');
    // The house sees whose word it is, and adds nothing to it.
    const house = await acted(made.id, 'authority', { reference: 'ODPC/23' });
    expect(house.businesses[0]?.authorityReference).toBe('ODPC/22');
  });

  test('reads that the house told the authority, without who of the house', async () => {
    const made = await toldBreach();
    await acted(made.id, 'authority', {});

    const [known] = await own();
    expect(known?.authorityToldBy).toBe('house');
  });

  test('says nothing of what is to come or was before, or once it is closed', async () => {
    const made = await toldBreach();
    const refused = problemIn(await say(made.id, 'authority', { toldAt: ago(-2) }));
    expect(refused.errors).toMatchObject([{ pointer: '/toldAt' }]);
    await acted(made.id, 'close', { reason: 'settled with everybody' });

    for (const [what, json] of [
      ['authority', {}],
      ['measures', { text: 'too late' }],
    ] as const) {
      expect(problemIn(await say(made.id, what, json)).code).toBe('breach-closed');
    }
    expect((await own())[0]?.closeReason).toBe('settled with everybody');
  });

  test('is shown it through its owners and admins alone, and notes it with a fresh second factor', async () => {
    const made = await toldBreach();
    for (const role of ['finance', 'operator', 'analyst', 'auditor', 'developer'] as const) {
      const token = await stage.token(somebody, role);
      expect(problemIn(await stage.fetch('/v1/breaches', { token })).code).toBe('forbidden');
    }
    expect(await own(await stage.token(somebody, 'admin'))).toHaveLength(1);
    const stale = await stage.token(somebody, { hasSecondFactor: false });
    expect(problemIn(await say(made.id, 'authority', {}, stale)).code).toBe('step-up-required');
  });

  test('does its duty while it is suspended', async () => {
    const made = await toldBreach();
    await stage.database.asOwner(`update platform.tenants set status = 'suspended' where id = $1`, [
      somebody.tenantId,
    ]);
    expect((await say(made.id, 'authority', {}, await stage.token(somebody))).status).toBe(200);
  });

  test('takes its own register along', async () => {
    const other = await stage.tenant();
    await aBreach(stage.database.db, [other.tenantId], {
      summary: 'of somebody else',
      isTold: true,
    });
    const made = await toldBreach();
    const file = await stage.fetch('/v1/breaches/export', { token: owner });

    const lines = file.text.trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(made.id);
  });
});
