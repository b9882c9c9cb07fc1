/** The least a run can be that waits for somebody: one activity, one signal, one result. */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

export const heard = defineSignal('heard');

const { touch } = proxyActivities<{ touch(): Promise<string> }>({
  startToCloseTimeout: '30 seconds',
});

export async function bareRun(): Promise<string> {
  let hasWord = false;
  setHandler(heard, () => {
    hasWord = true;
  });
  const result = await touch();
  await condition(() => hasWord);
  return result;
}
