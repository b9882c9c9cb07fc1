import { savedView, savedViewList } from '../../api/saved-views/schema.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;

beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
});
beforeEach(async () => {
  token = await stage.token(somebody, 'finance');
});
afterAll(() => stage.close());

const view = (q: string) => ({
  filters: { q, 'amountCents[gte]': '150000', direction: 'out' },
  sort: '-amountCents',
  columns: ['receipt', 'paidOut'],
  widths: { receipt: 120 },
});
const send = (path: string, json: unknown, by = token) =>
  stage.fetch(`/v1/saved-views${path}`, { method: 'POST', token: by, json });
const keep = async (name: string, extra: object = {}) =>
  savedView.parse((await send('', { name, view: view('Wanjiku'), ...extra })).body);
const remove = (id: string) =>
  stage.fetch(`/v1/saved-views/${id}`, { method: 'DELETE', token, json: undefined });
const mine = async (by = token) =>
  savedViewList.parse((await stage.fetch('/v1/saved-views', { token: by })).body).data;

describe('saved views', () => {
  test('are kept as they were, and the same name replaces', async () => {
    const first = await keep('Rent');
    const again = await keep('Rent', { view: view('Otieno') });
    await keep('Big ones');

    const kept = await mine();

    expect(kept.map(({ name }) => name)).toEqual(['Big ones', 'Rent']);
    expect(kept[1]).toEqual({
      ...{ id: first.id, name: 'Rent', isDefault: false, isShared: false },
      ...{ view: view('Otieno'), version: kept[1]?.version },
    });
    expect(again.id).toBe(first.id);
  });

  test('what they search for is nowhere in clear', async () => {
    await keep('Of a person');

    const rows = await stage.database.asOwner(
      'select row_to_json(v)::text as text from shared.saved_views v',
    );

    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('Wanjiku');
  });

  test('at most one opens by itself, also when two tabs choose at once', async () => {
    const [one, two] = [await keep('One', { isDefault: true }), await keep('Two')];
    const both = [one, two].map(({ id }) => send(`/${id}`, { isDefault: true }));
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await mine()).filter(({ isDefault }) => isDefault)).toHaveLength(1);

    await keep('Three', { isDefault: true });

    const names = (await mine()).filter(({ isDefault }) => isDefault).map(({ name }) => name);
    expect(names).toEqual(['Three']);
  });

  test('are renamed, not onto one another, and deleted', async () => {
    const [first, second] = [await keep('First'), await keep('Second')];

    expect(problemIn(await send(`/${second.id}`, { name: 'First' })).code).toBe('view-name-taken');
    expect((await send(`/${second.id}`, { name: 'Last' })).body).toMatchObject({ name: 'Last' });
    expect((await remove(first.id)).status).toBe(204);
    expect((await remove(first.id)).status).toBe(404);
    expect((await mine()).map(({ name }) => name)).toEqual(['Last']);
  });

  test('belong to one person: a colleague neither sees nor changes them', async () => {
    const { id } = await keep('Mine');
    const colleague = await stage.token(somebody, 'analyst');

    expect(await mine(colleague)).toEqual([]);
    const asked = await send(`/${id}`, { name: 'Yours' }, colleague);
    expect(problemIn(asked).code).toBe('not-found');
    expect((await mine())[0]?.name).toBe('Mine');
  });

  test('of the business are seen by everybody and changed by who may change its settings', async () => {
    const admin = await stage.token(somebody, 'admin');
    const keptBy = (by: string) =>
      send('', { name: 'Takings', isShared: true, isDefault: true, view: view('till') }, by);
    expect(problemIn(await keptBy(token)).code).toBe('forbidden');
    const shared = savedView.parse((await keptBy(admin)).body);
    const own = await keep('Takings', { isDefault: true });

    const seen = await mine();

    expect(seen.filter(({ name }) => name === 'Takings')).toEqual([
      expect.objectContaining({ id: own.id, isShared: false, isDefault: true }),
      expect.objectContaining({ id: shared.id, isShared: true, isDefault: true }),
    ]);
    expect(problemIn(await send(`/${shared.id}`, { name: 'Mine' })).code).toBe('forbidden');
    expect(problemIn(await remove(shared.id)).code).toBe('forbidden');
    const renamed = await send(`/${shared.id}`, { name: 'All takings' }, admin);
    expect(renamed.body).toMatchObject({ name: 'All takings', isShared: true });
    const stranger = await stage.token(await stage.tenant());
    expect(await mine(stranger)).toEqual([]);
    expect(problemIn(await send(`/${shared.id}`, { name: 'X' }, stranger)).code).toBe('not-found');
    token = admin;
    expect((await remove(shared.id)).status).toBe(204);
  });

  test('there are fifty at most', async () => {
    for (let n = 0; n < 50; n += 1) await keep(`View ${n}`);

    expect(problemIn(await send('', { name: 'More', view: view('x') })).code).toBe(
      'too-many-views',
    );
    await expect(keep('View 7')).resolves.toMatchObject({ name: 'View 7' });
  });
});
