/** The least a run can be that waits for somebody: one activity, one signal, one result. */
import {
  condition,
  defineSignal,
  proxyActivities,
  proxySinks,
  setHandler,
  workflowInfo,
  type Sinks,
} from '@temporalio/workflow';

/** How the worker hears that a run waits, at no cost to the server. */
export interface BareSinks extends Sinks {
  bench: { waits(workflowId: string): void };
}

export const heard = defineSignal('heard');

const { touch } = proxyActivities<{ touch(): Promise<string> }>({
  startToCloseTimeout: '30 seconds',
});
const { bench } = proxySinks<BareSinks>();

export async function bareRun(): Promise<string> {
  let hasWord = false;
  setHandler(heard, () => {
    hasWord = true;
  });
  const result = await touch();
  bench.waits(workflowInfo().workflowId);
  await condition(() => hasWord);
  return result;
}
