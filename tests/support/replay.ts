/** Has a consumer group read its topic from the first message again. */
import { Kafka, logLevel } from 'kafkajs';
import { until } from './until.ts';

export interface Replay {
  /** Sets a group without members back to the beginning; answers how many messages it will read. */
  rewind(group: string, topic: string): Promise<number>;
  /** Resolves when the group has read its topic to the end. */
  done(group: string, topic: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the replay for the processes that run with this environment. */
export async function openReplay(env: Readonly<Record<string, string>>): Promise<Replay> {
  const { KAFKA_BROKERS: brokers = '', KAFKA_TOPIC_PREFIX: prefix = '' } = env;
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const unread = async (group: string, topic: string) => {
    const ends = await admin.fetchTopicOffsets(prefix + topic);
    const [read] = await admin.fetchOffsets({ groupId: prefix + group, topics: [prefix + topic] });
    return ends.reduce((sum, { partition, high }) => {
      const at = read?.partitions.find((each) => each.partition === partition)?.offset ?? '0';
      return sum + Number(high) - Math.max(0, Number(at));
    }, 0);
  };
  return {
    async rewind(group, topic) {
      await admin.resetOffsets({ groupId: prefix + group, topic: prefix + topic, earliest: true });
      return unread(group, topic);
    },
    done: (group, topic) =>
      until(async () => (await unread(group, topic)) === 0, { withinMs: 120_000, everyMs: 200 }),
    close: () => admin.disconnect(),
  };
}
