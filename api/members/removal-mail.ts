/** Tells whoever no longer belongs to a business by mail: its bell they hear no more. */
import type { Member } from '../../db/auth.ts';
import type { TenantHandle } from '../../db/database.ts';
import { queueMail } from '../../db/mails.ts';
import type { Call } from '../route.ts';

/**
 * The mail waits in the database all tenants share: in the transaction of the removal, and of a
 * business with a database of its own right before its end, rather once too often than never.
 */
export async function mailRemoved(
  { dependencies: { db } }: Pick<Call, 'dependencies'>,
  t: TenantHandle,
  { name, email: to, locale, tenant }: Member,
): Promise<void> {
  const values = { name, business: tenant.name };
  const queue = (handle: Parameters<typeof queueMail>[0]) =>
    queueMail(handle, db.platformSeal, { template: 'member-removed', locale, to, values });
  await (t.place.startsWith('d_') ? db.onPlatform(queue) : queue(t));
}
