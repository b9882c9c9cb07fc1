/**
 * The one way to Kafka. Everything above it speaks of topics, keys and envelopes; kafkajs and its
 * traps stay in here.
 */
import {
  Kafka,
  logLevel,
  type Admin,
  type Consumer,
  type EachBatchPayload,
  type Producer,
} from 'kafkajs';
import type { Config } from '../../config.ts';
import type { Logger } from '../../telemetry.ts';
import type { Envelope } from './envelope.ts';
import { quietIdleConnections } from './idle-timer.ts';
import { topicNames, topicSettings, type TopicName } from './topics.ts';

export interface OutgoingEvent {
  key: string;
  envelope: Envelope;
}

export interface EventBus {
  /** Creates the topics that are missing; existing ones are left as they are. */
  prepareTopics(): Promise<void>;
  /** Publishes in order per key with acks=all; rejects when the broker did not take all of them. */
  publish(topic: TopicName, events: readonly OutgoingEvent[]): Promise<void>;
  /** Sends bytes unchanged: for dead letters and their redrive. */
  publishRaw(topic: string, message: RawMessage): Promise<void>;
  subscribe(subscription: Subscription): Promise<{ stop(): Promise<void> }>;
  /** Messages between the group's offset and the end of the topic, over all partitions. */
  lag(groupId: string, topic: TopicName): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface RawMessage {
  key: string | null;
  value: Buffer | null;
  headers: Record<string, string>;
}

export interface Subscription {
  groupId: string;
  topic: TopicName;
  /** Reads a new group from the first message; an existing group goes on where it was. */
  onBatch(payload: EachBatchPayload): Promise<void>;
}

/** Below the broker's default `message.max.bytes` of 1,048,588. */
const batchBytesMax = 900_000;
const messageOverheadBytes = 512;

/** Opens producer and admin lazily: a broker that is down does not stop the process from starting. */
export function openEventBus(config: Config['kafka'], log: Logger): EventBus {
  quietIdleConnections();
  const kafka = new Kafka({
    clientId: 'daftari',
    brokers: [...config.brokers],
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => writeKafkaLog(log, entry),
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 8 },
    connectionTimeout: 3_000,
  });
  return busOver(kafka, config);
}

/**
 * Coordinator hiccups after a broker start are retried by kafkajs and logged as errors there; they
 * are warnings to us, because the call that really failed is reported by whoever made it.
 */
function writeKafkaLog(
  log: Logger,
  entry: { level: number; log: { message: string; error?: string } },
): void {
  const line = { event: 'kafka', error: entry.log.error };
  if (entry.level <= logLevel.WARN) log.warn(line, entry.log.message);
  else log.debug(line, entry.log.message);
}

function busOver(kafka: Kafka, config: Config['kafka']): EventBus {
  const prefixed = (name: string) => `${config.topicPrefix}${name}`;
  const producer = once(() =>
    connected(kafka.producer({ idempotent: true, maxInFlightRequests: 1 })),
  );
  const admin = once(() => connected(kafka.admin()));
  const consumers = new Set<Consumer>();
  return {
    prepareTopics: async () => createMissingTopics(await admin.get(), config),
    publish: async (topic, events) => {
      for (const messages of inBatches(events.map(toMessage))) {
        await send(await producer.get(), prefixed(topic), messages);
      }
    },
    publishRaw: async (topic, message) => send(await producer.get(), prefixed(topic), [message]),
    subscribe: async (subscription) => {
      const groupId = prefixed(subscription.groupId);
      const named = { ...subscription, groupId, topic: prefixed(subscription.topic) };
      return startConsumer(kafka, named, consumers);
    },
    lag: async (groupId, topic) => groupLag(await admin.get(), prefixed(groupId), prefixed(topic)),
    ping: async () => {
      await (await admin.get()).describeCluster();
    },
    close: async () => {
      await Promise.allSettled([...consumers].map((consumer) => consumer.disconnect()));
      await Promise.allSettled([producer.dispose(), admin.dispose()]);
    },
  };
}

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

async function connected<Client extends Connectable>(client: Client): Promise<Client> {
  await client.connect();
  return client;
}

/** Connects on first use and again after a failed attempt. */
function once<Client extends Connectable>(open: () => Promise<Client>) {
  let opening: Promise<Client> | undefined;
  return {
    get(): Promise<Client> {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async dispose(): Promise<void> {
      await (await opening)?.disconnect();
    },
  };
}

async function send(producer: Producer, topic: string, messages: RawMessage[]): Promise<void> {
  await producer.send({ topic, acks: -1, timeout: 10_000, messages });
}

/**
 * The broker limits a batch, not a message, to 1 MB; each request stays below it even when all of
 * its messages go to one partition. A single message above the limit is sent alone and refused there.
 */
function inBatches(messages: readonly RawMessage[]): RawMessage[][] {
  const batches: RawMessage[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const size = (message.value?.length ?? 0) + messageOverheadBytes;
    if (bytes + size > batchBytesMax) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(message);
    bytes += size;
  }
  return batches;
}

function toMessage(event: OutgoingEvent): RawMessage {
  const { envelope } = event;
  return {
    key: event.key,
    value: Buffer.from(JSON.stringify(envelope)),
    headers: {
      tenantId: envelope.tenantId,
      eventId: envelope.eventId,
      schemaVersion: String(envelope.version),
      ...(envelope.traceparent ? { traceparent: envelope.traceparent } : {}),
    },
  };
}

async function createMissingTopics(admin: Admin, config: Config['kafka']): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const wanted = topicNames.map((name) => topicSettings(name, config.topicProfile));
  const missing = wanted
    .map((settings) => ({ ...settings, topic: `${config.topicPrefix}${settings.topic}` }))
    .filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true });
}

async function startConsumer(
  kafka: Kafka,
  subscription: Omit<Subscription, 'topic'> & { topic: string },
  running: Set<Consumer>,
) {
  const consumer = kafka.consumer({
    groupId: subscription.groupId,
    sessionTimeout: 20_000,
    heartbeatInterval: 3_000,
    maxWaitTimeInMs: 200,
    retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 300, maxRetryTime: 10_000 },
  });
  await consumer.connect();
  running.add(consumer);
  await consumer.subscribe({ topic: subscription.topic, fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 1_000,
    autoCommitThreshold: 50,
    eachBatchAutoResolve: false,
    eachBatch: (payload) => subscription.onBatch(payload),
  });
  return {
    async stop() {
      running.delete(consumer);
      await consumer.disconnect();
    },
  };
}

async function groupLag(admin: Admin, groupId: string, topic: string): Promise<number> {
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
  const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
  let lag = 0n;
  for (const { partition, offset } of group?.partitions ?? []) {
    const end = ends.get(partition);
    if (end === undefined) continue;
    // A group that never committed has offset -1 and still has to read from the low mark.
    const position = BigInt(offset) < 0n ? BigInt(end.low) : BigInt(offset);
    lag += BigInt(end.high) - position;
  }
  return Number(lag);
}
