import { acceptedOperation } from '../../api/operations/schema.ts';
import {
  passwordVerdict,
  statement,
  statementLinePage,
  statementPage,
  statementRejectPage,
  undoPreview,
} from '../../api/statements/schema.ts';
import { recomputeRollups } from '../../db/analytics.ts';
import { appendRejects } from '../../db/statement-rejects.ts';

import { patchStatement } from '../../db/statements.ts';
import { parsePublicId, toPublicId, type AccountId, type StatementId } from '../../domain/ids.ts';
import { businessDate } from '../../domain/time.ts';
import { aStatement, postStatement, type Row } from '../db/fixture.ts';
import type { Somebody } from '../support/tenants.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const rows: Row[] = [
  { receipt: 'TBA1AAAAAA', direction: 'in', amountCents: 10_000, minute: 0 },
  { receipt: 'TBA1AAAAAB', direction: 'out', amountCents: 2_500, minute: 1 },
  { receipt: 'TBA1AAAAAB', direction: 'out', amountCents: 33, minute: 1, nature: 'charge' },
  { receipt: 'TBA1AAAAAC', direction: undefined, amountCents: 0, minute: 2 },
];

/** An owner with a token and statements in the given statuses, oldest first. */
async function anOwner(...statuses: ('processing' | 'waiting-password' | 'waiting-review')[]) {
  const somebody = await stage.tenant();
  const ids: StatementId[] = [];
  for (const status of statuses) {
    ids.push(
      await stage.database.db.withTenant(somebody.tenantId, async (t) => {
        const statementId = await aStatement(t, somebody.userId);
        await patchStatement(t, statementId, { status });
        return statementId;
      }),
    );
  }
  const token = await stage.token(somebody);
  const paths = ids.map((id) => `/v1/statements/${toPublicId('statement', id)}`);
  return { somebody, token, ids, paths, path: paths[0] ?? '' };
}

/** Posts rows and brings the daily figures up to date, as the product does. */
async function post(somebody: Somebody, posting: { rows: Row[]; accountId?: AccountId }) {
  const { db } = stage.database;
  const posted = await postStatement(db, somebody, posting);
  await db.withTenant(somebody.tenantId, (t) =>
    recomputeRollups(t, posted.accountId, [businessDate('2026-01-01')]),
  );
  return posted;
}

async function aPosted() {
  const { somebody, token } = await anOwner();
  const posted = await post(somebody, { rows });
  const path = `/v1/statements/${toPublicId('statement', posted.statementId)}`;
  return { somebody, token, path, ...posted };
}

describe('GET /v1/statements', () => {
  const list = async (token: string, query = '') =>
    statementPage.parse((await stage.fetch(`/v1/statements${query}`, { token })).body);

  test('pages follow each other without gaps or repeats, newest first', async () => {
    const { token, ids } = await anOwner('processing', 'processing', 'processing');

    const first = await list(token, '?limit=2');
    const second = await list(token, `?limit=2&cursor=${first.nextCursor}`);

    const seen = [...first.data, ...second.data].map(({ id }) => parsePublicId('statement', id));
    expect(seen).toEqual(ids.toReversed());
    expect([first.hasMore, second.hasMore, second.nextCursor]).toEqual([true, false, null]);
  });

  test('filters select by status, and an order may be turned round', async () => {
    const { token, ids } = await anOwner('waiting-review', 'processing', 'waiting-password');

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
    const { token } = await anOwner();

    const answer = await stage.fetch(`/v1/statements?${query}`, { token });

    expect(answer.status).toBe(422);
    expect(problemIn(answer).errors).toEqual([
      expect.objectContaining({ in: 'query', pointer: `/${field}` }),
    ]);
  });

  test.each(["' or 1=1--", 'id;drop table statements', '%', '_', '\\', '名前 😀', '"><script>'])(
    'the words %j are looked for and do nothing else',
    async (q) => {
      const { token } = await anOwner('processing');

      const page = await list(token, `?q=${encodeURIComponent(q)}`);

      expect(page.data).toEqual([]);
    },
  );

  test('a cursor is worth nothing when altered, elsewhere, with other filters or to others', async () => {
    const { token } = await anOwner('processing', 'processing');
    const stranger = await anOwner('processing', 'processing');
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
    const { token, path } = await anOwner('processing');
    const first = await stage.fetch(path, { token });
    const tag = first.headers.get('etag') ?? '';

    const again = await stage.fetch(path, { token, headers: { 'if-none-match': tag } });

    expect(statement.parse(first.body).canUndo).toBe(false);
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('a statement of another tenant is not found, word for word like one of nobody', async () => {
    const { path } = await anOwner('processing');
    const stranger = await anOwner();

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
    const { token, path } = await aPosted();

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
    const { token, somebody, path } = await aPosted();
    const other = await post(somebody, {
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
    const owner = await anOwner('processing');
    const [statementId] = owner.ids;
    if (statementId === undefined) throw new Error('no statement');
    await stage.database.db.withTenant(owner.somebody.tenantId, (t) =>
      appendRejects(t, statementId, [
        { seq: 0, page: 1, line: 7, raw: '=cmd|calc | x', reason: 'amount-malformed', detail: 'a' },
        { seq: 1, page: 2, line: 3, raw: 'plain, "quoted"', reason: 'time-malformed', detail: 'b' },
      ]),
    );
    return owner;
  }

  test('they come as JSON with place, text and reason', async () => {
    const { token, path } = await withRejects();

    const page = statementRejectPage.parse((await stage.fetch(`${path}/rejects`, { token })).body);

    expect(page.data[0]).toEqual({
      page: 1,
      line: 7,
      raw: '=cmd|calc | x',
      reason: 'amount-malformed',
      detail: 'a',
    });
  });

  test('as CSV, what would be a formula is text', async () => {
    const { token, path } = await withRejects();

    const answer = await stage.fetch(`${path}/rejects`, { token, headers: { accept: 'text/csv' } });

    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.text).toBe(
      [
        'Page,Line,Reason,Detail,Text',
        `1,7,amount-malformed,a,"'=cmd|calc | x"`,
        `2,3,time-malformed,b,"plain, ""quoted"""`,
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

describe('POST /v1/statements/{id}/password', () => {
  test('the run says whether the password opens the file', async () => {
    const answers = [
      { accepted: false, problem: 'password-wrong', triesLeft: 4 },
      { accepted: true, problem: null, triesLeft: 4 },
    ] as const;
    const { token, path } = await anOwner('waiting-password');
    const spy = jest.spyOn(stage.temporal, 'providePassword');
    for (const verdict of answers) {
      spy.mockResolvedValueOnce({ kind: 'answered', verdict });
      const answer = await stage.fetch(`${path}/password`, {
        token,
        json: { password: 'canary-1' },
      });
      expect(passwordVerdict.parse(answer.body)).toEqual(verdict);
    }

    expect(JSON.stringify(spy.mock.calls)).not.toContain('canary-1');
    expect(stage.logs.join()).not.toContain('canary-1');
    spy.mockRestore();
  });

  test('a statement that waits for nothing takes no password', async () => {
    const { token, path } = await anOwner('processing');

    const answer = await stage.fetch(`${path}/password`, { token, json: { password: 'x' } });

    expect(problemIn(answer).code).toBe('not-waiting');
  });

  test.each([
    ['closed', 409],
    ['not-waiting', 409],
    ['pending', 503],
    ['unavailable', 503],
  ] as const)('a run that is %s answers %d', async (kind, status) => {
    const { token, path } = await anOwner('waiting-password');
    const spy = jest.spyOn(stage.temporal, 'providePassword').mockResolvedValueOnce({ kind });

    const answer = await stage.fetch(`${path}/password`, { token, json: { password: 'x' } });

    expect(problemIn(answer).status).toBe(status);
    if (status === 503) expect(answer.headers.get('retry-after')).toBe('5');
    spy.mockRestore();
  });
});

describe('POST /v1/statements/{id}/review', () => {
  const accepted = { kind: 'answered', verdict: { accepted: true, decision: 'post' } } as const;

  test('the decision goes to the run with the name of who decided', async () => {
    const { token, path, somebody } = await anOwner('waiting-review');
    const spy = jest.spyOn(stage.temporal, 'reviewStatement').mockResolvedValueOnce(accepted);

    const answer = await stage.fetch(`${path}/review`, { token, json: { decision: 'post' } });

    expect(answer.status).toBe(200);
    expect(statement.parse(answer.body).id).toBe(path.split('/').at(-1));
    expect(spy.mock.calls[0]?.[1]).toEqual({ decision: 'post', decidedBy: somebody.userId });
    spy.mockRestore();
  });

  test('a decision on an older version is refused', async () => {
    const { token, path } = await anOwner('waiting-review');
    const headers = { 'if-match': 'W/"999"' };

    const answer = await stage.fetch(`${path}/review`, {
      token,
      headers,
      json: { decision: 'post' },
    });

    expect(problemIn(answer).code).toBe('precondition-failed');
  });

  test('the same idempotency key decides once', async () => {
    const { token, path } = await anOwner('waiting-review');
    const spy = jest.spyOn(stage.temporal, 'reviewStatement').mockResolvedValue(accepted);
    const headers = { 'idempotency-key': 'a-key-of-16-chars' };
    const decide = (decision: string) =>
      stage.fetch(`${path}/review`, { token, headers, json: { decision } });

    const [first, again, other] = [
      await decide('post'),
      await decide('post'),
      await decide('refuse'),
    ];

    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(problemIn(other).code).toBe('idempotency-mismatch');
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });

  test('fifty requests with one key at once decide once', async () => {
    const { token, path } = await anOwner('waiting-review');
    const spy = jest.spyOn(stage.temporal, 'reviewStatement').mockResolvedValue(accepted);
    const headers = { 'idempotency-key': 'another-key-of-chars' };

    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        stage.fetch(`${path}/review`, { token, headers, json: { decision: 'post' } }),
      ),
    );

    expect(spy).toHaveBeenCalledTimes(1);
    expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    spy.mockRestore();
  });

  test.each(['short', 'with a space inside it', 'x'.repeat(300)])(
    'the idempotency key %j is malformed',
    async (key) => {
      const { token, path } = await anOwner('waiting-review');
      const headers = { 'idempotency-key': key };

      const answer = await stage.fetch(`${path}/review`, {
        token,
        headers,
        json: { decision: 'post' },
      });

      expect(problemIn(answer).code).toBe('idempotency-key-malformed');
    },
  );

  test('nothing but the decision and a reason can be said', async () => {
    const { token, path } = await anOwner('waiting-review');
    const json = { decision: 'maybe', tenantId: 'x', status: 'posted', id: 'y' };

    const answer = await stage.fetch(`${path}/review`, { token, json });

    expect(
      problemIn(answer)
        .errors.map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/decision', '/id', '/status', '/tenantId']);
  });
});

describe('undoing a statement', () => {
  test('GET /v1/statements/{id}/undo-preview counts what would go and what stays', async () => {
    const { token, path, somebody, accountId } = await aPosted();
    await post(somebody, { accountId, rows: rows.slice(0, 1) });

    const preview = undoPreview.parse((await stage.fetch(`${path}/undo-preview`, { token })).body);

    expect(preview).toMatchObject({
      transactionCount: 2,
      keptCount: 1,
      inCents: 0,
      outCents: 2_533,
    });
  });

  test('POST /v1/statements/{id}/undo starts one run, and a second one is refused', async () => {
    const { token, path, somebody } = await aPosted();

    const answer = await stage.fetch(`${path}/undo`, { token, json: { reason: 'wrong file' } });
    const again = await stage.fetch(`${path}/undo`, { token, json: {} });

    expect(answer.status).toBe(202);
    const { operation } = acceptedOperation.parse(answer.body);
    expect(operation).toMatchObject({ kind: 'statement.undo', status: 'running' });
    expect(answer.headers.get('location')).toBe(`/v1/operations/${operation.id}`);
    expect(stage.temporal.calls.at(-1)).toMatchObject({
      name: 'startUndo',
      args: [{ input: { requestedBy: somebody.userId, reason: 'wrong file' } }],
    });
    expect(problemIn(again).code).toBe('cannot-undo');
  });

  test('a statement that is not posted cannot be undone', async () => {
    const { token, path } = await anOwner('processing');

    const answer = await stage.fetch(`${path}/undo`, { token, json: {} });

    expect(problemIn(answer).code).toBe('cannot-undo');
  });

  test('an analyst may look, not undo', async () => {
    const { path, somebody } = await aPosted();
    const analyst = await stage.token(somebody, 'analyst');

    expect((await stage.fetch(`${path}/undo-preview`, { token: analyst })).status).toBe(200);
    const answer = await stage.fetch(`${path}/undo`, { token: analyst, json: {} });
    expect(problemIn(answer).code).toBe('forbidden');
  });
});
