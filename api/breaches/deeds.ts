/** What somebody does about a breach: taken for the change, done, noted, and its run told. */
import { withEntries } from '../../db/breach-entries.ts';
import { findBreach, takeBreach, type Breach, type BreachDeed } from '../../db/breaches.ts';
import type { OperatorHandle } from '../../db/database.ts';
import type { BreachId } from '../../domain/ids.ts';
import { instantFromEpochMs, type Instant } from '../../domain/time.ts';
import { actorOf } from '../auth/principal.ts';
import { problem, type FieldError, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';
import { shownToHouse } from './shown.ts';

export function deedOf({ principal, dependencies }: Call): BreachDeed {
  return { actor: actorOf(principal), at: instantFromEpochMs(dependencies.now()) };
}

/** Refuses what lies in the future, or before `since`. */
export function refuseTime(
  call: Call,
  at: Instant | undefined,
  { pointer, since }: { pointer: string; since?: Instant },
): Problem | undefined {
  if (at === undefined) return undefined;
  const nowMs = call.dependencies.now();
  if (Date.parse(at) > nowMs) return wrong(pointer, 'must not be later than now');
  if (since !== undefined && Date.parse(at) < Date.parse(since)) {
    return wrong(pointer, 'must not be before it was noticed');
  }
  return undefined;
}

export function wrong(pointer: string, detail: string): Problem {
  const error: FieldError = { in: 'body', pointer, detail };
  return problem('validation-failed', { errors: [error] });
}

/** Does it to a breach that is open, in one transaction, and answers the breach as it is then. */
export async function change(
  call: Call,
  breachId: BreachId,
  work: (o: OperatorHandle, breach: Breach) => Promise<Problem | undefined>,
) {
  const { db } = call.dependencies;
  const why = `go on with a breach, by ${actorOf(call.principal)}`;
  const refusal = await db.asOperator(why, async (o) => {
    const isTaken = await takeBreach(o, breachId);
    const breach = await findBreach(o, breachId);
    if (breach === undefined) return problem('not-found');
    return isTaken ? work(o, breach) : problem('breach-closed');
  });
  if (refusal !== undefined) return refusal;
  await haveLooked(call, breachId);
  return { status: 200 as const, body: await shownNow(call, breachId) };
}

/** Tells the run; whoever dies before leaves it to the upkeep, which sees that nobody looked. */
export async function haveLooked({ dependencies, requestId }: Call, breachId: BreachId) {
  const { temporal, telemetry } = dependencies;
  try {
    await temporal.lookAtBreach(breachId);
  } catch (err) {
    telemetry.log.error({ event: 'lookLeftToUpkeep', requestId, err });
  }
}

export async function shownNow(call: Call, breachId: BreachId) {
  const shown = await findShown(call, breachId);
  if (shown === undefined) throw new Error('a breach on record stays');
  return shown;
}

export async function findShown(call: Call, breachId: BreachId) {
  const [breach] = await call.dependencies.db.asOperator('look at a breach', async (o) => {
    const found = await findBreach(o, breachId);
    return found === undefined ? [] : withEntries(o, [found]);
  });
  return breach && shownToHouse(call, breach);
}
