/**
 * Keeps the daily rollups equal to the rows: for every event it recomputes the days the event
 * touched, set-based and in the transaction that notes the event. Recomputing a day instead of
 * adding deltas makes repeats, reversals and corrections harmless in any order.
 */
import { z } from 'zod';
import { recomputeRollups } from '../db/rollups.ts';
import { id } from '../domain/ids.ts';
import { businessDate } from '../domain/time.ts';
import { runConsumer, type ConsumerDependencies } from './kafka/consumer.ts';

const touchedSchema = z.object({
  accountId: z.uuid(),
  days: z.array(z.string()),
});

/** Starts the consumer of `transactions.categorized`. */
export function startAnalytics(
  dependencies: ConsumerDependencies,
): Promise<{ stop(): Promise<void> }> {
  return runConsumer(dependencies, {
    name: 'analytics',
    topic: 'transactions.categorized',
    async handle(t, envelope) {
      const { accountId, days } = touchedSchema.parse(envelope.data);
      await recomputeRollups(t, id('account', accountId), days.map(businessDate));
      return undefined;
    },
  });
}
