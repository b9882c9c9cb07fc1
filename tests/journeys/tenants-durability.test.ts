/**
 * kill -9 of the worker at every boundary of a move to a schema of its own while the business works
 * on: nothing is lost, and nothing is served from two places.
 */
import { failpointNames } from '../../activities/failpoint.ts';
import { openBusyBusiness, tell, type BusyBusiness } from '../support/busy-business.ts';
import type { Running } from '../support/processes.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { diesBySigkill } from '../support/twin.ts';
import { until } from '../support/until.ts';

jest.setTimeout(600_000);

const patience = { withinMs: 120_000, everyMs: 200 };
let stack: Stack;
/** The worker that took over from the last one that was killed. */
let worker: Running;
let moved: BusyBusiness[];

beforeAll(async () => {
  stack = await openStack();
  await stack.startGateway();
  moved = await killedAtEach(untilSwitch, beginMove);
  worker = await launchWorker();
});
afterAll(() => stack.close());

const untilSwitch = failpointNames.filter(
  (name) => name.startsWith('move.') && name !== 'move.afterRemove',
);

function launchWorker(failpoint?: string): Promise<Running> {
  const env = { DATABASE_OWNER_URL: stack.database.ownerUrl };
  const failing = failpoint === undefined ? {} : { FAILPOINTS: `${failpoint}=kill` };
  return stack.launchWorkers({ ...env, ...failing }, 'tenants');
}

/** Fails with the last lines of all processes. */
async function explained(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${stack.output()}`, { cause: error });
  }
}

/**
 * For each failpoint another business begins, and the worker dies there; the next worker goes on
 * with all of them and dies at the next failpoint.
 */
async function killedAtEach(
  failpoints: readonly string[],
  begin: (business: BusyBusiness) => Promise<void>,
): Promise<BusyBusiness[]> {
  const businesses: BusyBusiness[] = [];
  for (const failpoint of failpoints) {
    const doomed = await launchWorker(failpoint);
    const business = await openBusyBusiness(stack);
    businesses.push(business);
    await business.writesOn(3);
    await begin(business);
    await diesBySigkill(doomed);
  }
  return businesses;
}

interface Settings {
  move: { status: string } | null;
}

async function becomes(business: BusyBusiness, status: string): Promise<void> {
  let seen: unknown;
  await until(async () => {
    const { body } = await business.client.get<Settings>('/v1/settings');
    seen = body.move;
    return body.move?.status === status;
  }, patience).catch((cause: unknown) => {
    throw new Error(`not ${status}: ${JSON.stringify(seen)}`, { cause });
  });
}

/** How many customers of a business each place holds. */
async function customersOf({ tenantId }: BusyBusiness) {
  const count = async (schema: string) => {
    const [row] = await stack.database.asOwner(
      `select count(*)::int as n from "${schema}".customers where tenant_id = $1`,
      [tenantId],
    );
    return Number(row?.['n']);
  };
  const own = `t_${tenantId.replaceAll('-', '')}`;
  return { shared: await count('shared'), own: await count(own) };
}

async function beginMove(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  const { status } = await business.client.post('/v1/settings/plan', { plan: 'pro' });
  expect(status).toBe(202);
}

async function confirmMove(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  const decision = { decision: 'confirm' };
  await tell(() => business.client.post('/v1/settings/plan/decision', decision));
}

test('a move killed at each of its failpoints loses nothing and is served from one place', () =>
  explained(async () => {
    await Promise.all(moved.map((business) => becomes(business, 'switched')));
    await Promise.all(moved.map((business) => business.writesOn(2)));
    await worker.stop();
    const doomed = await launchWorker('move.afterRemove');
    const [first, ...others] = moved;
    if (first === undefined) throw new Error('somebody moved');
    await confirmMove(first);
    await diesBySigkill(doomed);
    worker = await launchWorker();
    for (const business of others) await confirmMove(business);
    await Promise.all(moved.map((business) => becomes(business, 'confirmed')));
    await Promise.all(moved.map((business) => business.stop()));

    for (const business of moved) {
      const { written, oddities } = business;
      expect(oddities).toEqual([]);
      expect(await customersOf(business)).toEqual({ shared: 0, own: written.length });
    }
    expect(await stack.checker.violations()).toEqual([]);
  }));
