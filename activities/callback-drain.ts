/**
 * Empties the callback inbox: leases a few, lets the handlers decide in one transaction per callback,
 * then signals the run that waits, or starts the late path when that run is closed. A crash at any
 * point leaves the row where the next lease takes it up again.
 */
import {
  announceQuarantine,
  claimCallbacks,
  findCallback,
  markDelivered,
  markQuarantined,
  markRecorded,
  postponeCallback,
  type ClaimedCallback,
  type StoredCallback,
} from '../db/callbacks.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import type { CallbackTell } from '../db/shortcode-tables.ts';
import type { Place } from '../db/tenant-placement.ts';
import type { TenantId } from '../domain/ids.ts';
import { epochMsOf } from '../domain/time.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TemporalGateway } from '../temporal/client.ts';
import type { CallbackHandlers, CallbackOutcome } from './callbacks.ts';
import type { DrainMetrics } from './callback-metrics.ts';
import type { Failpoint } from './failpoint.ts';

export interface DrainDependencies {
  db: Pick<Database, 'withTenant' | 'asOperator' | 'places'>;
  handlers: CallbackHandlers;
  gateway: Pick<TemporalGateway, 'tell'>;
  /** Starts what a row asks for in place of a closed run; throws when Temporal is away. */
  startLate(tenantId: TenantId, late: Record<string, unknown>): Promise<void>;
  telemetry: Pick<Telemetry, 'log'>;
  metrics: DrainMetrics;
  failpoint: Failpoint;
  nowMs(): number;
}

const batchMax = 64;
const leaseSeconds = 30;
const atATime = 8;
/** A callback that waits for its request row, or fails, is set aside after this long. */
const patienceMs = 15 * 60_000;
const failuresMax = 12;

/** Rows the drainer would take up now, wherever their tenants live. */
const waitingRows = {
  table: 'callback_inbox',
  where: `status in ('pending', 'recorded') and available_at <= now()
    and (claimed_until is null or claimed_until <= now())`,
} as const;

/**
 * Handles one batch of every place that has some; answers how many callbacks it took up. A place that
 * fails does not hold up the others; its error is thrown once they had their turn.
 */
export async function drainCallbacks(deps: DrainDependencies): Promise<number> {
  const errors: unknown[] = [];
  let handled = 0;
  for (const place of await deps.db.places(waitingRows)) {
    try {
      handled += await drainPlace(deps, place);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'some inboxes could not be drained');
  return handled;
}

async function drainPlace(deps: DrainDependencies, place: Place): Promise<number> {
  const claimed = await deps.db.asOperator(
    'lease callbacks',
    (o) => claimCallbacks(o, { limit: batchMax, leaseSeconds }),
    place,
  );
  const waiting = [...claimed];
  await Promise.all(Array.from({ length: Math.min(atATime, waiting.length) }, takeNext));
  return claimed.length;

  async function takeNext(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await handleOne(deps, next);
    }
  }
}

async function handleOne(deps: DrainDependencies, claimed: ClaimedCallback): Promise<void> {
  try {
    const recorded = await record(deps, claimed);
    await deps.failpoint('cb.afterRecordBeforeTell');
    if (recorded !== undefined) await deliver(deps, claimed, recorded);
  } catch (error) {
    deps.telemetry.log.warn({ event: 'callbackFailed', ...claimed, err: error });
    await giveBack(deps, claimed, error);
  }
}

interface ToDeliver {
  tell: CallbackTell | null;
  late: Record<string, unknown> | null;
  receivedAt: StoredCallback['receivedAt'];
  letter: StoredCallback['letter'];
}

/** Lets the handlers decide; answers what is left to deliver. */
function record(deps: DrainDependencies, claimed: ClaimedCallback): Promise<ToDeliver | undefined> {
  return deps.db.withTenant(claimed.tenantId, async (t) => {
    const callback = await findCallback(t, claimed.id, { lock: true });
    if (callback?.status === 'recorded') return callback;
    if (callback?.status !== 'pending') return undefined;
    const outcome = await decide(deps, t, callback);
    return settle(deps, t, { callback, outcome });
  });
}

async function decide(
  { handlers }: DrainDependencies,
  t: TenantHandle,
  callback: StoredCallback,
): Promise<CallbackOutcome> {
  const { id, letter, targetId, receivedAt } = callback;
  const body: unknown = JSON.parse(callback.body.toString('utf8'));
  for (const { handler } of handlers.handlersOf(letter)) {
    const outcome = await handler(t, { id, letter, targetId, receivedAt, body });
    if (outcome.state !== 'not-mine') return outcome;
  }
  return { state: 'quarantined', cause: 'unknown-target' };
}

async function settle(
  deps: DrainDependencies,
  t: TenantHandle,
  { callback, outcome }: { callback: StoredCallback; outcome: CallbackOutcome },
): Promise<ToDeliver | undefined> {
  const { id, letter, receivedAt } = callback;
  const quarantine = async (cause: string) => {
    await markQuarantined(t, id, cause);
    await announceQuarantine(t, { id, letter, cause });
    deps.metrics.handled.inc({ letter, outcome: 'quarantined' });
    deps.telemetry.log.error({
      ...{ event: 'callbackQuarantined', tenantId: t.tenantId, callbackId: id, letter, cause },
    });
    return undefined;
  };
  switch (outcome.state) {
    case 'recorded': {
      const late = outcome.late === undefined ? null : { ...outcome.late };
      const tell = outcome.tell ?? null;
      await markRecorded(t, id, {
        ...(tell === null ? {} : { tell }),
        ...(late === null ? {} : { late }),
      });
      deps.metrics.handled.inc({ letter, outcome: 'recorded' });
      return tell === null && late === null ? undefined : { tell, late, letter, receivedAt };
    }
    case 'quarantined':
      return quarantine(outcome.cause);
    case 'not-mine':
      return quarantine('unknown-target');
    case 'waiting': {
      const ageMs = deps.nowMs() - epochMsOf(receivedAt);
      if (ageMs > patienceMs) return quarantine(outcome.cause);
      const afterMs = Math.min(10_000, Math.max(100, ageMs / 2));
      await postponeCallback(t, id, { afterMs, error: outcome.cause });
      return undefined;
    }
  }
}

/** Signals, or starts the late path; what Temporal does not take now is taken up again. */
async function deliver(
  deps: DrainDependencies,
  { tenantId, id }: ClaimedCallback,
  { tell, late, letter, receivedAt }: ToDeliver,
): Promise<void> {
  const told = tell === null ? 'closed' : await deps.gateway.tell(tell.workflowId, tell.signal);
  if (told === 'unavailable') throw new Error('Temporal takes no signals now');
  const isLate = told === 'closed' && late !== null;
  if (isLate) await deps.startLate(tenantId, late);
  await deps.failpoint('cb.afterTellBeforeMark');
  await deps.db.withTenant(tenantId, (t) => markDelivered(t, id));
  deps.metrics.handled.inc({ letter, outcome: isLate ? 'late' : told });
  deps.metrics.delaySeconds.observe((deps.nowMs() - epochMsOf(receivedAt)) / 1000);
}

/** Tries again later, ever more slowly; what a handler cannot take is set aside in the end. */
async function giveBack(
  deps: DrainDependencies,
  { tenantId, id, status }: ClaimedCallback,
  error: unknown,
): Promise<void> {
  try {
    await deps.db.withTenant(tenantId, async (t) => {
      const callback = await findCallback(t, id, { lock: true });
      if (callback === undefined) return;
      const isHopeless = callback.status === 'pending' && callback.attempts + 1 >= failuresMax;
      if (isHopeless) {
        await markQuarantined(t, id, 'handler-failed');
        await announceQuarantine(t, { id, letter: callback.letter, cause: 'handler-failed' });
        deps.metrics.handled.inc({ letter: callback.letter, outcome: 'quarantined' });
        deps.telemetry.log.error({ event: 'callbackQuarantined', tenantId, callbackId: id });
        return;
      }
      const afterMs = Math.min(
        status === 'recorded' ? 10_000 : 60_000,
        250 * 2 ** callback.attempts,
      );
      await postponeCallback(t, id, { afterMs, error: String(error) });
    });
  } catch (err) {
    // The lease runs out by itself.
    deps.telemetry.log.warn({ event: 'callbackNotGivenBack', tenantId, callbackId: id, err });
  }
}
