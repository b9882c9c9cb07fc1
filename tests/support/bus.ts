/** Kafka for one suite: topics and groups under a prefix of its own. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { openEventBus, type EventBus } from '../../activities/kafka/event-bus.ts';
import { createTelemetry, type Telemetry } from '../../telemetry.ts';
import { serviceVariable } from './services.ts';

/** Opens a bus whose topics nobody else reads, and creates them. */
export async function openTestBus(): Promise<EventBus> {
  const brokers = serviceVariable('KAFKA_BROKERS').split(',');
  const topicPrefix = `${randomUUID().slice(0, 8)}.`;
  const bus = openEventBus(
    { brokers, topicProfile: 'local', topicPrefix },
    pino({ level: 'silent' }),
  );
  await bus.prepareTopics();
  return bus;
}

/** Telemetry that prints nothing. */
export function silentTelemetry(): Telemetry {
  return createTelemetry({
    service: 'test',
    config: { logLevel: 'silent', otlpEndpoint: undefined },
  });
}
