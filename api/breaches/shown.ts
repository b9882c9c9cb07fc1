/** How breaches are shown: to the house with every business, to a business with itself alone. */
import type { BreachEntry } from '../../db/breach-entries.ts';
import type { Breach, BreachBusiness } from '../../db/breaches.ts';
import { clockOf } from '../../domain/breaches/clocks.ts';
import { toPublicId, type TenantId } from '../../domain/ids.ts';
import { breachWorkflowId } from '../../temporal/workflow-ids.ts';
import type { Call } from '../route.ts';

/** A breach with everything that was noted of it. */
export type NotedBreach = Breach & { entries: readonly BreachEntry[] };

export function shownToHouse({ dependencies: { now, temporal } }: Call, breach: NotedBreach) {
  const { recordedBy, recordedAt, closedBy, businesses, entries } = breach;
  return {
    ...factsOf(breach),
    ...{ recordedBy, recordedAt, closedBy },
    businesses: businesses.map((one) => ({
      ...{ id: toPublicId('tenant', one.tenantId), name: one.name, noticedAt: one.noticedAt },
      ...{ tellAskedAt: one.tellAskedAt, tellAskedBy: one.tellAskedBy },
      isGone: one.isOver && breach.closedAt === null,
      reminded: [...one.reminded],
      authorityToldBy: one.authorityToldBy,
      ...standingOf(one, now()),
    })),
    entries: entries.map(({ at, actor, kind, tenantId, detail }) => ({
      ...{ at, actor, kind, detail },
      business: tenantId === null ? null : toPublicId('tenant', tenantId),
    })),
    runUrl: temporal.runUrl(breachWorkflowId(breach.id)),
  };
}

export function shownToBusiness(
  { dependencies: { now }, principal: { tenantId } }: Call,
  breach: NotedBreach,
) {
  const [one] = breach.businesses;
  if (one === undefined) throw new Error('a breach of a business names that business');
  const mine = entriesFor(breach, tenantId);
  return {
    ...factsOf(breach),
    ...standingOf(one, now()),
    noticedAt: one.noticedAt,
    authorityToldBy: wordOf(one, mine),
    measures: mine
      .filter(({ kind }) => kind === 'measure')
      .map(({ at, tenantId: of, detail }) => ({ at, isOwn: of !== null, text: detail ?? '' })),
  };
}

/** What a business may read of what was noted: of all businesses, or of itself. */
export function entriesFor({ entries }: NotedBreach, tenantId: TenantId) {
  return entries.filter(({ tenantId: of }) => of === null || of === tenantId);
}

/** Who told the authority: who of the house that was is no matter of the business. */
function wordOf({ authorityToldAt }: BreachBusiness, mine: readonly BreachEntry[]) {
  if (authorityToldAt === null) return null;
  const isOwn = mine.some(({ kind, tenantId }) => kind === 'authority' && tenantId !== null);
  return isOwn ? ('business' as const) : ('house' as const);
}

function factsOf({ id, summary, dataKinds, isEncrypted, noticedAt, ...breach }: Breach) {
  const { closedAt, closeReason } = breach;
  return {
    id: toPublicId('breach', id),
    ...{ summary, dataKinds, isEncrypted, noticedAt, closedAt, closeReason },
  };
}

function standingOf(one: BreachBusiness, nowMs: number) {
  const { personCount, authorityReference } = one;
  return {
    ...{ personCount, authorityReference },
    businessClock: clockOf(one, 'business', nowMs),
    authorityClock: clockOf(one, 'authority', nowMs),
  };
}
