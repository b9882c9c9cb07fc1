import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import {
  openEventBus,
  type EventBus,
  type OutgoingEvent,
} from '../../../activities/kafka/event-bus.ts';
import { topics } from '../../../activities/kafka/topics.ts';
import { serviceVariable } from '../../support/services.ts';
import { until } from '../../support/until.ts';

let bus: EventBus;

beforeAll(async () => {
  const brokers = serviceVariable('KAFKA_BROKERS').split(',');
  bus = openEventBus(
    { brokers, topicProfile: 'local', topicPrefix: `${randomUUID()}.` },
    pino({ level: 'silent' }),
  );
  await bus.prepareTopics();
});

afterAll(() => bus.close());

function anEvent(key: string, n: number): OutgoingEvent {
  const tenantId = '01890000-0000-7000-8000-000000000001';
  const occurredAt = '2026-11-14T06:35:41.000Z';
  return {
    key,
    envelope: {
      eventId: randomUUID(),
      type: 'test.counted',
      version: 1,
      tenantId,
      occurredAt,
      data: { n },
    },
  };
}

interface Heard {
  key: string;
  n: number;
  partition: number;
  headers: string[];
}

async function listen(groupId: string, isMine: (key: string) => boolean) {
  const heard: Heard[] = [];
  const subscription = await bus.subscribe({
    groupId,
    topic: 'domain-events',
    async onBatch({ batch, resolveOffset, commitOffsetsIfNecessary, heartbeat }) {
      for (const { key, value, offset, headers } of batch.messages) {
        const name = key?.toString() ?? '';
        const body = JSON.parse(value?.toString() ?? '{}');
        if (isMine(name))
          heard.push({
            key: name,
            n: body.data.n,
            partition: batch.partition,
            headers: Object.keys(headers ?? {}),
          });
        resolveOffset(offset);
      }
      await commitOffsetsIfNecessary({
        topics: [
          {
            topic: batch.topic,
            partitions: [
              { partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) },
            ],
          },
        ],
      });
      await heartbeat();
    },
  });
  return { heard, stop: () => subscription.stop() };
}

test('creating the topics twice is harmless', async () => {
  await expect(bus.prepareTopics()).resolves.toBeUndefined();
  await expect(bus.ping()).resolves.toBeUndefined();
  expect(Object.keys(topics)).toContain('transactions.raw');
});

test('an event whose sender’s clock is a day ahead is taken', async () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 24 * 3_600_000);
  try {
    const sent = bus.publish('domain-events', [anEvent(randomUUID(), 1)]);
    await expect(sent).resolves.toBeUndefined();
  } finally {
    now.mockRestore();
  }
});

test('events of one key arrive complete, in order, on one partition, with their headers', async () => {
  const key = randomUUID();
  const group = `test-${randomUUID()}`;
  await bus.publish(
    'domain-events',
    Array.from({ length: 50 }, (_, n) => anEvent(key, n)),
  );

  const listener = await listen(group, (name) => name === key);
  await until(() => listener.heard.length === 50);
  await listener.stop();

  expect(listener.heard.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  expect(new Set(listener.heard.map(({ partition }) => partition)).size).toBe(1);
  expect(listener.heard[0]?.headers).toEqual(
    expect.arrayContaining(['tenantId', 'eventId', 'schemaVersion']),
  );
});

test('a group that has read everything has no lag, and one that never read lags by all of it', async () => {
  const key = randomUUID();
  const group = `test-${randomUUID()}`;
  const listener = await listen(group, (name) => name === key);
  await bus.publish('domain-events', [anEvent(key, 1)]);
  await until(() => listener.heard.length === 1);
  await until(async () => (await bus.lag(group, 'domain-events')) === 0);
  await listener.stop();

  await bus.publish('domain-events', [anEvent(key, 2), anEvent(key, 3)]);

  expect(await bus.lag(group, 'domain-events')).toBe(2);
});

test('publishing to a broker that is not there fails instead of pretending', async () => {
  const nowhere = openEventBus(
    { brokers: ['127.0.0.1:1'], topicProfile: 'local', topicPrefix: `${randomUUID()}.` },
    pino({ level: 'silent' }),
  );

  await expect(nowhere.publish('domain-events', [anEvent('k', 1)])).rejects.toThrow(
    /ECONNREFUSED|Connection error|connect/i,
  );
  await nowhere.close().catch(() => undefined);
}, 30_000);

test('many large events of one key leave in requests the broker takes, still in order', async () => {
  const key = randomUUID();
  const large = 'x'.repeat(300_000);
  const events = Array.from({ length: 12 }, (_, n) => {
    const event = anEvent(key, n);
    return { ...event, envelope: { ...event.envelope, data: { n, large } } };
  });

  const listener = await listen(`test-${randomUUID()}`, (name) => name === key);
  await bus.publish('domain-events', events);
  await until(() => listener.heard.length === events.length);
  await listener.stop();

  expect(listener.heard.map(({ n }) => n)).toEqual(events.map((_, n) => n));
});
