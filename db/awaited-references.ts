/** Which account references somebody waits for. */
import { sql } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import type { ShortcodeId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';

/** Whether a customer, a link or a collection of this shortcode has the reference a payer typed. */
export async function isAwaitedReference(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  reference: string,
): Promise<boolean> {
  const key = referenceKey(reference);
  if (key === '') return false;
  const found = await sql<{ isAwaited: boolean }>`
    select exists (select from ${t.table('customers')} where reference_key = ${key})
      or exists (select from ${t.table('payment_links')}
        where shortcode_id = ${shortcodeId} and reference_key = ${key} and status = 'open')
      or exists (select from ${t.table('collections')}
        where shortcode_id = ${shortcodeId} and reference_key = ${key}) as "isAwaited"`.execute(
    t.query,
  );
  return found.rows[0]?.isAwaited === true;
}
