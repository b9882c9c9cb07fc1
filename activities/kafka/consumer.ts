/**
 * Exactly-once effect over at-least-once delivery: the effect of an event and the note that this
 * consumer has handled it are one transaction. A message that cannot be handled is set aside with
 * its cause, so that one bad message never stops the ones behind it; a world that is down stops
 * the consumer at its offset instead, because then every message would fail.
 */
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { recordConsumed } from '../../db/consumed-events.ts';
import type { Database, TenantHandle } from '../../db/database.ts';
import { insertDeadLetter } from '../../db/dead-letters.ts';
import { openEventData } from '../../db/outbox.ts';
import { id } from '../../domain/ids.ts';
import { continueTrace, type Telemetry } from '../../telemetry.ts';
import type { Failpoint } from '../failpoint.ts';
import { readEnvelope, type Envelope } from './envelope.ts';
import type { EventBus } from './event-bus.ts';
import { topics, type TopicName } from './topics.ts';

export interface ConsumerDependencies {
  bus: EventBus;
  db: Database;
  telemetry: Telemetry;
  failpoint?: Failpoint;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Runs after the effect is committed; it may be repeated and may be lost, so it only hastens things. */
export type AfterCommit = () => Promise<void>;

export interface EventConsumer {
  /** Name of the consumer group and of the rows in `consumed_events`. */
  name: string;
  topic: TopicName;
  /** The events it is about, where those are not all of the topic; others cost it nothing. */
  types?: readonly string[];
  /** Applies one event inside the transaction; throws to have it tried again. */
  handle(t: TenantHandle, envelope: Envelope): Promise<AfterCommit | undefined>;
}

const attemptsMax = 5;
const retryDelayMs = 200;

/** Subscribes the consumer and keeps handling until `stop()`, which waits for the batch under way. */
export async function runConsumer(dependencies: ConsumerDependencies, consumer: EventConsumer) {
  return dependencies.bus.subscribe({
    groupId: consumer.name,
    topic: consumer.topic,
    onBatch: (payload) => handleBatch(dependencies, consumer, payload),
  });
}

async function handleBatch(
  dependencies: ConsumerDependencies,
  consumer: EventConsumer,
  payload: EachBatchPayload,
): Promise<void> {
  for (const message of payload.batch.messages) {
    if (!payload.isRunning() || payload.isStale()) return;
    const place = { topic: consumer.topic, partition: payload.batch.partition };
    await handleMessage(dependencies, consumer, {
      ...place,
      message,
      heartbeat: payload.heartbeat,
    });
    await dependencies.failpoint?.('events.afterEffectBeforeOffset');
    payload.resolveOffset(message.offset);
    await payload.heartbeat();
    await payload.commitOffsetsIfNecessary();
  }
}

interface Arrival {
  topic: string;
  partition: number;
  message: KafkaMessage;
  heartbeat: () => Promise<void>;
}

async function handleMessage(
  dependencies: ConsumerDependencies,
  consumer: EventConsumer,
  arrival: Arrival,
): Promise<void> {
  const read = readEnvelope(arrival.message.value, headerText(arrival.message, 'tenantId'));
  if (!read.ok) {
    await setAside(dependencies, consumer, {
      arrival,
      cause: read.problem,
      detail: '',
      attempts: 1,
    });
    return;
  }
  const { envelope } = read;
  if (consumer.types?.includes(envelope.type) === false) return;
  const span = { name: `consume ${envelope.type}`, traceparent: envelope.traceparent };
  await continueTrace(dependencies.telemetry.tracer, span, () =>
    handleWithRetries(dependencies, consumer, { arrival, envelope }),
  );
}

async function handleWithRetries(
  dependencies: ConsumerDependencies,
  consumer: EventConsumer,
  { arrival, envelope }: { arrival: Arrival; envelope: Envelope },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await applyOnce(dependencies, consumer, envelope);
      return;
    } catch (error) {
      await dependencies.db.ping();
      dependencies.telemetry.log.warn({
        event: 'eventFailed',
        consumer: consumer.name,
        attempt,
        err: error,
      });
      if (attempt >= attemptsMax) {
        const detail = error instanceof Error ? error.message : String(error);
        await setAside(dependencies, consumer, {
          arrival,
          cause: 'handler-failed',
          detail,
          attempts: attempt,
        });
        return;
      }
      await arrival.heartbeat();
      await delay(retryDelayMs * 2 ** (attempt - 1));
    }
  }
}

async function applyOnce(
  dependencies: ConsumerDependencies,
  consumer: EventConsumer,
  envelope: Envelope,
): Promise<void> {
  const tenantId = id('tenant', envelope.tenantId);
  const applied = await dependencies.db.withTenant(tenantId, async (t) => {
    if (!(await recordConsumed(t, consumer.name, envelope.eventId))) return { isNew: false };
    const data = topics[consumer.topic].isPersonal
      ? openEventData(t, envelope.data)
      : envelope.data;
    return { isNew: true, after: await consumer.handle(t, { ...envelope, data }) };
  });
  const lagSeconds = Math.max(0, (dependencies.now() - Date.parse(envelope.occurredAt)) / 1000);
  const result = applied.isNew ? 'handled' : 'duplicate';
  dependencies.telemetry.events.eventHandled({ consumer: consumer.name, result, lagSeconds });
  await applied.after?.().catch((error: unknown) => {
    dependencies.telemetry.log.warn({
      event: 'afterCommitFailed',
      consumer: consumer.name,
      err: error,
    });
  });
}

interface Death {
  arrival: Arrival;
  cause: string;
  detail: string;
  attempts: number;
}

async function setAside(
  { db, bus, telemetry, now }: ConsumerDependencies,
  consumer: EventConsumer,
  { arrival, cause, detail, attempts }: Death,
): Promise<void> {
  const { topic, partition, message } = arrival;
  const place = { topic, partition, offset: message.offset };
  const headers = headerTexts(message);
  const letter = { ...place, consumer: consumer.name, cause, detail, attempts };
  await db.asOperator('set aside a message that cannot be handled', (operator) =>
    insertDeadLetter(operator, {
      ...letter,
      key: message.key?.toString('utf8') ?? null,
      payload: message.value ?? Buffer.alloc(0),
      headers,
      tenantId: headers['tenantId'] ?? null,
      failedAtEpochMs: now(),
    }),
  );
  const stamped = {
    ...headers,
    cause,
    topic,
    partition: String(partition),
    offset: message.offset,
    attempts: String(attempts),
  };
  await bus.publishRaw('dead-letters', {
    key: message.key?.toString('utf8') ?? null,
    value: message.value,
    headers: stamped,
  });
  telemetry.events.messageDied({ consumer: consumer.name, cause, ...place });
}

function headerText(message: KafkaMessage, name: string): string | undefined {
  const value = message.headers?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined ? undefined : first.toString();
}

function headerTexts(message: KafkaMessage): Record<string, string> {
  const names = Object.keys(message.headers ?? {});
  return Object.fromEntries(names.map((name) => [name, headerText(message, name) ?? '']));
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
