/** The bell, live: it stands as it is, changes when something is told or read, and ends with access. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { noteEvent } from '../../activities/notices.ts';
import { noticesChannel } from '../../domain/redis-keys.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const path = '/v1/notices/events';
const occurredAt = instantFromEpochMs(Date.UTC(2026, 10, 20, 9));

/** As the consumer does: the row, then the nudge. */
async function happen({ tenantId }: Somebody, type: string, at: ApiStage = stage): Promise<void> {
  const data = { exportId: randomUUID(), shortcodeId: randomUUID(), callbackId: randomUUID() };
  await at.database.db.withTenant(tenantId, (t) => noteEvent(t, { type, occurredAt, data }));
  await at.dependencies.redis.publish(noticesChannel(tenantId), '1').catch(() => {});
}

/** Follows the bell; `counts` grows as it tells. */
async function follow(token: string, at: ApiStage = stage) {
  const leaving = new AbortController();
  const response = await fetch(`${at.baseUrl}${path}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: leaving.signal,
  });
  const seen = { text: '' };
  const ended = (async () => {
    for await (const chunk of response.body ?? []) seen.text += Buffer.from(chunk).toString();
  })().catch(() => {});
  const counts = () =>
    [...seen.text.matchAll(/^event: unread\ndata: (.*)$/gm)].map(
      ([, data]) => (JSON.parse(data ?? '') as { count: number }).count,
    );
  return { response, counts, ended, leave: () => leaving.abort() };
}

test('it stands as it is first, then follows what is told and what is read', async () => {
  const somebody = await stage.tenant();
  await happen(somebody, 'export.ready');
  const token = await stage.token(somebody);
  const bell = await follow(token);
  await until(() => bell.counts().length === 1);

  await happen(somebody, 'shortcode.balance_low');
  await until(() => bell.counts().length === 2);
  await stage.fetch('/v1/notices/read', { token, json: {} });
  await until(() => bell.counts().length === 3);
  bell.leave();

  expect(bell.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(bell.counts()).toEqual([1, 2, 0]);
});

test('what is told to others, or in another business, rings nobody else', async () => {
  const [somebody, stranger] = [await stage.tenant(), await stage.tenant()];
  const analyst = await follow(await stage.token(somebody, 'analyst'));
  const foreign = await follow(await stage.token(stranger));
  const owner = await follow(await stage.token(somebody));
  await until(() => [analyst, foreign, owner].every((bell) => bell.counts().length === 1));

  await happen(somebody, 'callback.quarantined');
  await until(() => owner.counts().length === 2);
  await happen(somebody, 'shortcode.balance_low');
  await until(() => owner.counts().length === 3 && analyst.counts().length === 2);
  for (const bell of [analyst, foreign, owner]) bell.leave();

  expect(owner.counts()).toEqual([0, 1, 2]);
  expect(analyst.counts()).toEqual([0, 1]);
  expect(foreign.counts()).toEqual([0]);
});

test('whoever loses a role is told of its kinds no longer', async () => {
  const somebody = await stage.tenant();
  const bell = await follow(await stage.token(somebody));
  await until(() => bell.counts().length === 1);
  await happen(somebody, 'callback.quarantined');
  await until(() => bell.counts().length === 2);

  await stage.database.asOwner(
    "update shared.members set role = 'analyst' where tenant_id = $1 and user_id = $2",
    [somebody.tenantId, somebody.userId],
  );
  await happen(somebody, 'callback.quarantined');
  await until(() => bell.counts().length === 3);
  bell.leave();

  expect(bell.counts()).toEqual([0, 1, 0]);
});

test('it ends when access is taken, and nobody without a token has one', async () => {
  const somebody = await stage.tenant();
  const bell = await follow(await stage.token(somebody));
  await until(() => bell.counts().length === 1);

  await stage.database.asOwner(
    "update platform.sessions set ended_at = now(), ended_why = 'logout' where user_id = $1",
    [somebody.userId],
  );
  stage.dependencies.revocations.announce();
  await bell.ended;

  expect(bell.counts()).toEqual([0]);
  expect((await stage.fetch(path)).status).toBe(401);
  expect(
    (await stage.fetch(`${path}?limit=1`, { token: await stage.token(somebody) })).status,
  ).toBe(422);
});

test('it comes over a WebSocket as well', async () => {
  const somebody = await stage.tenant();
  const token = await stage.token(somebody);
  const address = `${stage.baseUrl.replace('http', 'ws')}${path}`;
  const socket = new WebSocket(address, ['daftari.v1', `bearer.${token}`]);
  const seen: { type: string; data: { count: number } }[] = [];
  socket.on('message', (text) => seen.push(JSON.parse(String(text))));
  await until(() => seen.length === 1);

  await happen(somebody, 'export.ready');
  await until(() => seen.length === 2);
  socket.close();

  expect(seen.map(({ type, data }) => [type, data.count])).toEqual([
    ['unread', 0],
    ['unread', 1],
  ]);
});

test('without Redis it looks by itself', async () => {
  const nowhere = new Redis('redis://127.0.0.1:1', {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  });
  nowhere.on('error', () => {});
  const away = await openApiStage({ world: { redis: nowhere } });
  try {
    const somebody = await away.tenant();
    const bell = await follow(await away.token(somebody), away);
    await until(() => bell.counts().length === 1);

    await happen(somebody, 'export.ready', away);
    await until(() => bell.counts().length === 2, { withinMs: 30_000 });
    bell.leave();

    expect(bell.counts()).toEqual([0, 1]);
  } finally {
    nowhere.disconnect();
    await away.close();
  }
}, 60_000);
