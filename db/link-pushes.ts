/** Pushes that payers had sent to themselves through a payment link. */
import { sql } from 'kysely';
import type { PaymentLinkId } from '../domain/ids.ts';
import { zero, type Cents } from '../domain/money.ts';
import { msisdnIndex, toCollection, type Collection } from './collection-record.ts';
import type { TenantHandle } from './database.ts';

export interface PushOfLink {
  linkId: PaymentLinkId;
  /** Twelve digits. */
  msisdn: string;
}

/** A push to this phone that is on its way or on the handset. */
export async function findOpenPush(
  t: TenantHandle,
  { linkId, msisdn }: PushOfLink,
): Promise<Collection | undefined> {
  const row = await t.query
    .selectFrom('collections')
    .selectAll()
    .where('payment_link_id', '=', linkId)
    .where('msisdn_index', '=', msisdnIndex(t, msisdn))
    .where('status', 'in', ['requested', 'sending', 'prompted'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toCollection(row);
}

/** Whether money may still come by a push through this link, or may have come unseen. */
export async function hasUndecidedPush(t: TenantHandle, linkId: PaymentLinkId): Promise<boolean> {
  const row = await t.query
    .selectFrom('collections')
    .select('id')
    .where('payment_link_id', '=', linkId)
    .where('status', 'in', ['requested', 'sending', 'prompted', 'unknown'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What prompts that are on their way or on a handset may still bring through a link, in cents. */
export async function centsUnderWay(t: TenantHandle, linkId: PaymentLinkId): Promise<Cents> {
  const found = await sql<{ cents: Cents }>`
    select coalesce(sum(amount_cents), 0)::bigint as cents from ${t.table('collections')}
    where payment_link_id = ${linkId} and status in ('requested', 'sending', 'prompted')`.execute(
    t.query,
  );
  return found.rows[0]?.cents ?? zero;
}

/** How often this phone, and this link altogether, were prompted lately. */
export async function countRecentPushes(
  t: TenantHandle,
  { linkId, msisdn, windowSeconds }: PushOfLink & { windowSeconds: number },
): Promise<{ byPhone: number; byLink: number }> {
  const found = await sql<{ byPhone: number; byLink: number }>`
    select count(*) filter (where msisdn_index = ${msisdnIndex(t, msisdn)}) as "byPhone",
      count(*) as "byLink"
    from ${t.table('collections')}
    where payment_link_id = ${linkId}
      and created_at > now() - make_interval(secs => ${windowSeconds})`.execute(t.query);
  return found.rows[0] ?? { byPhone: 0, byLink: 0 };
}

/** Whether the business takes no new payments. */
export async function isTenantSuspended(t: TenantHandle): Promise<boolean> {
  const row = await t.query
    .selectFrom('platform.tenants')
    .select('status')
    .where('id', '=', t.tenantId)
    .executeTakeFirstOrThrow();
  return row.status === 'suspended';
}

/** What the business calls itself. */
export async function tenantName(t: TenantHandle): Promise<string> {
  const row = await t.query
    .selectFrom('platform.tenants')
    .select('name')
    .where('id', '=', t.tenantId)
    .executeTakeFirstOrThrow();
  return row.name;
}
