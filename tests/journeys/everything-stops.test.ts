/**
 * Gateway and workers killed in the same instant, and workers told to stop while they send: a push
 * and a payout end as if nothing had been, and nothing is sent twice.
 */
import type { Effect } from '../../simulators/daraja/faults/effects.ts';
import type { Running } from '../support/processes.ts';
import { openThreeRuns, type ThreeRuns } from '../support/three-runs.ts';
import { diesBySigkill } from '../support/twin.ts';

jest.setTimeout(240_000);

let runs: ThreeRuns;
let gateway: Running;
/** Every test leaves the ones that took over. */
let workers: Running;
let undisturbed: object;

beforeAll(async () => {
  runs = await openThreeRuns();
  gateway = runs.journey.gateway;
  workers = await startWorkers();
  undisturbed = await runs.moneyEnds(await runs.moveMoney());
});
afterAll(() => runs.close());

function startWorkers(): Promise<Running> {
  const { stack, env } = runs.journey;
  return stack.startWorkers(env);
}

/** Fails with the last lines of all processes. */
async function explained(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${runs.journey.stack.output()}`, { cause: error });
  }
}

/** The customer and the provider take so long that all is up again when they speak. */
const late: Effect[] = [
  { kind: 'phone', action: 'pin', afterMs: 20_000 },
  { kind: 'processing', ms: 20_000 },
];
/** They speak while nobody listens, and do not say it again. */
const unheard: Effect[] = [
  { kind: 'phone', action: 'pin', afterMs: 500 },
  { kind: 'processing', ms: 500 },
];

test.each([
  {
    when: 'after the provider took both and before it told how they ended',
    effects: unheard,
    reached: () => runs.taken(),
  },
  {
    when: 'while both are being sent',
    effects: [{ kind: 'slow', ms: 1_500 } as const, ...late],
    reached: () => runs.requested(),
  },
])('everything killed at once $when ends as if nothing had been', ({ effects, reached }) =>
  explained(async () => {
    const { stack, env } = runs.journey;
    const money = runs.moveMoney(effects);
    await reached();
    const all = [gateway, workers];
    for (const { pid } of all) process.kill(pid, 'SIGKILL');
    await Promise.all(all.map(diesBySigkill));
    [gateway, workers] = await Promise.all([stack.startGateway(env), startWorkers()]);

    expect(await runs.moneyEnds(await money)).toEqual(undisturbed);
  }),
);

test('workers told to stop while they send wait for the answer, and others go on', () =>
  explained(async () => {
    const money = runs.moveMoney([{ kind: 'slow', ms: 2_000 }]);
    await runs.requested();
    expect(await workers.stop()).toBe('0');
    workers = await startWorkers();

    expect(await runs.moneyEnds(await money)).toEqual(undisturbed);
  }));
