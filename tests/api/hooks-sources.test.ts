import { randomUUID } from 'node:crypto';
import { callbackSources } from '../../api/hooks/sources.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { stkBody } from '../support/hook-bodies.ts';

describe('where callbacks may come from (C2)', () => {
  let stage: ApiStage;
  beforeAll(async () => {
    stage = await openApiStage({ daraja: { callbackSources: ['196.201.214.0/24', '10.0.0.1'] } });
  });
  afterAll(() => stage.close());

  async function post(headers: Record<string, string> = {}) {
    const { tenantId } = await stage.tenant();
    const about = { tenantId, targetId: randomUUID() };
    const token = stage.dependencies.hooks.tokens.tokenOf('s', about);
    return stage.fetch(`/hooks/s/${token}`, { json: stkBody(), headers });
  }

  test('another address is refused with 403 even with a genuine token, and nothing is kept', async () => {
    const answer = await post();
    const rows = await stage.database.asOwner('select 1 from shared.callback_inbox');

    expect(problemIn(answer)).toMatchObject({ status: 403, code: 'source-not-allowed' });
    expect(rows).toEqual([]);
  });

  test('an address somebody claims by a header is not believed without a trusted proxy', async () => {
    expect((await post({ 'x-forwarded-for': '196.201.214.200' })).status).toBe(403);
  });

  test('a wrong token is answered 404 from anywhere', async () => {
    expect((await stage.fetch('/hooks/s/nothing', { json: {} })).status).toBe(404);
  });
});

describe('the list of sources', () => {
  test.each([
    ['196.201.214.200', true],
    ['196.201.215.200', false],
    ['::ffff:196.201.214.1', true],
    ['10.0.0.1', true],
    ['10.0.0.2', false],
    ['2001:db8::7', true],
    ['2001:db9::7', false],
    ['', false],
    ['nonsense', false],
  ])('%s: %p', (address, isAllowed) => {
    const allows = callbackSources(['196.201.214.0/24', '10.0.0.1', '2001:db8::/32']);
    expect(allows(address)).toBe(isAllowed);
  });

  test('an empty list lets all in, and an entry that is no address stops the start', () => {
    expect(callbackSources([])('203.0.113.9')).toBe(true);
    for (const entry of ['safaricom', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/x', '300.1.1.1']) {
      expect(() => callbackSources([entry])).toThrow();
    }
  });
});
