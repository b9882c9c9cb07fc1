/** Phone numbers shown in full to a person who asks: each time is in the audit log, and counted there. */
import { sql } from 'kysely';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';

/** As many numbers as one person is shown in an hour. */
export const shownPerHourMax = 30;
const hourSeconds = 3_600;

export interface NumberShowing {
  actor: string;
  objectKind: 'collection' | 'disbursement';
  objectId: string;
  requestId: string;
}

/**
 * Notes that a number is about to be shown. When the person was shown as many as they may, nothing
 * is noted, and the answer says in how many seconds the next one may be.
 */
export async function noteShowing(
  t: TenantHandle,
  showing: NumberShowing,
): Promise<{ ok: true } | { ok: false; waitSeconds: number }> {
  const { actor } = showing;
  // Whoever asks twice at once is counted one after the other, as the log is written.
  await sql`select from ${t.table('audit_heads')} for update`.execute(t.query);
  const found = await sql<{ count: number; waitSeconds: number | null }>`
    select count(*) as count,
      ceil(${hourSeconds} - extract(epoch from clock_timestamp() - min(at)))::integer
        as "waitSeconds"
    from (
      select at from ${t.table('audit_log')}
      where actor = ${actor} and action = 'number.show'
        and at > clock_timestamp() - interval '1 hour'
      order by at desc limit ${shownPerHourMax}) shown`.execute(t.query);
  const { count = 0, waitSeconds } = found.rows[0] ?? {};
  if (count >= shownPerHourMax) return { ok: false, waitSeconds: Math.max(1, waitSeconds ?? 1) };
  await appendAudit(t, { ...showing, action: 'number.show' });
  return { ok: true };
}
