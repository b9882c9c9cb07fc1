/** Which account references somebody waits for. */
import { referenceKey } from '../domain/collections/reference.ts';
import type { ShortcodeId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';

/** Whether a collection of this shortcode carries the reference a payer typed. */
export async function isAwaitedReference(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  reference: string,
): Promise<boolean> {
  const key = referenceKey(reference);
  if (key === '') return false;
  const found = await t.query
    .selectFrom('collections')
    .select('id')
    .where('shortcode_id', '=', shortcodeId)
    .where('reference_key', '=', key)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
