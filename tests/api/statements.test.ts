import {
  statement,
  statementLinePage,
  statementPage,
  statementRejectPage,
} from '../../api/statements/schema.ts';
import { appendRejects } from '../../db/statement-rejects.ts';
import { rowPhrases, tellRow } from '../../domain/statements/row-phrases.ts';
import { parsePublicId, toPublicId } from '../../domain/ids.ts';
import { aPosted, anOwner, post } from '../support/api-statements.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

describe('GET /v1/statements', () => {
  const list = async (token: string, query = '') =>
    statementPage.parse((await stage.fetch(`/v1/statements${query}`, { token })).body);

  test('pages follow each other without gaps or repeats, newest first', async () => {
    const { token, ids } = await anOwner(stage, 'processing', 'processing', 'processing');

    const first = await list(token, '?limit=2');
    const second = await list(token, `?limit=2&cursor=${first.nextCursor}`);

    const seen = [...first.data, ...second.data].map(({ id }) => parsePublicId('statement', id));
    expect(seen).toEqual(ids.toReversed());
    expect([first.hasMore, second.hasMore, second.nextCursor]).toEqual([true, false, null]);
  });

  test('filters select by status, and an order may be turned round', async () => {
    const { token, ids } = await anOwner(stage, 'waiting-review', 'processing', 'waiting-password');

    const waiting = await list(token, '?status=waiting-review,waiting-password&sort=createdAt');

    expect(waiting.data.map(({ id }) => parsePublicId('statement', id))).toEqual([ids[0], ids[2]]);
    expect(waiting.data.map(({ waitingFor }) => waitingFor)).toEqual(['review', 'password']);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1e9', 'limit'],
    ['limit=201', 'limit'],
    ['status=posted,unknown', 'status'],
    ['sort=fileName', 'sort'],
    ['fields=password_hash', 'fields'],
    ['tenantId=x', 'tenantId'],
    ['accountId=acc_1', 'accountId'],
    ['createdAt[gte]=yesterday', 'createdAt[gte]'],
    ['limit=1&limit=2', 'limit'],
  ])('%s is refused, and the field is named', async (query, field) => {
    const { token } = await anOwner(stage);

    const answer = await stage.fetch(`/v1/statements?${query}`, { token });

    expect(answer.status).toBe(422);
    expect(problemIn(answer).errors).toEqual([
      expect.objectContaining({ in: 'query', pointer: `/${field}` }),
    ]);
  });

  test.each(["' or 1=1--", 'id;drop table statements', '%', '_', '\\', '名前 😀', '"><script>'])(
    'the words %j are looked for and do nothing else',
    async (q) => {
      const { token } = await anOwner(stage, 'processing');

      const page = await list(token, `?q=${encodeURIComponent(q)}`);

      expect(page.data).toEqual([]);
    },
  );

  test('a cursor is worth nothing when altered, elsewhere, with other filters or to others', async () => {
    const { token } = await anOwner(stage, 'processing', 'processing');
    const stranger = await anOwner(stage, 'processing', 'processing');
    const { nextCursor } = await list(token, '?limit=1');
    const ask = async (query: string, by = token) =>
      problemIn(await stage.fetch(`/v1/statements?limit=1&${query}`, { token: by })).code;

    expect(await ask(`cursor=${nextCursor}x`)).toBe('invalid-cursor');
    expect(await ask(`cursor=x${nextCursor}`)).toBe('invalid-cursor');
    expect(await ask('cursor=e30.AAAA')).toBe('invalid-cursor');
    expect(await ask(`cursor=${nextCursor}&sort=createdAt`)).toBe('invalid-cursor');
    expect(await ask(`cursor=${nextCursor}`, stranger.token)).toBe('invalid-cursor');
  });
});

describe('GET /v1/statements/{id}', () => {
  test('an unchanged statement is not sent twice', async () => {
    const { token, path } = await anOwner(stage, 'processing');
    const first = await stage.fetch(path, { token });
    const tag = first.headers.get('etag') ?? '';

    const again = await stage.fetch(path, { token, headers: { 'if-none-match': tag } });

    expect(statement.parse(first.body).canUndo).toBe(false);
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('a statement of another tenant is not found, word for word like one of nobody', async () => {
    const { path } = await anOwner(stage, 'processing');
    const stranger = await anOwner(stage);

    const [foreign, nothing] = [
      await stage.fetch(path, { token: stranger.token }),
      await stage.fetch(`/v1/statements/stm_${'0'.repeat(32)}`, { token: stranger.token }),
    ];

    const bare = (text: string) => text.replace(/"(?:instance|requestId)":"[^"]*"/g, '');
    expect(problemIn(foreign).code).toBe('not-found');
    expect(bare(foreign.text)).toBe(bare(nothing.text));
  });
});

describe('GET /v1/statements/{id}/lines', () => {
  test('rows come in the order of the file and tell whether they were new', async () => {
    const { token, path } = await aPosted(stage);

    const first = statementLinePage.parse(
      (await stage.fetch(`${path}/lines?limit=3`, { token })).body,
    );
    const rest = statementLinePage.parse(
      (await stage.fetch(`${path}/lines?limit=3&cursor=${first.nextCursor}`, { token })).body,
    );

    const lines = [...first.data, ...rest.data];
    expect(lines.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3]);
    expect(lines.map(({ isNew }) => isNew)).toEqual([true, true, true, null]);
    expect(lines[0]).toMatchObject({ receipt: 'TBA1AAAAAA', inCents: 10_000, outCents: 0 });
  });

  test('a cursor of one statement is worth nothing for another', async () => {
    const { token, somebody, path } = await aPosted(stage);
    const other = await post(stage, somebody, {
      rows: [{ receipt: 'TBB1AAAAAA', direction: 'in', amountCents: 1, minute: 9 }],
    });
    const page = statementLinePage.parse(
      (await stage.fetch(`${path}/lines?limit=1`, { token })).body,
    );

    const otherPath = `/v1/statements/${toPublicId('statement', other.statementId)}/lines`;
    const answer = await stage.fetch(`${otherPath}?limit=1&cursor=${page.nextCursor}`, { token });

    expect(problemIn(answer).code).toBe('invalid-cursor');
  });
});

describe('GET /v1/statements/{id}/rejects', () => {
  async function withRejects() {
    const owner = await anOwner(stage, 'processing');
    const [statementId] = owner.ids;
    if (statementId === undefined) throw new Error('no statement');
    const detail = tellRow('time-impossible');
    await stage.database.db.withTenant(owner.somebody.tenantId, (t) =>
      appendRejects(t, statementId, [
        { seq: 0, page: 1, line: 7, raw: '=cmd|calc | x', reason: 'amount-malformed', detail: 'a' },
        { seq: 1, page: 2, line: 3, raw: 'plain, "quoted"', reason: 'time-malformed', detail },
      ]),
    );
    return owner;
  }

  test('they come as JSON with place, text and reason in both languages', async () => {
    const { token, path } = await withRejects();

    const page = statementRejectPage.parse((await stage.fetch(`${path}/rejects`, { token })).body);

    expect(page.data[0]).toMatchObject({
      page: 1,
      line: 7,
      raw: '=cmd|calc | x',
      reason: 'amount-malformed',
      ...{ detail: 'a', detailSw: null, state: 'open', isSettled: false, version: 1 },
    });
    expect(page.data[1]).toMatchObject({
      ...{ detail: tellRow('time-impossible'), detailSw: rowPhrases['time-impossible'].sw },
    });
  });

  test('as CSV, what would be a formula is text', async () => {
    const { token, path } = await withRejects();

    const answer = await stage.fetch(`${path}/rejects`, { token, headers: { accept: 'text/csv' } });

    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.text).toBe(
      [
        'Page,Line,Reason,Detail,Text,State,Taken in,Decided by,Why skipped',
        `1,7,amount-malformed,a,"'=cmd|calc | x",open,,,`,
        `2,3,time-malformed,${tellRow('time-impossible')},"plain, ""quoted""",open,,,`,
        '',
      ].join('\r\n'),
    );
  });

  test('as a picture they are not to be had', async () => {
    const { token, path } = await withRejects();

    const answer = await stage.fetch(`${path}/rejects`, {
      token,
      headers: { accept: 'image/png' },
    });

    expect(problemIn(answer).code).toBe('not-acceptable');
  });
});
