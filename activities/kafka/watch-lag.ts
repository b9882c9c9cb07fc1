/** Keeps the lag of a consumer group visible, in messages, beside the age its handler reports. */
import type { Telemetry } from '../../telemetry.ts';
import type { EventBus } from './event-bus.ts';
import type { TopicName } from './topics.ts';

export interface WatchedGroup {
  consumer: string;
  topic: TopicName;
}

const everyMs = 10_000;

/** Measures now and every ten seconds until stopped; a broker that does not answer is a log line. */
export function watchLag(
  { bus, telemetry }: { bus: EventBus; telemetry: Telemetry },
  groups: readonly WatchedGroup[],
): { stop(): void } {
  async function measure(): Promise<void> {
    for (const { consumer, topic } of groups) {
      try {
        telemetry.metrics.consumerLagMessages.set({ consumer }, await bus.lag(consumer, topic));
      } catch (error) {
        telemetry.log.warn({ event: 'lagUnmeasured', consumer, err: error });
      }
    }
  }
  void measure();
  const timer = setInterval(() => void measure(), everyMs);
  return { stop: () => clearInterval(timer) };
}
