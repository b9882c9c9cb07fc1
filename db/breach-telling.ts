/** Who is told of a breach: the wish, the deed and what the run that watches it has seen. */
import { sql } from 'kysely';
import type { BreachId, TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { noteEntry } from './breach-entries.ts';
import type { BreachDeed } from './breaches.ts';
import type { OperatorHandle } from './database.ts';

/** Wishes every business that is still there to be told; answers how many had not been before. */
export async function askToTell(
  o: OperatorHandle,
  breachId: BreachId,
  { actor, at }: BreachDeed,
): Promise<number> {
  const asked = await sql`
    update platform.breach_businesses x set tell_asked_at = ${at}, tell_asked_by = ${actor}
    from platform.tenants n
    where n.id = x.tenant_id and n.status <> 'closed'
      and x.breach_id = ${breachId} and x.tell_asked_at is null`.execute(o.query);
  const count = Number(asked.numAffectedRows ?? 0);
  if (count > 0) await noteEntry(o, { breachId, actor, at, kind: 'tell', detail: String(count) });
  return count;
}

/** Notes that a business was told now; false when it had been before. */
export async function noteTold(
  o: OperatorHandle,
  of: { breachId: BreachId; tenantId: TenantId; actor: string },
): Promise<boolean> {
  const { breachId, tenantId, actor } = of;
  const told = await sql<{ at: Instant }>`
    update platform.breach_businesses set told_at = clock_timestamp()
    where breach_id = ${breachId} and tenant_id = ${tenantId} and told_at is null
    returning told_at as at`.execute(o.query);
  const [row] = told.rows;
  if (row === undefined) return false;
  await noteEntry(o, { breachId, tenantId, actor, at: row.at, kind: 'told' });
  return true;
}

/** Who told the authority, when, and under which number it keeps that. */
export interface AuthorityWord extends BreachDeed {
  toldAt: Instant;
  reference: string | null;
}

/**
 * Notes that the authority was told, for one business or for all of them; answers for how many that is
 * new.
 */
export async function noteAuthority(
  o: OperatorHandle,
  of: { breachId: BreachId; tenantId: TenantId | null },
  { actor, at, toldAt, reference }: AuthorityWord,
): Promise<number> {
  const { breachId, tenantId } = of;
  const one = tenantId === null ? sql`` : sql`and tenant_id = ${tenantId}`;
  const noted = await sql`
    update platform.breach_businesses set authority_told_at = ${toldAt},
      authority_told_by = ${actor}, authority_reference = ${reference}
    where breach_id = ${breachId} and authority_told_at is null ${one}`.execute(o.query);
  const count = Number(noted.numAffectedRows ?? 0);
  const entry = { breachId, tenantId, actor, at, kind: 'authority', detail: reference } as const;
  if (count > 0) await noteEntry(o, entry);
  return count;
}

/** Notes that a run has looked at this version, and when it looks again by itself. */
export async function noteLook(
  o: OperatorHandle,
  { breachId, version, nextAt }: { breachId: BreachId; version: number; nextAt: Instant | null },
): Promise<void> {
  await o.query
    .updateTable('platform.breaches')
    .set({ looked_version: version, next_look_at: nextAt })
    .where('id', '=', breachId)
    .execute();
}

/**
 * Breaches that changed and were not looked at since, or whose run should have looked by now: it was
 * never started, or it ended before its time.
 */
export async function unlookedBreaches(o: OperatorHandle, now: Instant): Promise<BreachId[]> {
  const rows = await sql<{ id: BreachId }>`
    select id from platform.breaches
    where looked_version < version
      or (closed_at is null and next_look_at < ${now}::timestamptz - interval '2 minutes')
    order by recorded_at`.execute(o.query);
  return rows.rows.map(({ id }) => id);
}

/** Whoever runs the house and gets mail about it. */
export interface HousePerson {
  userId: UserId;
  name: string;
  email: string;
  locale: string;
}

export function listHousePeople(o: OperatorHandle): Promise<HousePerson[]> {
  return o.query
    .selectFrom('platform.users')
    .select(['id as userId', 'name', 'email', 'locale'])
    .where('is_platform_admin', '=', true)
    .where('status', '=', 'active')
    .orderBy('id')
    .execute();
}
