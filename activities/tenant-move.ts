/**
 * Moving a tenant between its places. Every step looks at what is already done, so a worker that
 * dies anywhere is followed by another one; the tenant is served from one place at every moment.
 */
import type { Database } from '../db/database.ts';
import type { Provisioner } from '../db/provisioner.ts';
import {
  applyChanges,
  compareSides,
  copyPage,
  readCopyPlan,
  removeRows,
  settleCounters,
  type Copy,
  type CopyTable,
} from '../db/tenant-copy.ts';
import { finishMove, noteSwitch } from '../db/tenant-moves.ts';
import { carryPeople } from '../db/tenant-people.ts';
import { sharedPlace, type Place } from '../db/tenant-placement.ts';
import { capture, freeze, hide, placeOf, switchPlace, thaw } from '../db/tenant-switch.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { MoveTenantInput } from '../workflows/tenant-types.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import type { MoveSteps } from './tenant-steps.ts';
import { provisionerOf } from './places.ts';

export interface MoveDependencies {
  db: Database;
  /** Undefined in a process that may not manage places. */
  provisioner: Provisioner | undefined;
  failpoint: Failpoint;
  nowMs: () => number;
}

/** Builds the steps of a move. */
export function createMoveActivities(d: MoveDependencies): MoveSteps {
  return {
    prepareMove: (input) => prepare(d, input),
    copyTenant: (input) => copyAll(d, input),
    catchUpMove: (input) => catchUp(d, input),
    freezeTenant: (input) => freezeIn(d, input),
    thawTenant: ({ tenantId, from }) => thaw(provisionerOf(d), tenantId, from),
    finishCopy: (input) => finish(d, input),
    switchTenant: (input) => switchTenant(d, input),
    confirmMove: (input) => confirm(d, input),
    rollBackMove: (input) => rollBack(d, input),
    abandonMove: (input) => abandon(d, input),
  };
}

async function prepare(d: MoveDependencies, { tenantId, from, to }: MoveTenantInput) {
  const provisioner = provisionerOf(d);
  if ((await placeOf(provisioner, tenantId)) !== from) return;
  await provisioner.prepare(to);
  await carryPeople(provisioner, { tenantId, from, to });
  await hide(provisioner, tenantId, to);
  await d.failpoint('move.afterPrepare');
  await capture(provisioner, { tenantId, place: from }, true);
}

async function copyAll(d: MoveDependencies, input: MoveTenantInput): Promise<{ rowCount: number }> {
  return withSides(d, input, async (copy, plan) => {
    let rowCount = 0;
    for (const table of plan) {
      for (let after: string | undefined; ;) {
        const page = await copyPage(copy, table, after);
        if (page === undefined) break;
        after = page.last;
        rowCount += page.count;
        await d.failpoint('move.midCopy');
      }
    }
    await d.failpoint('move.afterCopy');
    return { rowCount };
  });
}

async function catchUp(d: MoveDependencies, input: MoveTenantInput): Promise<{ left: number }> {
  return withSides(d, input, async (copy, plan) => {
    const left = await applyChanges(copy, plan);
    await d.failpoint('move.midCatchUp');
    return { left };
  });
}

async function freezeIn(d: MoveDependencies, { tenantId, from }: MoveTenantInput): Promise<void> {
  const provisioner = provisionerOf(d);
  if ((await placeOf(provisioner, tenantId)) !== from) return;
  await freeze(provisioner, tenantId, from);
  await d.failpoint('move.afterFreeze');
}

async function finish(d: MoveDependencies, input: MoveTenantInput) {
  if ((await placeOf(provisionerOf(d), input.tenantId)) === input.to) {
    return { differing: [], rowCount: 0 };
  }
  await carryPeople(provisionerOf(d), input);
  return withSides(d, input, async (copy, plan) => {
    const result = await complete(d, copy, plan);
    await d.failpoint('move.afterVerify');
    return result;
  });
}

/** With writers shut out: the rest of the changes, the order of counted rows, and the comparison. */
async function complete(d: MoveDependencies, copy: Copy, plan: readonly CopyTable[]) {
  while ((await applyChanges(copy, plan)) > 0) {
    await d.failpoint('move.midCatchUp');
  }
  await settleCounters(copy, plan);
  return compareSides(copy, plan);
}

async function switchTenant(d: MoveDependencies, input: MoveTenantInput & { rowCount: number }) {
  const provisioner = provisionerOf(d);
  const { tenantId, from, to, toTier } = input;
  if ((await placeOf(provisioner, tenantId)) === from) {
    // The old copy can follow, so that going back loses nothing.
    await capture(provisioner, { tenantId, place: to }, true);
    await d.failpoint('move.beforeSwitch');
    await switchPlace(provisioner, { tenantId, from, to, tier: toTier });
    await d.failpoint('move.afterSwitch');
  }
  await capture(provisioner, { tenantId, place: from }, false);
  const frozenMilliseconds = await frozenFor(provisioner, tenantId, from);
  const { moveId, rowCount } = input;
  await d.db.withTenant(tenantId, (t) => noteSwitch(t, { moveId, rowCount, frozenMilliseconds }));
  return { frozenMilliseconds };
}

/** From the freeze to the switch, as the places themselves tell it. */
async function frozenFor(
  provisioner: Provisioner,
  tenantId: MoveTenantInput['tenantId'],
  from: Place,
): Promise<number> {
  const found = await provisioner.inPlace(sharedPlace, (client) =>
    client.query<{ ms: number }>(
      `select (extract(epoch from now() - since) * 1000)::int as ms from platform.tenant_places
       where tenant_id = $1 and place = $2`,
      [tenantId, from],
    ),
  );
  return Math.max(0, found.rows[0]?.ms ?? 0);
}

async function confirm(d: MoveDependencies, input: MoveTenantInput): Promise<void> {
  const provisioner = provisionerOf(d);
  const { tenantId, from, to, moveId } = input;
  await capture(provisioner, { tenantId, place: to }, false);
  await removeCopy(d, tenantId, from);
  await d.failpoint('move.afterRemove');
  await d.db.withTenant(tenantId, (t) => finishMove(t, { moveId, status: 'confirmed' }));
}

/** Never the place the tenant lives in, whatever the caller says. */
async function removeCopy(
  d: MoveDependencies,
  tenantId: MoveTenantInput['tenantId'],
  place: Place,
): Promise<void> {
  const provisioner = provisionerOf(d);
  if ((await placeOf(provisioner, tenantId)) === place) {
    throw permanentFault(failureTypes.bug, `tenant ${tenantId} lives in ${place}`);
  }
  if (place !== sharedPlace) return provisioner.remove(place);
  await provisioner.inPlace(place, async (client) => {
    await removeRows({ client, place }, await readCopyPlan(client), tenantId);
  });
}

async function rollBack(d: MoveDependencies, input: MoveTenantInput): Promise<void> {
  const provisioner = provisionerOf(d);
  const { tenantId, from, to, fromTier, moveId } = input;
  if ((await placeOf(provisioner, tenantId)) === to) {
    const back = { ...input, from: to, to: from };
    await freeze(provisioner, tenantId, to);
    await d.failpoint('move.afterFreeze');
    const { differing } = await withSides(d, back, (copy, plan) => complete(d, copy, plan));
    if (differing.length > 0) {
      await thaw(provisioner, tenantId, to);
      throw new Error(`the copies differ after carrying back: ${differing.join(', ')}`);
    }
    await switchPlace(provisioner, { tenantId, from: to, to: from, tier: fromTier });
    await d.failpoint('move.afterSwitch');
  }
  if (to === sharedPlace) await capture(provisioner, { tenantId, place: to }, false);
  await removeCopy(d, tenantId, to);
  await d.failpoint('move.afterRemove');
  await d.db.withTenant(tenantId, (t) => finishMove(t, { moveId, status: 'rolled-back' }));
}

async function abandon(d: MoveDependencies, input: MoveTenantInput & { detail: string }) {
  const provisioner = provisionerOf(d);
  const { tenantId, from, to, moveId, detail } = input;
  await capture(provisioner, { tenantId, place: from }, false);
  await thaw(provisioner, tenantId, from);
  await removeCopy(d, tenantId, to);
  await thaw(provisioner, tenantId, to).catch(() => {});
  await d.db.withTenant(tenantId, (t) => finishMove(t, { moveId, status: 'abandoned', detail }));
}

async function withSides<T>(
  d: MoveDependencies,
  { tenantId, from, to }: Pick<MoveTenantInput, 'tenantId' | 'from' | 'to'>,
  work: (copy: Copy, plan: CopyTable[]) => Promise<T>,
): Promise<T> {
  const provisioner = provisionerOf(d);
  return provisioner.inPlace(from, (source) =>
    provisioner.inPlace(to, async (target) => {
      const copy = {
        tenantId,
        source: { client: source, place: from },
        target: { client: target, place: to },
      };
      return work(copy, await readCopyPlan(source));
    }),
  );
}
