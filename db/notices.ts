/** What a business is told about, and what each of its people has read. */
import { sql } from 'kysely';
import type { NoticeId, UserId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Telling } from '../domain/notices/from-event.ts';
import type { NoticeFigures, NoticeKind } from '../domain/notices/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle, TenantHandle } from './database.ts';

export interface Notice {
  id: NoticeId;
  kind: NoticeKind;
  subjectId: string | null;
  /** The name of the file or list it is about, looked up when it is read. */
  name: string | null;
  figures: NoticeFigures;
  amountCents: Cents | null;
  count: number;
  at: Instant;
  isSettled: boolean;
  isRead: boolean;
}

/** Who reads: only of these kinds, and nothing they asked for themselves. */
export interface Reader {
  userId: UserId;
  actor: string;
  kinds: readonly NoticeKind[];
}

/** Whom it concerns: who asked for it and is not told, or the only one who is. */
export interface Concerned {
  maker?: string | null;
  audience?: string | null;
}

/** Tells something. Told again, it counts on, is new to everybody and waits anew. */
export async function tellNotice(
  t: TenantHandle,
  { tells, key, subjectId, figures, amountCents }: Telling,
  { maker = null, audience = null }: Concerned,
): Promise<void> {
  const table = t.table('notices');
  const told = await sql<{ id: string; isNew: boolean }>`
    insert into ${table} as n (tenant_id, kind, key, subject_id, figures, amount_cents, maker,
      audience)
    values (${t.tenantId}, ${tells}, ${key}, ${subjectId}, ${JSON.stringify(figures)}::jsonb,
      ${amountCents}, ${maker}, ${audience})
    on conflict (tenant_id, key) do update set
      count = n.count + 1, amount_cents = n.amount_cents + excluded.amount_cents,
      figures = excluded.figures, at = clock_timestamp(), settled_at = null
    returning n.id, n.count = 1 as "isNew"`.execute(t.query);
  const [notice] = told.rows;
  if (notice === undefined || notice.isNew) return;
  await sql`delete from ${t.table('notice_reads')} where notice_id = ${notice.id}`.execute(t.query);
}

/** Whether something with this key was ever told, whoever has read it. */
export async function isNoticeTold(t: TenantHandle, key: string): Promise<boolean> {
  const found = await t.query
    .selectFrom('notices')
    .select('id')
    .where('key', '=', key)
    .executeTakeFirst();
  return found !== undefined;
}

/** What they said is over; nobody needs to be told any more. */
export async function settleNotices(t: TenantHandle, keys: readonly string[]): Promise<void> {
  await sql`
    update ${t.table('notices')} set settled_at = clock_timestamp()
    where key = any(${keys}::text[]) and settled_at is null`.execute(t.query);
}

/** A page for one person, latest first. */
export async function listNotices(
  t: TenantHandle,
  reader: Reader,
  page: { after?: { at: Instant; id: NoticeId }; isUnread?: boolean; limit: number },
): Promise<Notice[]> {
  const { after, isUnread = false, limit } = page;
  const beyond = after && sql`and (n.at, n.id) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  const found = await sql<Notice>`
    select n.id, n.kind, n.subject_id as "subjectId", coalesce(s.file_name, b.name) as name,
      n.figures, n.amount_cents as "amountCents", n.count, n.at,
      n.settled_at is not null as "isSettled", not (${isNews(t, reader)}) as "isRead"
    from ${t.table('notices')} n
    left join ${t.table('statements')} s on n.kind like 'statement-%' and s.id = n.subject_id
    left join ${t.table('payout_batches')} b on n.kind like 'batch-%' and b.id = n.subject_id
    where ${isFor(reader)} ${isUnread ? sql`and ${isNews(t, reader)}` : sql``} ${beyond ?? sql``}
    order by n.at desc, n.id desc limit ${limit}`.execute(t.query);
  return found.rows;
}

/** How many wait, counted up to `max`, and since when the latest does: whatever changes shows in it. */
export async function unreadNews(
  t: TenantHandle,
  reader: Reader,
  max: number,
): Promise<{ count: number; latestAt: Instant | null }> {
  const found = await sql<{ count: number; latestAt: Instant | null }>`
    select count(*) as count, max(unread.at) as "latestAt" from (
      select n.at from ${t.table('notices')} n
      where ${isFor(reader)} and ${isNews(t, reader)}
      order by n.at desc limit ${max}
    ) unread`.execute(t.query);
  return found.rows[0] ?? { count: 0, latestAt: null };
}

/** Notes that a person has read these; ids of no notice of theirs change nothing. */
export async function markRead(
  t: TenantHandle,
  reader: Reader,
  ids: readonly NoticeId[],
): Promise<void> {
  await sql`
    insert into ${t.table('notice_reads')} (tenant_id, user_id, notice_id)
    select ${t.tenantId}, ${reader.userId}, n.id from ${t.table('notices')} n
    where n.id = any(${ids}::uuid[]) and ${isFor(reader)}
    on conflict do nothing`.execute(t.query);
}

/** Notes that a person has read everything up to now. */
export async function markAllRead(t: TenantHandle, { userId }: Reader): Promise<void> {
  await sql`
    insert into ${t.table('notice_marks')} as m (tenant_id, user_id, read_until)
    values (${t.tenantId}, ${userId}, clock_timestamp())
    on conflict (tenant_id, user_id) do update
      set read_until = greatest(m.read_until, excluded.read_until)`.execute(t.query);
  await sql`
    delete from ${t.table('notice_reads')} where user_id = ${userId}`.execute(t.query);
}

/** Forgets what was told longer ago than it is kept; answers how many. */
export async function sweepNotices(o: OperatorHandle): Promise<number> {
  const done = await sql`
    delete from ${o.table('notices')} where at < now() - interval '90 days'`.execute(o.query);
  return Number(done.numAffectedRows ?? 0);
}

function isFor({ kinds, actor }: Reader) {
  return sql<boolean>`n.kind = any(${kinds}::text[]) and n.maker is distinct from ${actor}
    and coalesce(n.audience, ${actor}) = ${actor}`;
}

/** Not over, told after they had read everything, and not read by itself. */
function isNews(t: TenantHandle, { userId }: Reader) {
  return sql<boolean>`(n.settled_at is null and n.at > coalesce((
      select m.read_until from ${t.table('notice_marks')} m where m.user_id = ${userId}
    ), '-infinity') and not exists (
      select from ${t.table('notice_reads')} r
      where r.user_id = ${userId} and r.notice_id = n.id))`;
}
