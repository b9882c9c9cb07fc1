/** Following work over WebSocket: the same events, the same doors, and nothing left open. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as ask, type IncomingMessage } from 'node:http';
import { createServer, connect, type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { announce } from '../../activities/operations.ts';
import { createdApiKey } from '../../api/keys/schema.ts';
import { feedOver } from '../../api/edge/web-sockets.ts';
import { appendOperationEvent, insertOperation, patchOperation } from '../../db/operations.ts';
import type { OperationEventType } from '../../db/operations.ts';
import { id, toPublicId, type OperationId } from '../../domain/ids.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  const edge = { rateLimitFactor: 1_000, corsOrigins: ['https://shop.example'] };
  stage = await openApiStage({ config: { edge } });
});
afterAll(() => stage.close());

interface Running {
  somebody: Somebody;
  token: string;
  operationId: OperationId;
  path: string;
}

async function anOperation(): Promise<Running> {
  const somebody = await stage.tenant();
  const operationId = id('operation', randomUUID());
  await stage.database.db.withTenant(somebody.tenantId, (t) =>
    insertOperation(t, {
      ...{ id: operationId, kind: 'statement.ingest', subjectId: randomUUID() },
      ...{ workflowId: `statement/${operationId}`, createdBy: somebody.userId },
    }),
  );
  const path = `/v1/operations/${toPublicId('operation', operationId)}/events`;
  return { somebody, token: await stage.token(somebody), operationId, path };
}

async function happens(
  { somebody, operationId }: Running,
  type: OperationEventType,
  stageName = '',
) {
  await stage.database.db.withTenant(somebody.tenantId, async (t) => {
    await appendOperationEvent(t, operationId, { type, data: { stage: stageName } });
    if (type === 'finished') await patchOperation(t, operationId, { status: 'succeeded' });
  });
  announce(stage.dependencies.redis, { tenantId: somebody.tenantId, operationId });
}

const addressOf = (path: string) => `${stage.baseUrl.replace('http', 'ws')}${path}`;

async function follow(path: string, headers: Record<string, string>, protocols: string[] = []) {
  const socket = new WebSocket(addressOf(path), protocols, { headers });
  const seen: { id: number; type: string; data: unknown }[] = [];
  socket.on('message', (text) => seen.push(JSON.parse(String(text))));
  const closed = once(socket, 'close').then(([code]) => Number(code));
  const upgraded = once(socket, 'upgrade').then(([answer]) => answer as IncomingMessage);
  await once(socket, 'open');
  return { socket, seen, closed, answer: await upgraded };
}

const bearer = ({ token }: Running) => ({ authorization: `Bearer ${token}` });

/** What the server answers to a handshake as it stands. */
async function answerTo(path: string, headers: Record<string, string>, method = 'GET') {
  const asked = ask(`${stage.baseUrl}${path}`, { method, headers });
  asked.end();
  const [answer] = (await Promise.race([once(asked, 'response'), once(asked, 'upgrade')])) as [
    IncomingMessage,
  ];
  let text = '';
  if (answer.statusCode !== 101) for await (const piece of answer) text += String(piece);
  const { code = '' } = JSON.parse(text || '{}') as { code?: string };
  return { status: answer.statusCode, type: answer.headers['content-type'], code, answer };
}

const handshake = {
  ...{ connection: 'Upgrade', upgrade: 'websocket' },
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16, 7).toString('base64'),
};

describe('a feed over WebSocket', () => {
  test('brings what happened and what happens, and closes when the work is over', async () => {
    const running = await anOperation();
    await happens(running, 'stage', 'received');
    const { seen, closed, answer } = await follow(running.path, {
      ...bearer(running),
      'x-request-id': 'a-request-of-mine',
    });
    await until(() => seen.length === 1);
    await happens(running, 'stage', 'unlocked');
    await until(() => seen.length === 2);
    await happens(running, 'finished');

    expect(await closed).toBe(1000);
    expect(seen.map(({ id, type }) => [id, type])).toEqual([
      ...[
        [1, 'stage'],
        [2, 'stage'],
        [3, 'finished'],
      ],
    ]);
    expect(answer.headers['x-request-id']).toBe('a-request-of-mine');
    await until(() => stage.logs.some((line) => line.includes('"status":101')));
  });

  test('goes on behind the last event, for a browser that can say so by protocols only', async () => {
    const running = await anOperation();
    for (const name of ['received', 'unlocked', 'parsed']) await happens(running, 'stage', name);
    const offered = ['daftari.v1', `bearer.${running.token}`, 'after.2'];
    const headers = { origin: 'https://shop.example' };

    const { socket, seen } = await follow(running.path, headers, offered);

    await until(() => seen.length === 1);
    expect(seen[0]).toMatchObject({ id: 3, data: { stage: 'parsed' } });
    expect(socket.protocol).toBe('daftari.v1');
    socket.close();
  });

  test('ends for whoever signs out, within five seconds', async () => {
    const running = await anOperation();
    const { closed } = await follow(running.path, bearer(running));
    const begun = performance.now();
    const { sid } = JSON.parse(
      Buffer.from(running.token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { sid: string };

    await stage.fetch(`/v1/sessions/${toPublicId('session', id('session', sid))}`, {
      ...{ method: 'DELETE', token: running.token },
    });

    expect(await closed).toBe(1008);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('goes on while the business is suspended, and ends when it is closed', async () => {
    const running = await anOperation();
    const { seen, socket, closed } = await follow(running.path, bearer(running));
    const become = (status: string) =>
      stage.database.asOwner('update platform.tenants set status = $2 where id = $1', [
        running.somebody.tenantId,
        status,
      ]);
    await become('suspended');
    await until(async () => {
      const { token } = running;
      const change = { name: 'Another name' };
      const refused = await stage.fetch('/v1/settings', { token, json: change, method: 'POST' });
      return refused.status === 403;
    });
    await happens(running, 'stage', 'received');
    await until(() => seen.length === 1);
    expect(socket.readyState).toBe(WebSocket.OPEN);

    await become('closed');

    expect(await closed).toBe(1008);
  });

  test('ends for a key that is revoked', async () => {
    const running = await anOperation();
    const json = { name: 'Till', scopes: ['statements:read'] };
    const made = await stage.fetch('/v1/api-keys', { json, token: running.token });
    const { key, apiKey } = createdApiKey.parse(made.body);
    const { closed } = await follow(running.path, { authorization: `Bearer ${key}` });

    const { token } = running;
    await stage.fetch(`/v1/api-keys/${apiKey.id}`, { token, method: 'DELETE' });

    expect(await closed).toBe(1008);
  });

  test('reads nothing: a text ends it, and so does a long one before it has arrived', async () => {
    const running = await anOperation();
    const short = await follow(running.path, bearer(running));
    short.socket.send('hello');
    expect(await short.closed).toBe(1003);
    const long = await follow(running.path, bearer(running));
    long.socket.send('x'.repeat(2_000));
    expect(await long.closed).toBe(1009);
  });
});

describe('a handshake', () => {
  test.each([
    ['without a token', {}, 401, 'unauthenticated'],
    ['from a page of somebody else', { origin: 'https://evil.test' }, 403, 'origin-refused'],
    ['of another version', { 'sec-websocket-version': '8' }, 426, 'upgrade-required'],
    ['with a key that is none', { 'sec-websocket-key': 'short' }, 400, 'malformed-request'],
  ])('%s is refused like any request', async (what, headers, status, code) => {
    const running = await anOperation();
    const credentials = what === 'without a token' ? {} : bearer(running);
    const refused = await answerTo(running.path, { ...handshake, ...credentials, ...headers });
    expect(refused).toMatchObject({ status, code });
    expect(refused.type).toMatch(/^application\/problem\+json/);
    expect(refused.answer.headers['x-request-id']).toBeDefined();
  });

  test('for work of another business finds nothing, as for work there is not', async () => {
    const running = await anOperation();
    const other = bearer({ ...running, token: await stage.token(await stage.tenant()) });
    const nowhere = `/v1/operations/${toPublicId('operation', id('operation', randomUUID()))}/events`;
    for (const path of [running.path, nowhere]) {
      const refused = await answerTo(path, { ...handshake, ...other });
      expect(refused).toMatchObject({ status: 404, code: 'not-found' });
    }
  });

  test('where no feed is, or for another protocol, is an ordinary request', async () => {
    const running = await anOperation();
    const me = await answerTo('/v1/me', { ...handshake, ...bearer(running) });
    expect(me.status).toBe(200);
    const path = running.path.replace('/events', '');
    const next = { ...handshake, ...bearer(running), upgrade: 'h2c' };
    expect((await answerTo(path, next)).status).toBe(200);
    const posted = await answerTo(running.path, { ...handshake, ...bearer(running) }, 'POST');
    expect(posted).toMatchObject({ status: 405, code: 'method-not-allowed' });
  });
});

test('a reader who stops reading is cut off, and no more than a page waits for them', async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer();
  const taken = once(server, 'connection');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const [socket] = await taken;
  const asked = { method: 'GET', url: '/', headers: { ...handshake } };
  const client = await new Promise<WebSocket>((resolve) => {
    sockets.handleUpgrade(asked as never, socket, Buffer.alloc(0), resolve);
  });
  const feed = feedOver(client, { stallMs: 100 });
  const events = Array.from({ length: 500 }, (_, seq) => ({
    ...{ seq, type: 'stage', data: 'x'.repeat(100_000) },
  }));
  let pages = 0;
  const gone = once(client, 'close');
  while (feed.isOpen()) {
    await feed.send(events);
    pages += 1;
  }
  await gone;
  expect(pages).toBe(1);
  reader.destroy();
  server.close();
});
