/**
 * Looks for marks of one business wherever another one might come upon them besides its answers:
 * whatever is kept in Redis, every message on Kafka, and the runs of Temporal.
 */
import { Client, Connection } from '@temporalio/client';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { topicNames } from '../../activities/kafka/topics.ts';
import type { Stack } from './stack.ts';
import { historyOf } from './traces.ts';
import { until } from './until.ts';

const holdsAny = (text: string, marks: readonly string[]) =>
  marks.some((mark) => text.includes(mark));

/** Everything in Redis: names with what stands there, whatever its type. */
export async function everythingInRedis(url: string): Promise<Map<string, string>> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  const found = new Map<string, string>();
  try {
    for await (const keys of redis.scanStream({ count: 500 })) {
      for (const key of keys as string[]) found.set(key, await valueOf(redis, key));
    }
  } finally {
    redis.disconnect();
  }
  return found;
}

async function valueOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return (await redis.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'list':
      return (await redis.lrange(key, 0, -1)).join('\n');
    case 'set':
      return (await redis.smembers(key)).join('\n');
    case 'zset':
      return (await redis.zrange(key, '0', '-1')).join('\n');
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    // It was there when the names were read and is gone by now.
    case 'none':
      return '';
    default:
      throw new Error(`tests/support/canaries.ts does not read a ${type}`);
  }
}

/** Names in Redis that are not the owner's and hold one of its marks, in the name or the value. */
export function foreignKeysWith(
  kept: ReadonlyMap<string, string>,
  marks: readonly string[],
  ownerId: string,
): string[] {
  return [...kept]
    .filter(([key]) => !key.startsWith(`t:${ownerId}:`))
    .filter(([key, value]) => holdsAny(`${key} ${value}`, marks))
    .map(([key]) => key);
}

export interface KeptMessage {
  topic: string;
  /** The tenant of the header, or of the envelope where there is no header. */
  tenantId: string;
  /** Key, headers and value as they stand on the broker. */
  text: string;
}

/** Every message of every topic of the stack, read from the first one on. */
export async function everythingOnKafka({ env }: Pick<Stack, 'env'>): Promise<KeptMessage[]> {
  const { KAFKA_BROKERS: brokers = '', KAFKA_TOPIC_PREFIX: prefix = '' } = env;
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = topicNames.map((name) => `${prefix}${name}`);
  const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  const expected = ends.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const messages: KeptMessage[] = [];
  const consumer = kafka.consumer({ groupId: `${prefix}canaries` });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message: { key, value, headers } }) => {
      const text = [key, ...Object.values(headers ?? {}).flat(), value]
        .map((part) => part?.toString() ?? '')
        .join('\n');
      const tenantId = /"tenantId":"([0-9a-f-]{36})"/.exec(value?.toString() ?? '')?.[1] ?? '';
      messages.push({ topic: topic.slice(prefix.length), tenantId, text });
    },
  });
  await until(() => messages.length >= expected, { withinMs: 60_000 });
  await consumer.disconnect();
  return messages;
}

/** Messages of others than the owner that hold one of its marks, by topic and tenant. */
export function foreignMessagesWith(
  messages: readonly KeptMessage[],
  marks: readonly string[],
  ownerId: string,
): string[] {
  return messages
    .filter(({ tenantId, text }) => tenantId !== ownerId && holdsAny(text, marks))
    .map(({ topic, tenantId }) => `${topic} of ${tenantId}`);
}

export interface KeptRun {
  workflowId: string;
  /** The tenant it is found under; `house` where it is nobody's. */
  tenantId: string;
  /** What can be read of it without its history: ids, attributes, memo. */
  listed: string;
}

/** Every run of the namespace of the stack. */
export async function everyRun({ env }: Pick<Stack, 'env'>): Promise<KeptRun[]> {
  const connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  try {
    const client = new Client({ connection, namespace: env['TEMPORAL_NAMESPACE'] ?? '' });
    const found: KeptRun[] = [];
    for await (const run of client.workflow.list()) {
      const { workflowId, searchAttributes, memo, type, taskQueue } = run;
      const [tenantId] = searchAttributes['TenantId'] ?? [];
      const listed = JSON.stringify({ workflowId, searchAttributes, memo, type, taskQueue });
      found.push({ workflowId, tenantId: String(tenantId), listed });
    }
    return found;
  } finally {
    await connection.close();
  }
}

/** Runs of others than the owner whose listing or decrypted history holds one of its marks. */
export async function foreignRunsWith(
  stack: Stack,
  runs: readonly KeptRun[],
  of: { marks: readonly string[]; ownerId: string },
): Promise<string[]> {
  const others = runs.filter(({ tenantId }) => tenantId !== of.ownerId);
  const found: string[] = [];
  for (const { workflowId, listed } of others) {
    const history = await historyOf(stack, workflowId);
    if (holdsAny(`${listed}\n${history}`, of.marks)) found.push(workflowId);
  }
  return found;
}

/** Lines of a log that name this tenant, or any that hold one of these marks. */
export function logLinesWith(output: string, marks: readonly string[], tenantId?: string) {
  return output
    .split('\n')
    .filter((line) => tenantId === undefined || line.includes(tenantId))
    .filter((line) => holdsAny(line, marks));
}
