/** Links people pay through: a title, a reference, and an amount or none. */
import { sql, type Selectable } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import type { CustomerId, PaymentLinkId, ShortcodeId } from '../domain/ids.ts';
import { subtract, zero, type Cents } from '../domain/money.ts';
import { epochMsOf, type Instant } from '../domain/time.ts';
import type { LinkStatus, PaymentLinksTable } from './collection-tables.ts';
import type { TenantHandle } from './database.ts';

export interface PaymentLink {
  id: PaymentLinkId;
  shortcodeId: ShortcodeId;
  customerId: CustomerId | null;
  title: string;
  reference: string;
  /** Null lets the payer choose. */
  amountCents: Cents | null;
  status: LinkStatus;
  isReusable: boolean;
  paidCents: Cents;
  paidCount: number;
  expiresAt: Instant | null;
  createdBy: string;
  createdAt: Instant;
  closedAt: Instant | null;
  version: number;
}

export interface NewPaymentLink {
  id: PaymentLinkId;
  shortcodeId: ShortcodeId;
  customerId?: CustomerId;
  title: string;
  reference: string;
  amountCents?: Cents;
  isReusable: boolean;
  expiresAt?: Instant;
  createdBy: string;
}

export async function insertPaymentLink(t: TenantHandle, link: NewPaymentLink): Promise<void> {
  await t.query
    .insertInto('payment_links')
    .values({
      tenant_id: t.tenantId,
      id: link.id,
      shortcode_id: link.shortcodeId,
      customer_id: link.customerId ?? null,
      title: link.title,
      reference: link.reference,
      reference_key: referenceKey(link.reference),
      amount_cents: link.amountCents ?? null,
      is_reusable: link.isReusable,
      expires_at: link.expiresAt ?? null,
      created_by: link.createdBy,
    })
    .execute();
}

export async function findPaymentLink(
  t: TenantHandle,
  linkId: PaymentLinkId,
): Promise<PaymentLink | undefined> {
  const row = await t.query
    .selectFrom('payment_links')
    .selectAll()
    .where('id', '=', linkId)
    .executeTakeFirst();
  return row && toLink(row);
}

/**
 * The link as it stands until this transaction ends: nobody closes one that is shared, and nobody
 * else pays one that is held for an update.
 */
export async function holdPaymentLink(
  t: TenantHandle,
  linkId: PaymentLinkId,
  as: 'share' | 'update',
): Promise<PaymentLink | undefined> {
  const of = t.query.selectFrom('payment_links').selectAll().where('id', '=', linkId);
  const row = await (as === 'share' ? of.forShare() : of.forUpdate()).executeTakeFirst();
  return row && toLink(row);
}

/** Those of these links that are there. */
export async function findPaymentLinks(
  t: TenantHandle,
  linkIds: readonly PaymentLinkId[],
): Promise<PaymentLink[]> {
  const rows = await t.query
    .selectFrom('payment_links')
    .selectAll()
    .where('id', 'in', linkIds)
    .execute();
  return rows.map(toLink);
}

/** The links with a reference like this one, newest first, whatever their status. */
export async function findLinksByReference(
  t: TenantHandle,
  reference: string,
): Promise<PaymentLink[]> {
  const rows = await t.query
    .selectFrom('payment_links')
    .selectAll()
    .where('reference_key', '=', referenceKey(reference))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
  return rows.map(toLink);
}

/** Closes an open link; undefined when it is not open. */
export async function closePaymentLink(
  t: TenantHandle,
  linkId: PaymentLinkId,
): Promise<PaymentLink | undefined> {
  const row = await t.query
    .updateTable('payment_links')
    .set({ status: 'closed', closed_at: sql`now()`, version: sql`version + 1` })
    .where('id', '=', linkId)
    .where('status', '=', 'open')
    .returningAll()
    .executeTakeFirst();
  return row && toLink(row);
}

/** Newest first. */
export async function listPaymentLinks(
  t: TenantHandle,
  request: {
    status?: readonly LinkStatus[];
    limit: number;
    after?: { createdAt: Instant; id: PaymentLinkId };
  },
): Promise<PaymentLink[]> {
  const { status, limit, after } = request;
  let query = t.query.selectFrom('payment_links').selectAll();
  if (status !== undefined) query = query.where('status', 'in', status);
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(created_at, id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toLink);
}

/** Whether a link takes money now, and how much; null is any amount. */
export function openAmountOf(
  link: PaymentLink,
  nowMs: number,
): { state: 'open' | 'settled' | 'closed'; openCents: Cents | null } {
  const isOver = link.expiresAt !== null && epochMsOf(link.expiresAt) <= nowMs;
  if (link.status === 'paid') return { state: 'settled', openCents: zero };
  if (link.status === 'closed' || isOver) return { state: 'closed', openCents: zero };
  if (link.amountCents === null || link.isReusable) return { state: 'open', openCents: null };
  return { state: 'open', openCents: subtract(link.amountCents, link.paidCents) };
}

function toLink(row: Selectable<PaymentLinksTable>): PaymentLink {
  const { id, title, reference, status, version } = row;
  return {
    ...{ id, title, reference, status, version },
    shortcodeId: row.shortcode_id,
    customerId: row.customer_id,
    amountCents: row.amount_cents,
    isReusable: row.is_reusable,
    paidCents: row.paid_cents,
    paidCount: row.paid_count,
    expiresAt: row.expires_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
    closedAt: row.closed_at,
  };
}
