/**
 * Workers whose wall clock is wrong: waits are timers of Temporal, and times of money are the
 * database's and the provider's, so that everything ends as always.
 */
import { openThreeRuns, type ThreeRuns } from '../support/three-runs.ts';
import { wrongClock } from '../support/shifted-clock.ts';

jest.setTimeout(240_000);

const hourMs = 3_600_000;
let runs: ThreeRuns;
let undisturbed: object;

beforeAll(async () => {
  runs = await openThreeRuns();
  undisturbed = await endsWith({});
});
afterAll(() => runs.close());

/** What the three leave when the workers run with this environment. */
async function endsWith(env: Record<string, string>): Promise<object> {
  const { stack, env: usual } = runs.journey;
  const workers = await stack.startWorkers({ ...usual, ...env });
  const upload = await runs.upload();
  const money = await runs.moneyEnds(await runs.moveMoney());
  const read = await runs.readEnds(upload);
  await workers.stop();
  return { ...money, read };
}

test.each([
  { what: 'a day ahead', off: { shiftMs: 24 * hourMs } },
  { what: 'set back by five minutes while they run', off: { jumpMs: -hourMs / 12 } },
])('workers whose clock is $what read, collect and pay as others do', async ({ off }) => {
  expect(await endsWith(wrongClock(off))).toEqual(undisturbed);
});

test('what is undisturbed is read, collected and paid once', () => {
  expect(undisturbed).toMatchObject({
    collected: { status: 'paid', isLate: false },
    paidOut: { status: 'paid', sent: [['b2c', 250_000, 'completed']] },
  });
});
