/** One look at the payments M-PESA lists for a shortcode. */
import { proxyActivities } from '@temporalio/workflow';
import type { PullSteps } from '../activities/pulls.ts';
import { darajaPull } from '../temporal/policies.ts';
import { queues } from '../temporal/queues.ts';
import type { PullPaymentsInput, PullPaymentsResult } from './collection-types.ts';
import { show } from './collection-run.ts';

const looking = proxyActivities<PullSteps>({ ...darajaPull, taskQueue: queues.daraja });

/** The id is `pull/{tenant}/{shortcode}/{slot}`. What one look misses, the next one sees. */
export async function pullPayments(input: PullPaymentsInput): Promise<PullPaymentsResult> {
  const { isComplete, newCount } = await looking.pullPayments(input);
  if (isComplete) show('done', `${newCount} payments that nobody had told us of.`);
  else show('not-told', 'M-PESA did not list the payments; the next look covers this one.');
  return { newCount };
}
