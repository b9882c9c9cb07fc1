/**
 * The payments service: workflows and database steps on one queue, calls to Daraja on another that
 * is as wide as Daraja is slow, and the drainer of the callback inbox beside them.
 */
import { takeBillCallbacks } from '../activities/bill-callbacks.ts';
import { takeCollectionCallbacks } from '../activities/collection-callbacks.ts';
import { createPushActivities } from '../activities/collection-push.ts';
import { createCollectionActivities } from '../activities/collections.ts';
import { createAuthorisationActivities } from '../activities/authorisation.ts';
import { createBalanceActivities } from '../activities/balances.ts';
import { createDisbursementActivities } from '../activities/disbursements.ts';
import { payoutMetrics } from '../activities/payout-metrics.ts';
import { registerPayoutCallbacks } from '../activities/payout-callbacks.ts';
import { createPayoutCalls } from '../activities/payout-calls.ts';
import { createPayoutBatchActivities } from '../activities/payouts.ts';
import { createPullActivities } from '../activities/pulls.ts';
import { callbackHandlers, type CallbackHandlers } from '../activities/callbacks.ts';
import { startCallbackDrainer } from '../activities/callback-drainer.ts';
import { drainMetrics } from '../activities/callback-metrics.ts';
import type { TenantId } from '../domain/ids.ts';
import {
  createShortcodeCheckCalls,
  createShortcodeCheckSteps,
  registerCheckCallbacks,
} from '../activities/shortcode-checks.ts';
import { queues } from '../temporal/queues.ts';
import { darajaDoor } from './daraja.ts';
import { isWorkflowStart } from './stored-start.ts';
import type { WorkerPlan } from './temporal-workers.ts';
import type { World } from './world.ts';

/** Database steps of money in and out, by capability. */
const paymentSteps: readonly ((world: World) => object)[] = [
  (world) => createCollectionActivities({ ...world, timeScale: world.config.daraja.timeScale }),
  createAuthorisationActivities,
  (world) =>
    createDisbursementActivities({ ...world, metrics: payoutMetrics(world.telemetry.registry) }),
  createPayoutBatchActivities,
  createBalanceActivities,
  createShortcodeCheckSteps,
];

/** Steps that call Daraja, by capability. */
const darajaSteps: readonly ((world: World) => object)[] = [
  (world) =>
    createPushActivities({
      ...{ ...world, ...darajaDoor(world) },
      timeScale: world.config.daraja.timeScale,
    }),
  (world) => createPullActivities({ ...world, ...darajaDoor(world) }),
  (world) => createPayoutCalls({ ...world, ...darajaDoor(world) }),
  (world) =>
    createShortcodeCheckCalls({
      ...{ ...world, ...darajaDoor(world) },
      pullMsisdn: world.config.daraja.pullMsisdn,
    }),
];

/** What each capability does with its callbacks; the first that knows one takes it. */
const callbackTakers: readonly ((handlers: CallbackHandlers, world: World) => void)[] = [
  takeCollectionCallbacks,
  takeBillCallbacks,
  registerPayoutCallbacks,
  registerCheckCallbacks,
];

export function planPayments(world: World, codePath: string): WorkerPlan[] {
  const merged = (makers: readonly ((world: World) => object)[]): object =>
    mergeSteps(makers.map((make) => make(world)));
  const plans: WorkerPlan[] = [
    { queue: queues.payments, activities: merged(paymentSteps), codePath, slots: 'many' },
  ];
  if (darajaSteps.length > 0) {
    plans.push({ queue: queues.daraja, activities: merged(darajaSteps), slots: 'many' });
  }
  return plans;
}

/** Empties the callback inbox beside the workers. */
export function startPayments(world: World): { stop(): Promise<void> } {
  const { db, gateway, redis, telemetry, failpoint, nowMs } = world;
  return startCallbackDrainer({
    ...{ db, gateway, redis, telemetry, failpoint, nowMs },
    handlers: handlersOf(world),
    startLate: (tenantId, late) => startLate(world, tenantId, late),
    metrics: drainMetrics(telemetry.registry),
  });
}

async function startLate(
  { gateway }: World,
  tenantId: TenantId,
  late: Record<string, unknown>,
): Promise<void> {
  if (!isWorkflowStart(late, tenantId)) throw new Error('a callback asks for no workflow we know');
  const outcome = await gateway.start(late);
  if (outcome.kind === 'unavailable') throw new Error('Temporal does not take starts now');
}

/** Steps are found by their names alone: two of one name would silently replace each other. */
function mergeSteps(steps: readonly object[]): object {
  const names = steps.flatMap((each) => Object.keys(each));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`two capabilities have a step ${twice.join(', ')}`);
  return Object.assign({}, ...steps);
}

/** All handlers of callbacks that this version knows. */
function handlersOf(world: World): CallbackHandlers {
  const handlers = callbackHandlers();
  for (const register of callbackTakers) register(handlers, world);
  return handlers;
}
