/**
 * Topics as code. Partition counts and replication scale by profile; the production figures are the
 * contract, the local ones keep one broker on a laptop light.
 */
const dayMs = 24 * 60 * 60 * 1000;

interface TopicPlan {
  production: { partitions: number; replication: number };
  local: { partitions: number };
  retentionMs: number;
  /** Carries names or descriptions: the data of an envelope is sealed with the tenant's key. */
  isPersonal: boolean;
}

function topic(partitions: number, retentionDays: number, isPersonal = false): TopicPlan {
  return {
    production: { partitions, replication: 3 },
    local: { partitions: Math.min(partitions, 3) },
    retentionMs: retentionDays * dayMs,
    isPersonal,
  };
}

export const topics = {
  'transactions.raw': topic(30, 7),
  'transactions.categorized': topic(30, 30),
  'domain-events': topic(20, 30),
  'dead-letters': topic(10, 30, true),
} as const satisfies Record<string, TopicPlan>;

export type TopicName = keyof typeof topics;

export const topicNames = Object.keys(topics).filter((name): name is TopicName => name in topics);

/** What the broker has to be told to create a topic in one profile. */
export function topicSettings(name: TopicName, profile: 'local' | 'production') {
  const plan: TopicPlan = topics[name];
  return {
    topic: name,
    numPartitions: plan[profile].partitions,
    replicationFactor: profile === 'production' ? plan.production.replication : 1,
    configEntries: [
      { name: 'retention.ms', value: String(plan.retentionMs) },
      { name: 'cleanup.policy', value: 'delete' },
      // A sender whose clock is wrong would be refused, or its messages removed at once as too old.
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
    ],
  };
}
