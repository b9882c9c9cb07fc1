/**
 * Uploaded files are kept for thirteen months. Then the bytes are erased; the statement keeps digest,
 * size and name of its file, and every row with its raw text and place.
 */
import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import type { StatementStatus } from './statement-tables.ts';

/** Of these nobody needs the file any more: nothing waits for it and nothing reads it. */
const done: readonly StatementStatus[] = ['posted', 'refused', 'undone', 'abandoned'];

/**
 * Erases at most `limit` files that were complete before an instant, with one record in the audit
 * log; answers how many. A file somebody still works on stays until they are done.
 */
export async function eraseOldUploads(
  t: TenantHandle,
  { before, limit }: { before: Instant; limit: number },
): Promise<number> {
  const old = await sql<{ id: string; size: number }>`
    select u.id, coalesce(u.size_bytes, 0) as size from ${t.table('uploads')} u
    where u.tenant_id = ${t.tenantId} and u.completed_at < ${before} and ${isDone(t)}
    order by u.completed_at limit ${limit} for update of u skip locked`.execute(t.query);
  if (old.rows.length === 0) return 0;
  await t.query
    .deleteFrom('uploads')
    .where(
      'id',
      'in',
      old.rows.map(({ id }) => id),
    )
    .execute();
  const bytes = old.rows.reduce((sum, { size }) => sum + size, 0);
  await appendAudit(t, {
    ...{ actor: 'service:maintenance', action: 'uploads.erased', objectKind: 'uploads' },
    ...{ objectId: t.tenantId, detail: { count: old.rows.length, bytes, before } },
  });
  return old.rows.length;
}

/** How many files become complete-and-old in a span of time, and when the first one was complete. */
export async function countUploadsOf(
  t: TenantHandle,
  { from, before }: { from?: Instant; before: Instant },
): Promise<{ count: number; firstAt: Instant | null }> {
  const since = from === undefined ? sql`` : sql`and u.completed_at >= ${from}`;
  const found = await sql<{ count: number; firstAt: Instant | null }>`
    select count(*) as count, min(u.completed_at) as "firstAt" from ${t.table('uploads')} u
    where u.tenant_id = ${t.tenantId} and u.completed_at < ${before} ${since}
      and ${isDone(t)}`.execute(t.query);
  return found.rows[0] ?? { count: 0, firstAt: null };
}

function isDone(t: TenantHandle) {
  return sql<boolean>`not exists (
    select from ${t.table('statements')} s
    where s.tenant_id = u.tenant_id and s.upload_id = u.id
      and s.status <> all(${[...done]}::text[]))`;
}
