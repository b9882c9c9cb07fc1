import { randomUUID } from 'node:crypto';
import { acceptedOperation } from '../../api/operations/schema.ts';
import { passwordVerdict, statement, undoPreview } from '../../api/statements/schema.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { id } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aShortcode } from '../support/collections.ts';
import { aPosted, anOwner, post, rows } from '../support/api-statements.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

describe('POST /v1/statements/{id}/password', () => {
  test('the run says whether the password opens the file', async () => {
    const answers = [
      { accepted: false, problem: 'password-wrong', triesLeft: 4 },
      { accepted: true, problem: null, triesLeft: 4 },
    ] as const;
    const { token, path } = await anOwner(stage, 'waiting-password');
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
    const { token, path } = await anOwner(stage, 'processing');

    const answer = await stage.fetch(`${path}/password`, { token, json: { password: 'x' } });

    expect(problemIn(answer).code).toBe('not-waiting');
  });

  test.each([
    ['closed', 409],
    ['not-waiting', 409],
    ['pending', 503],
    ['unavailable', 503],
  ] as const)('a run that is %s answers %d', async (kind, status) => {
    const { token, path } = await anOwner(stage, 'waiting-password');
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
    const { token, path, somebody } = await anOwner(stage, 'waiting-review');
    const spy = jest.spyOn(stage.temporal, 'reviewStatement').mockResolvedValueOnce(accepted);

    const answer = await stage.fetch(`${path}/review`, { token, json: { decision: 'post' } });

    expect(answer.status).toBe(200);
    expect(statement.parse(answer.body).id).toBe(path.split('/').at(-1));
    expect(spy.mock.calls[0]?.[1]).toEqual({ decision: 'post', decidedBy: somebody.userId });
    spy.mockRestore();
  });

  test('a decision on an older version is refused', async () => {
    const { token, path } = await anOwner(stage, 'waiting-review');
    const headers = { 'if-match': 'W/"999"' };

    const answer = await stage.fetch(`${path}/review`, {
      token,
      headers,
      json: { decision: 'post' },
    });

    expect(problemIn(answer).code).toBe('precondition-failed');
  });

  test('the same idempotency key decides once', async () => {
    const { token, path } = await anOwner(stage, 'waiting-review');
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
    const { token, path } = await anOwner(stage, 'waiting-review');
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
      const { token, path } = await anOwner(stage, 'waiting-review');
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
    const { token, path } = await anOwner(stage, 'waiting-review');
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
    const { token, path, somebody, accountId } = await aPosted(stage);
    await post(stage, somebody, { accountId, rows: rows.slice(0, 1) });

    const preview = undoPreview.parse((await stage.fetch(`${path}/undo-preview`, { token })).body);

    expect(preview).toMatchObject({
      transactionCount: 2,
      keptCount: 1,
      inCents: 0,
      outCents: 2_533,
    });
  });

  test('POST /v1/statements/{id}/undo starts one run, and a second one is refused', async () => {
    const { token, path, somebody } = await aPosted(stage);

    const answer = await stage.fetch(`${path}/undo`, { token, json: { reason: 'wrong file' } });
    const again = await stage.fetch(`${path}/undo`, { token, json: {} });

    expect(answer.status).toBe(202);
    const { operation } = acceptedOperation.parse(answer.body);
    expect(operation).toMatchObject({ kind: 'statement.undo', status: 'running' });
    expect(answer.headers.get('location')).toBe(`/v1/operations/${operation.id}`);
    expect(stage.temporal.calls.at(-1)).toMatchObject({
      name: 'start',
      args: [
        {
          workflow: 'undoStatement',
          input: { requestedBy: somebody.userId, reason: 'wrong file' },
        },
      ],
    });
    expect(problemIn(again).code).toBe('cannot-undo');
  });

  test('money that only the statement told of is counted before it leaves', async () => {
    const { token, path, somebody } = await aPosted(stage);
    await stage.database.db.withTenant(somebody.tenantId, async (t) => {
      const shortcodeId = await aShortcode(t);
      const { workflow_id: workflowId } = await t.query
        .selectFrom('statements')
        .select('workflow_id')
        .executeTakeFirstOrThrow();
      for (const receipt of ['UKE7Q2X9LA', 'UKE7Q2X9LB']) {
        const paymentId = id('receivedPayment', randomUUID());
        await recordReceived(t, {
          ...{ id: paymentId, shortcodeId, receipt },
          ...{ source: 'statement', amountCents: cents(20_000), workflowId },
          words: { reference: 'INV-1', msisdn: '', name: '' },
          occurredAt: instantFromEpochMs(Date.now()),
        });
        await t.query
          .updateTable('received_payments')
          .set({ state: 'unallocated' })
          .where('id', '=', paymentId)
          .execute();
      }
    });

    const preview = await stage.fetch(`${path}/undo-preview`, { token });

    expect(undoPreview.parse(preview.body).money).toEqual({
      ...{ leaving: { count: 2, amountCents: 40_000 }, staying: { count: 0, amountCents: 0 } },
      ...{ blockedBy: [], isBlockedByMore: false },
    });
    // They are not in the books, which nobody may overlook afterwards.
    await stage.database.asOwner(
      `update shared.received_payments set state = 'received' where tenant_id = $1`,
      [somebody.tenantId],
    );
  });

  test('a statement whose money was given to somebody names it and stays', async () => {
    const { token, path, somebody } = await aPosted(stage);
    await stage.database.db.withTenant(somebody.tenantId, async (t) => {
      const shortcodeId = await aShortcode(t);
      const { workflow_id: workflowId } = await t.query
        .selectFrom('statements')
        .select('workflow_id')
        .executeTakeFirstOrThrow();
      await recordReceived(t, {
        ...{ id: id('receivedPayment', randomUUID()), shortcodeId, receipt: 'UKE7Q2X9LM' },
        ...{ source: 'statement', amountCents: cents(150_000), workflowId },
        words: { reference: 'INV-1', msisdn: '', name: '' },
        occurredAt: instantFromEpochMs(Date.now()),
      });
    });

    const answer = await stage.fetch(`${path}/undo`, { token, json: {} });
    const preview = await stage.fetch(`${path}/undo-preview`, { token });

    expect(undoPreview.parse(preview.body).money).toMatchObject({
      leaving: { count: 0, amountCents: 0 },
      blockedBy: [{ receipt: 'UKE7Q2X9LM', amountCents: 150_000, kind: 'received' }],
      isBlockedByMore: false,
    });
    expect(problemIn(answer)).toMatchObject({
      ...{ status: 409, code: 'money-was-used' },
      detail: 'Take these back to the desk first: UKE7Q2X9LM (KES 1,500.00).',
    });
  });

  test('a statement that is not posted cannot be undone', async () => {
    const { token, path } = await anOwner(stage, 'processing');

    const answer = await stage.fetch(`${path}/undo`, { token, json: {} });

    expect(problemIn(answer).code).toBe('cannot-undo');
  });

  test('an analyst may look, not undo', async () => {
    const { path, somebody } = await aPosted(stage);
    const analyst = await stage.token(somebody, 'analyst');

    expect((await stage.fetch(`${path}/undo-preview`, { token: analyst })).status).toBe(200);
    const answer = await stage.fetch(`${path}/undo`, { token: analyst, json: {} });
    expect(problemIn(answer).code).toBe('forbidden');
  });
});
