/** Workers whose wall clock is wrong: waits are timers of Temporal, so that a push ends as always. */
import { openCollectionStack } from '../support/collection-stack.ts';
import { pushEnd, undisturbed } from '../support/push-end.ts';
import { wrongClock } from '../support/shifted-clock.ts';

jest.setTimeout(240_000);

const hourMs = 3_600_000;

test.each([
  { what: 'a day ahead', off: { shiftMs: 24 * hourMs } },
  { what: 'set back by five minutes while they run', off: { jumpMs: -hourMs / 12 } },
])('workers whose clock is $what leave what others leave', async ({ off }) => {
  const journey = await openCollectionStack();
  try {
    await journey.stack.startWorkers({ ...journey.env, ...wrongClock(off) });
    expect(await pushEnd(journey, async () => {})).toEqual(undisturbed);
  } finally {
    await journey.close();
  }
});
