/**
 * Raw callbacks are kept for thirteen months. Then their text is erased; the row stays, so that the
 * same callback is still known when it comes again.
 */
import { sql } from 'kysely';
import type { CallbackId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import { bodyContext } from './callbacks.ts';
import type { TenantHandle } from './database.ts';
import type { HookLetter } from './shortcode-tables.ts';

/** What stands in the place of a text that was erased: an object that says nothing. */
const erasedText = Buffer.from('{}');

/**
 * Erases the texts of at most `limit` callbacks that came before an instant and have had their
 * effect, with one record in the audit log; answers how many. Those a person has to look at stay.
 */
export async function eraseOldCallbacks(
  t: TenantHandle,
  { before, limit }: { before: Instant; limit: number },
): Promise<number> {
  const context = (row: OldCallback) =>
    bodyContext({ letter: row.letter, targetId: row.target_id });
  const nothing = t.seal.sealBytes(erasedText, 'callback_inbox|length').length;
  const old = await sql<OldCallback>`
    select id, letter, target_id from ${t.table('callback_inbox')}
    where tenant_id = ${t.tenantId} and status in ('delivered', 'discarded')
      and received_at < ${before} and length(body_sealed) > ${nothing}
    limit ${limit} for update skip locked`.execute(t.query);
  if (old.rows.length === 0) return 0;
  const texts = old.rows.map((row) => t.seal.sealBytes(erasedText, context(row)));
  await sql`
    update ${t.table('callback_inbox')} c set body_sealed = e.body
    from unnest(${old.rows.map(({ id }) => id)}::uuid[], ${texts}::bytea[]) as e(id, body)
    where c.tenant_id = ${t.tenantId} and c.id = e.id`.execute(t.query);
  await appendAudit(t, {
    ...{ actor: 'service:maintenance', action: 'callbacks.erased', objectKind: 'callbacks' },
    ...{ objectId: t.tenantId, detail: { count: old.rows.length, before } },
  });
  return old.rows.length;
}

interface OldCallback {
  id: CallbackId;
  letter: HookLetter;
  target_id: string;
}
