/** Tags and the note of a row, kept by what the row is; the note is sealed. */
import { sql } from 'kysely';
import type { TransactionId } from '../domain/ids.ts';
import { changedTags } from '../domain/statements/row-marks.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import { followMarks, type RowPlace } from './row-tags.ts';

export const noteContext = 'row_marks|note';

export interface MarkWish {
  transactionId: TransactionId;
  /** Tags in their one spelling. */
  add: readonly string[];
  remove: readonly string[];
  /** The new note; null for none, undefined to leave it as it is. */
  note?: string | null | undefined;
  actor: string;
  requestId: string;
}

interface Marks {
  tags: readonly string[];
  note: string | null;
}

/**
 * Changes the tags and the note of a live row; a repeat changes nothing. The audit log says how many
 * tags and whether a note, never the words.
 */
export async function markRow(
  t: TenantHandle,
  wish: MarkWish,
): Promise<'marked' | 'not-found' | 'too-many-tags'> {
  const row = await lockRow(t, wish.transactionId);
  if (row === undefined) return 'not-found';
  const before = await marksOf(t, row);
  const tags = changedTags(before.tags, wish);
  if (tags === undefined) return 'too-many-tags';
  const note = wish.note === undefined ? before.note : wish.note;
  const added = tags.filter((tag) => !before.tags.includes(tag)).length;
  const removed = before.tags.filter((tag) => !tags.includes(tag)).length;
  if (added === 0 && removed === 0 && note === before.note) return 'marked';
  const sealed = note === null ? null : t.seal.seal(note, noteContext);
  await sql`
    insert into ${t.table('row_marks')} as m (tenant_id, account_id, identity, tags, note_sealed)
    values (${t.tenantId}, ${row.accountId}, ${row.identity}, ${tags}::text[], ${sealed})
    on conflict (tenant_id, account_id, identity)
    do update set tags = excluded.tags, note_sealed = excluded.note_sealed`.execute(t.query);
  if (added + removed > 0) await followMarks(t, [row]);
  await appendAudit(t, {
    ...{ actor: wish.actor, action: markAction, objectKind: 'transaction' },
    ...{ objectId: wish.transactionId, requestId: wish.requestId },
    detail: { added, removed, note: noteDeed(before.note, note) },
  });
  return 'marked';
}

export const markAction = 'transaction.mark';

function noteDeed(before: string | null, after: string | null): 'kept' | 'written' | 'removed' {
  if (before === after) return 'kept';
  return after === null ? 'removed' : 'written';
}

/** Whoever else marks the row waits for the end of this transaction. */
export async function lockRow(t: TenantHandle, id: TransactionId): Promise<RowPlace | undefined> {
  const found = await sql<RowPlace>`
    select account_id as "accountId", identity from ${t.table('transactions')}
    where id = ${id} and reversed_at is null for no key update`.execute(t.query);
  return found.rows[0];
}

async function marksOf(t: TenantHandle, { accountId, identity }: RowPlace): Promise<Marks> {
  const found = await sql<{ tags: string[]; noteSealed: Buffer | null }>`
    select tags, note_sealed as "noteSealed" from ${t.table('row_marks')}
    where account_id = ${accountId} and identity = ${identity}`.execute(t.query);
  const kept = found.rows[0];
  return kept === undefined
    ? { tags: [], note: null }
    : { tags: kept.tags, note: openNote(t, kept.noteSealed) };
}

/** What a sealed note says. */
export function openNote(t: Pick<TenantHandle, 'seal'>, sealed: Buffer | null): string | null {
  return sealed === null ? null : t.seal.open(sealed, noteContext);
}
