/** Requests for the same money of the same phone, of which nobody knows yet that they were not paid. */
import { sql } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import { openStatuses, promptLapseMinutes } from '../domain/collections/terms.ts';
import type { CollectionId, ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import { msisdnIndex, toCollection, type Collection } from './collection-record.ts';
import type { TenantHandle } from './database.ts';
import { takeTurn } from './turns.ts';

export interface PushWish {
  id: CollectionId;
  shortcodeId: ShortcodeId;
  /** Twelve digits. */
  msisdn: string;
  amountCents: Cents;
  accountReference: string;
}

/**
 * The newest other request like this one that may still be paid: undecided, or given up by a person
 * while its prompt may be on the phone. Whoever asks about the same phone at the same time waits
 * until this transaction has ended.
 */
export async function findEqualPush(
  t: TenantHandle,
  { id, shortcodeId, msisdn, amountCents, accountReference }: PushWish,
): Promise<Collection | undefined> {
  const phone = msisdnIndex(t, msisdn);
  await takeTurn(t, `${t.tenantId}/equal-push/${phone.toString('hex')}`);
  const row = await t.query
    .selectFrom('collections')
    .selectAll()
    .where('tenant_id', '=', t.tenantId)
    .where('msisdn_index', '=', phone)
    .where('shortcode_id', '=', shortcodeId)
    .where('amount_cents', '=', amountCents)
    .where('reference_key', '=', referenceKey(accountReference))
    .where('id', '<>', id)
    .where((where) =>
      where.or([
        where('status', 'in', openStatuses),
        where.and([
          where('status', '=', 'cancelled'),
          where('sent_at', '>', sql<Instant>`now() - make_interval(mins => ${promptLapseMinutes})`),
        ]),
      ]),
    )
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toCollection(row);
}
