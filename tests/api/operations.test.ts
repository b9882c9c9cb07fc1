import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { createdApiKey } from '../../api/keys/schema.ts';
import { acceptedOperation, operation, operationEvent } from '../../api/operations/schema.ts';
import { announce } from '../../activities/operations.ts';
import {
  appendOperationEvent,
  findOperation,
  insertOperation,
  patchOperation,
} from '../../db/operations.ts';
import type { OperationEventType } from '../../db/operations.ts';
import { id, toPublicId, type OperationId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

interface Running {
  somebody: Somebody;
  token: string;
  operationId: OperationId;
  path: string;
}

async function anOperation(at: ApiStage = stage): Promise<Running> {
  const somebody = await at.tenant();
  const operationId = id('operation', randomUUID());
  await at.database.db.withTenant(somebody.tenantId, (t) =>
    insertOperation(t, {
      id: operationId,
      kind: 'statement.ingest',
      subjectId: randomUUID(),
      workflowId: `statement/${operationId}`,
      createdBy: somebody.userId,
    }),
  );
  const path = `/v1/operations/${toPublicId('operation', operationId)}`;
  return { somebody, token: await at.token(somebody), operationId, path };
}

async function happens(
  running: Running,
  event: { type: OperationEventType; data: Record<string, unknown> },
  at: ApiStage = stage,
): Promise<void> {
  const { somebody, operationId } = running;
  await at.database.db.withTenant(somebody.tenantId, async (t) => {
    await appendOperationEvent(t, operationId, event);
    if (event.type === 'finished') await patchOperation(t, operationId, { status: 'succeeded' });
  });
  announce(at.dependencies.redis, { tenantId: somebody.tenantId, operationId });
}

const stageEvent = (name: string) => ({ type: 'stage' as const, data: { stage: name } });
const finished = { type: 'finished' as const, data: { status: 'succeeded', verdict: 'proven' } };

describe('GET /v1/operations/{id}', () => {
  test('it says how far the work has come, where to look, and when to ask again', async () => {
    const { token, path } = await anOperation();

    const answer = await stage.fetch(path, { token });

    expect(answer.status).toBe(200);
    const shown = operation.parse(answer.body);
    expect(shown).toMatchObject({ status: 'running', kind: 'statement.ingest' });
    expect(shown.runUrl).toBe(`http://ui.test/${encodeURIComponent(shown.workflowId)}`);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('an unchanged operation is not sent twice', async () => {
    const running = await anOperation();
    const { token, path } = running;
    const tag = (await stage.fetch(path, { token })).headers.get('etag') ?? '';

    const same = await stage.fetch(path, { token, headers: { 'if-none-match': tag } });
    await happens(running, finished);
    const changed = await stage.fetch(path, { token, headers: { 'if-none-match': tag } });

    expect([same.status, changed.status]).toEqual([304, 200]);
    expect(changed.headers.get('retry-after')).toBeNull();
  });

  test('Prefer: wait answers as soon as the work is over', async () => {
    const running = await anOperation();
    const started = performance.now();

    const waiting = stage.fetch(running.path, {
      token: running.token,
      headers: { prefer: 'respond-async, wait=25' },
    });
    await happens(running, finished);
    const answer = await waiting;

    expect(operation.parse(answer.body).status).toBe('succeeded');
    expect(answer.headers.get('preference-applied')).toBe('wait=25');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('Prefer: wait gives up after its time with the state as it is', async () => {
    const { token, path } = await anOperation();

    const answer = await stage.fetch(path, { token, headers: { prefer: 'wait=1' } });

    expect(operation.parse(answer.body).status).toBe('running');
  });

  test('an operation of another tenant is not found', async () => {
    const { path } = await anOperation();
    const token = await stage.token(await stage.tenant());

    for (const suffix of ['', '/events']) {
      expect(problemIn(await stage.fetch(`${path}${suffix}`, { token })).code).toBe('not-found');
    }
  });
});

/** Reads an event stream in the background until the server ends it. */
async function watch(running: Running, options: { lastId?: number; at?: ApiStage } = {}) {
  const { at = stage, lastId } = options;
  const response = await fetch(`${at.baseUrl}${running.path}/events`, {
    headers: {
      authorization: `Bearer ${running.token}`,
      'accept-encoding': 'gzip, br',
      ...(lastId === undefined ? {} : { 'last-event-id': String(lastId) }),
    },
  });
  const seen: { text: string } = { text: '' };
  const ended = (async () => {
    for await (const chunk of response.body ?? []) seen.text += Buffer.from(chunk).toString();
  })();
  const ids = () => [...seen.text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
  return { response, seen, ended, ids };
}

describe('GET /v1/operations/{id}/events', () => {
  test('events arrive while the work goes on, and the stream ends with the work', async () => {
    const running = await anOperation();
    await happens(running, stageEvent('received'));
    const stream = await watch(running);
    await until(() => stream.ids().length === 1);

    await happens(running, stageEvent('unlocked'));
    await until(() => stream.ids().length === 2, { withinMs: 20_000 });
    await happens(running, finished);
    await stream.ended;

    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.response.headers.get('content-encoding')).toBeNull();
    expect(stream.ids()).toEqual([1, 2, 3]);
    const events = [...stream.seen.text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/gm)];
    for (const [, seq, type, data] of events) {
      const event = { seq: Number(seq), type, data: JSON.parse(data ?? '') };
      expect(operationEvent.safeParse(event).success).toBe(true);
    }
  });

  test('a client that comes back goes on after the last event it saw', async () => {
    const running = await anOperation();
    await happens(running, stageEvent('received'));
    await happens(running, stageEvent('unlocked'));
    await happens(running, finished);

    const stream = await watch(running, { lastId: 1 });
    await stream.ended;

    expect(stream.ids()).toEqual([2, 3]);
  });

  test('an id that is no number is refused', async () => {
    const { token, path } = await anOperation();
    const headers = { 'last-event-id': 'x' };

    const answer = await stage.fetch(`${path}/events`, { token, headers });

    expect(problemIn(answer).errors[0]).toMatchObject({ in: 'header', pointer: '/last-event-id' });
  });

  test('without Redis events still arrive, a second later', async () => {
    const nowhere = new Redis('redis://127.0.0.1:1', {
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    });
    nowhere.on('error', () => {});
    const away = await openApiStage({ world: { redis: nowhere } });
    try {
      const running = await anOperation(away);
      const stream = await watch(running, { at: away });
      await happens(running, stageEvent('received'), away);
      await until(() => stream.ids().length === 1, { withinMs: 20_000 });
      await happens(running, finished, away);
      await stream.ended;

      expect(stream.ids()).toEqual([1, 2]);
    } finally {
      nowhere.disconnect();
      await away.close();
    }
  }, 30_000);

  test('the stream of an API key ends when the key is revoked, and no other one does', async () => {
    const running = await anOperation();
    const keyed = async () => {
      const json = { name: 'Till', scopes: ['statements:read'] };
      const made = await stage.fetch('/v1/api-keys', { json, token: running.token });
      return createdApiKey.parse(made.body);
    };
    const [lost, kept] = [await keyed(), await keyed()];
    await happens(running, stageEvent('reading'));
    const cut = await watch({ ...running, token: lost.key });
    const other = await watch({ ...running, token: kept.key });
    let hasEnded = false;
    void other.ended.then(() => (hasEnded = true));
    await until(() => cut.ids().length === 1 && other.ids().length === 1);

    const path = `/v1/api-keys/${lost.apiKey.id}`;
    await stage.fetch(path, { method: 'DELETE', token: running.token });
    await cut.ended;

    expect(hasEnded).toBe(false);
    await happens(running, finished);
    await other.ended;
  });

  test('the stream ends when the token does', async () => {
    let nowMs = Date.now();
    const later = await openApiStage({ world: { now: () => nowMs } });
    try {
      const running = await anOperation(later);
      nowMs += 10 * 60_000 - 500;
      const stream = await watch(running, { at: later });

      await stream.ended;

      expect(stream.response.status).toBe(200);
    } finally {
      await later.close();
    }
  }, 30_000);
});

describe('POST /v1/operations/{id}/cancel', () => {
  test('running work is asked to stop', async () => {
    const { token, path, operationId } = await anOperation();

    const answer = await stage.fetch(`${path}/cancel`, { token, method: 'POST' });

    expect(answer.status).toBe(202);
    expect(acceptedOperation.parse(answer.body).operation.status).toBe('running');
    expect(stage.temporal.calls.at(-1)).toEqual({
      name: 'cancel',
      args: [`statement/${operationId}`],
    });
  });

  test('work that is over, or has begun to post, is not stopped', async () => {
    const over = await anOperation();
    await happens(over, finished);
    const posting = await anOperation();
    await stage.database.db.withTenant(posting.somebody.tenantId, (t) =>
      patchOperation(t, posting.operationId, { stage: 'posted' }),
    );

    for (const { token, path } of [over, posting]) {
      const answer = await stage.fetch(`${path}/cancel`, { token, method: 'POST' });
      expect(problemIn(answer).code).toBe('cannot-cancel');
    }
  });

  test('when Temporal is away, it says so and changes nothing', async () => {
    const { token, path, somebody, operationId } = await anOperation();
    const spy = jest.spyOn(stage.temporal, 'cancel').mockResolvedValueOnce('unavailable');

    const answer = await stage.fetch(`${path}/cancel`, { token, method: 'POST' });

    const after = await stage.database.db.withTenant(somebody.tenantId, (t) =>
      findOperation(t, operationId),
    );
    expect(problemIn(answer).code).toBe('unavailable');
    expect(after?.version).toBe(1);
    spy.mockRestore();
  });

  test('a role that only reads cannot stop anything', async () => {
    const { somebody, path } = await anOperation();
    const token = await stage.token(somebody, 'auditor');

    const answer = await stage.fetch(`${path}/cancel`, { token, method: 'POST' });

    expect(problemIn(answer).code).toBe('forbidden');
  });
});
