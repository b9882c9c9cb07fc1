/**
 * Watches a breach of personal data until it is closed: looks whenever something about it changed and
 * whenever one of its clocks comes near its end or to it. What is due is decided and done in one step
 * that may be repeated, so the run only has to remember when to look.
 */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BreachSteps } from '../activities/breach-steps.ts';
import { databaseBatch } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { BreachLook, WatchBreachInput, WatchBreachResult } from './breach-types.ts';

const steps = proxyActivities<BreachSteps>(databaseBatch);

export const lookAgain = defineSignal('lookAgain');

export async function watchBreach(input: WatchBreachInput): Promise<WatchBreachResult> {
  let isChanged = false;
  setHandler(lookAgain, () => {
    isChanged = true;
  });
  for (let looks = 1; ; looks += 1) {
    isChanged = false;
    const look = await steps.lookAtBreach({ ...input, nowMs: Date.now() });
    show(look);
    if (look.isClosed) return { status: 'closed', looks };
    const waited = waitMs(look);
    await (waited === undefined ? condition(() => isChanged) : condition(() => isChanged, waited));
  }
}

/** Until something is due next; undefined when nothing is. */
function waitMs({ nextAt }: BreachLook): number | undefined {
  return nextAt === null ? undefined : Math.max(1, Date.parse(nextAt) - Date.now());
}

function show({ isClosed, nextAt, overCount }: BreachLook): void {
  if (isClosed) return showEnd('closed', 'The matter is closed.');
  const next = nextAt === null ? 'Nothing is due by itself any more.' : `Looks again at ${nextAt}.`;
  if (overCount > 0) return showEnd('over', `Clocks that ran out: ${overCount}. ${next}`, true);
  return showEnd('watching', next);
}
