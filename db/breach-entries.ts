/** What was done about a breach, one line each: who, when, and for which business. */
import { randomUUID } from 'node:crypto';
import type { BreachEntryKind, ReminderKind } from '../domain/breaches/clocks.ts';
import { reminderKinds } from '../domain/breaches/clocks.ts';
import type { BreachId, TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle } from './database.ts';

export interface BreachEntry {
  breachId: BreachId;
  at: Instant;
  actor: string;
  kind: BreachEntryKind;
  /** The business it is about; null when it is about all of them. */
  tenantId: TenantId | null;
  detail: string | null;
}

type NewEntry = Pick<BreachEntry, 'breachId' | 'at' | 'actor' | 'kind'> &
  Partial<Pick<BreachEntry, 'tenantId' | 'detail'>> & { id?: string };

/** Appends an entry; the same `id` again, or the same reminder again, adds none. */
export function noteEntry(o: OperatorHandle, entry: NewEntry): Promise<void> {
  return noteEntries(o, [entry]);
}

/** The same for many, in their order. */
export async function noteEntries(o: OperatorHandle, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await o.query
    .insertInto('platform.breach_entries')
    .values(
      entries.map(({ id, breachId, at, actor, kind, tenantId = null, detail = null }) => ({
        ...{ id: id ?? randomUUID(), breach_id: breachId, business_id: tenantId },
        ...{ at, actor, kind, detail },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** These, each with everything noted of it, in the order it was noted. */
export async function withEntries<Of extends { id: BreachId }>(
  o: OperatorHandle,
  breaches: readonly Of[],
): Promise<(Of & { entries: BreachEntry[] })[]> {
  if (breaches.length === 0) return [];
  const rows = await o.query
    .selectFrom('platform.breach_entries')
    .selectAll()
    .where(
      'breach_id',
      'in',
      breaches.map(({ id }) => id),
    )
    .orderBy('seq')
    .execute();
  const entries = rows.map(({ breach_id: breachId, business_id: tenantId, ...row }) => {
    const { at, actor, kind, detail } = row;
    return { breachId, tenantId, at, actor, kind, detail };
  });
  const byBreach = Map.groupBy(entries, ({ breachId }) => breachId);
  return breaches.map((one) => ({ ...one, entries: byBreach.get(one.id) ?? [] }));
}

/** Which reminders were sent, by breach and business with a space between. */
export async function remindersOfBreaches(
  o: OperatorHandle,
  breachIds: readonly BreachId[],
): Promise<Map<string, ReminderKind[]>> {
  const rows = await o.query
    .selectFrom('platform.breach_entries')
    .select(['breach_id', 'business_id', 'detail'])
    .where('breach_id', 'in', [...breachIds])
    .where('kind', '=', 'reminder')
    .execute();
  const sent = new Map<string, ReminderKind[]>();
  for (const { breach_id: breachId, business_id: tenantId, detail } of rows) {
    const key = `${breachId} ${tenantId}`;
    const kind = reminderKinds.find((one) => one === detail);
    if (kind !== undefined) sent.set(key, [...(sent.get(key) ?? []), kind]);
  }
  return sent;
}
