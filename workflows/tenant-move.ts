/**
 * Moves a tenant to another place: shared tables, a schema or a database of its own. It copies while
 * the tenant works, shuts writers out for a moment, compares, and switches. The old copy follows
 * until somebody confirms or two weeks pass, so going back loses nothing.
 */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineUpdate,
  patched,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { MoveSteps } from '../activities/tenant-steps.ts';
import { databaseBatch, moveFreeze } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type {
  DecideMoveInput,
  MoveTenantInput,
  MoveTenantResult,
  MoveVerdict,
} from './tenant-types.ts';

const steps = proxyActivities<MoveSteps>(databaseBatch);
/** What happens while writers wait is given up soon rather than tried for ever. */
const frozen = proxyActivities<MoveSteps>(moveFreeze);

export const decideMove = defineUpdate<MoveVerdict, [DecideMoveInput]>('decideMove');

const roundsMax = 20;
const fewChanges = 200;
const freezesMax = 3;
/** The database, and with it whoever asks, knows of the switch a moment before this run does. */
const switchedSoon = '5 seconds';

export async function moveTenant(input: MoveTenantInput): Promise<MoveTenantResult> {
  let isSwitched = false;
  let decision: DecideMoveInput['decision'] | undefined;
  setHandler(decideMove, async (asked) => {
    if (!isSwitched && patched('decision-waits-for-switch')) {
      await condition(() => isSwitched, switchedSoon);
    }
    if (!isSwitched) return { accepted: false, problem: 'not-switched' };
    decision ??= asked.decision;
    // The same decision again is a repeat whose first answer was lost.
    return decision === asked.decision
      ? { accepted: true }
      : { accepted: false, problem: 'decided' };
  });
  const switched = await CancellationScope.nonCancellable(() => carryOver(input));
  if (switched.status === 'abandoned') return switched;
  isSwitched = true;
  showEnd('switched', 'The tenant lives in its new place; the old copy follows.', true);
  await CancellationScope.nonCancellable(() => condition(() => decision !== undefined, '14 days'));
  return CancellationScope.nonCancellable(() => settle(input, decision ?? 'confirm', switched));
}

type Switched = { status: 'switched'; rowCount: number; frozenMilliseconds: number };

async function carryOver(
  input: MoveTenantInput,
): Promise<Switched | Extract<MoveTenantResult, { status: 'abandoned' }>> {
  showEnd('copying', 'Copying while the tenant works.');
  try {
    await steps.prepareMove(input);
    await steps.copyTenant(input);
    for (let round = 0; round < roundsMax; round += 1) {
      const { left } = await steps.catchUpMove(input);
      if (left < fewChanges) break;
    }
    for (let attempt = 1; attempt <= freezesMax; attempt += 1) {
      const result = await freezeAndSwitch(input);
      if (result !== undefined) return result;
      await steps.catchUpMove(input);
    }
    return await abandon(input, 'The copies stayed different; nothing was changed.');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return abandon(input, 'The copy could not be finished; nothing was changed.');
  }
}

/** Undefined when the copies differ or it took too long: the tenant works on where it was. */
async function freezeAndSwitch(input: MoveTenantInput): Promise<Switched | undefined> {
  showEnd('switching', 'Writers wait for a moment.');
  let compared: Awaited<ReturnType<MoveSteps['finishCopy']>>;
  try {
    await frozen.freezeTenant(input);
    compared = await frozen.finishCopy(input);
  } catch {
    await steps.thawTenant(input);
    return undefined;
  }
  if (compared.differing.length > 0) {
    await steps.thawTenant(input);
    return undefined;
  }
  const { rowCount } = compared;
  // From here on only forwards: whether the switch happened is known to the database alone.
  const { frozenMilliseconds } = await steps.switchTenant({ ...input, rowCount });
  return { status: 'switched', rowCount, frozenMilliseconds };
}

async function abandon(input: MoveTenantInput, detail: string) {
  await steps.abandonMove({ ...input, detail });
  showEnd('abandoned', detail, true);
  return { status: 'abandoned' as const, detail };
}

async function settle(
  input: MoveTenantInput,
  decision: DecideMoveInput['decision'],
  { rowCount, frozenMilliseconds }: Switched,
): Promise<MoveTenantResult> {
  if (decision === 'roll-back') {
    await steps.rollBackMove(input);
    showEnd('rolled-back', 'The tenant lives in its old place again.');
    return { status: 'rolled-back' };
  }
  if (decision !== 'confirm') throw ApplicationFailure.nonRetryable(`no decision: ${decision}`);
  await steps.confirmMove(input);
  showEnd('confirmed', `Moved ${rowCount} rows; writers waited ${frozenMilliseconds} ms.`);
  return { status: 'confirmed', rowCount, frozenMilliseconds };
}
