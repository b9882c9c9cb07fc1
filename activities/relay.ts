/**
 * The relay turns outbox rows into Kafka messages and workflow starts. One relay works at a time
 * (the claim is a lease), in the order of the outbox, so events of one key keep their order. It
 * marks a row only after the broker has it: a crash in between repeats the message, and consumers
 * know an event by its id.
 */
import type { Database } from '../db/database.ts';
import type { Place } from '../db/tenant-placement.ts';
import {
  claimUnpublished,
  markPublished,
  outboxBacklog,
  releaseClaim,
  type OutboxRow,
} from '../db/outbox.ts';
import type { Telemetry } from '../telemetry.ts';
import type { EventBus, OutgoingEvent } from './kafka/event-bus.ts';
import { topicNames, type TopicName } from './kafka/topics.ts';

export interface RelayDependencies {
  db: Database;
  bus: Pick<EventBus, 'publish'>;
  telemetry: Telemetry;
  /** Starts the workflow a row asks for; a run that exists already counts as started. */
  startWorkflow(row: OutboxRow): Promise<void>;
  failpoint(name: string): Promise<void>;
}

const batchMax = 64;
const leaseSeconds = 15;
const idleMs = 100;
const pausedMs = 2_000;
const backlogEveryMs = 5_000;

/** Starts relaying; `stop()` resolves when the batches under way are done. */
export function startRelay(dependencies: RelayDependencies): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const finished = Promise.all([
    relayLoop(dependencies, 'event', stopping.signal),
    relayLoop(dependencies, 'workflow', stopping.signal),
    watchBacklog(dependencies, stopping.signal),
  ]);
  return {
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function relayLoop(
  dependencies: RelayDependencies,
  kind: OutboxRow['kind'],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const moved = await relayEverywhere(dependencies, kind);
      if (moved === 0) await pause(idleMs, signal);
    } catch (error) {
      dependencies.telemetry.log.warn(
        { event: 'relayPaused', kind, err: error },
        'The outbox waits; retrying.',
      );
      await pause(pausedMs, signal);
    }
  }
}

/** One batch of every place whose outbox has rows; a place that fails does not hold up the others. */
async function relayEverywhere(
  dependencies: RelayDependencies,
  kind: OutboxRow['kind'],
): Promise<number> {
  const where = `published_at is null and kind = '${kind}'`;
  const places = await dependencies.db.places({ table: 'outbox', where });
  let moved = 0;
  const errors: unknown[] = [];
  for (const place of places) {
    try {
      moved += await relayBatch(dependencies, kind, place);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'some outboxes could not be relayed');
  return moved;
}

/**
 * Moves one batch of a place; returns how many rows it moved. The rows are leased in one transaction and marked
 * in another, because no transaction may stay open while a broker answers.
 */
export async function relayBatch(
  dependencies: RelayDependencies,
  kind: OutboxRow['kind'],
  place?: Place,
): Promise<number> {
  const { db, failpoint } = dependencies;
  const claim = { kind, limit: batchMax, leaseSeconds };
  const rows = await db.asOperator(
    'lease the outbox',
    (operator) => claimUnpublished(operator, claim),
    place,
  );
  if (rows.length === 0) return 0;
  const seqs = rows.map((row) => row.seq);
  try {
    await moveRows(dependencies, kind, rows);
  } catch (error) {
    await db.asOperator(
      'give the outbox back',
      (operator) => releaseClaim(operator, seqs, String(error)),
      place,
    );
    throw error;
  }
  await failpoint('relay.afterPublishBeforeMark');
  await db.asOperator('mark the outbox', (operator) => markPublished(operator, seqs), place);
  return rows.length;
}

async function moveRows(
  dependencies: RelayDependencies,
  kind: OutboxRow['kind'],
  rows: readonly OutboxRow[],
): Promise<void> {
  if (kind === 'event') return publishEvents(dependencies, rows);
  for (const row of rows) await dependencies.startWorkflow(row);
}

async function publishEvents(
  { bus }: RelayDependencies,
  rows: readonly OutboxRow[],
): Promise<void> {
  const byTopic = Map.groupBy(rows, (row) => row.topic);
  for (const [topic, events] of byTopic)
    await bus.publish(knownTopic(topic), events.map(toOutgoing));
}

function knownTopic(name: string): TopicName {
  const topic = topicNames.find((candidate) => candidate === name);
  if (topic === undefined) throw new Error(`the outbox names an unknown topic: ${name}`);
  return topic;
}

function toOutgoing(row: OutboxRow): OutgoingEvent {
  const { eventId, type, version, tenantId, occurredAt, data, traceparent } = row;
  return {
    key: row.key,
    envelope: {
      eventId,
      type,
      version,
      tenantId,
      occurredAt,
      data,
      ...(traceparent ? { traceparent } : {}),
    },
  };
}

async function watchBacklog(
  { db, telemetry }: RelayDependencies,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const backlogs = await db.everywhere('measure the outbox', outboxBacklog);
      telemetry.metrics.outboxBacklog.set(backlogs.reduce((sum, { count }) => sum + count, 0));
      telemetry.metrics.outboxAgeSeconds.set(
        Math.max(...backlogs.map(({ ageSeconds }) => ageSeconds)),
      );
    } catch (error) {
      telemetry.log.warn({ event: 'outboxUnmeasured', err: error });
    }
    await pause(backlogEveryMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
