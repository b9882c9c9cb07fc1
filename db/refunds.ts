/**
 * Giving received money back. How much of a receipt was given back is one locked row, so that two
 * refunds side by side can never together give back more than was received.
 */
import { sql } from 'kysely';
import type { CollectionId, DisbursementId, ReversalId, ShortcodeId } from '../domain/ids.ts';
import { subtract, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

export interface NewRefund {
  id: ReversalId;
  shortcodeId: ShortcodeId;
  collectionId: CollectionId | null;
  method: 'reversal' | 'payout';
  disbursementId: DisbursementId;
  originalReceipt: string;
  originalCents: Cents;
  amountCents: Cents;
  reason: string;
  requestedBy: string;
}

export interface Refund extends NewRefund {
  isCounted: boolean;
  createdAt: Instant;
}

/**
 * Counts an amount against its receipt; answers what is left when it does not fit, and then nothing
 * has changed.
 */
export async function countRefund(
  t: TenantHandle,
  refund: Pick<NewRefund, 'shortcodeId' | 'originalReceipt' | 'originalCents' | 'amountCents'>,
): Promise<{ ok: true } | { ok: false; leftCents: Cents }> {
  const { shortcodeId, originalReceipt, originalCents, amountCents } = refund;
  await t.query
    .insertInto('refund_totals')
    .values({
      tenant_id: t.tenantId,
      shortcode_id: shortcodeId,
      receipt: originalReceipt,
      original_cents: originalCents,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const counted = await t.query
    .updateTable('refund_totals')
    .set({ refunded_cents: sql<Cents>`refunded_cents + ${amountCents}::bigint` })
    .where('shortcode_id', '=', shortcodeId)
    .where('receipt', '=', originalReceipt)
    .where(sql<boolean>`refunded_cents + ${amountCents}::bigint <= original_cents`)
    .executeTakeFirst();
  if (counted.numUpdatedRows > 0n) return { ok: true };
  const total = await t.query
    .selectFrom('refund_totals')
    .select(['original_cents', 'refunded_cents'])
    .where('shortcode_id', '=', shortcodeId)
    .where('receipt', '=', originalReceipt)
    .executeTakeFirstOrThrow();
  return { ok: false, leftCents: subtract(total.original_cents, total.refunded_cents) };
}

export async function insertRefund(t: TenantHandle, refund: NewRefund): Promise<void> {
  await t.query
    .insertInto('reversals')
    .values({
      tenant_id: t.tenantId,
      id: refund.id,
      shortcode_id: refund.shortcodeId,
      collection_id: refund.collectionId,
      method: refund.method,
      disbursement_id: refund.disbursementId,
      original_receipt: refund.originalReceipt,
      original_cents: refund.originalCents,
      amount_cents: refund.amountCents,
      reason: refund.reason,
      requested_by: refund.requestedBy,
    })
    .execute();
}

/** A refund that paid nothing no longer counts; repeating it changes nothing. */
export async function releaseRefund(
  t: TenantHandle,
  disbursementId: DisbursementId,
): Promise<void> {
  const found = await flipCounted(t, disbursementId, false);
  if (found === undefined) return;
  await t.query
    .updateTable('refund_totals')
    .set({ refunded_cents: sql<Cents>`refunded_cents - ${found.amount_cents}::bigint` })
    .where('shortcode_id', '=', found.shortcode_id)
    .where('receipt', '=', found.original_receipt)
    .execute();
}

/** A refund that counted as refused was paid after all. */
export async function recountRefund(
  t: TenantHandle,
  disbursementId: DisbursementId,
): Promise<void> {
  const found = await flipCounted(t, disbursementId, true);
  if (found === undefined) return;
  await t.query
    .updateTable('refund_totals')
    .set({
      refunded_cents: sql<Cents>`least(original_cents,
        refunded_cents + ${found.amount_cents}::bigint)`,
    })
    .where('shortcode_id', '=', found.shortcode_id)
    .where('receipt', '=', found.original_receipt)
    .execute();
}

function flipCounted(t: TenantHandle, disbursementId: DisbursementId, isCounted: boolean) {
  return t.query
    .updateTable('reversals')
    .set({ is_counted: isCounted })
    .where('disbursement_id', '=', disbursementId)
    .where('is_counted', '=', !isCounted)
    .returning(['shortcode_id', 'original_receipt', 'amount_cents'])
    .executeTakeFirst();
}

export async function findRefund(
  t: TenantHandle,
  refundId: ReversalId,
): Promise<Refund | undefined> {
  const row = await t.query
    .selectFrom('reversals')
    .selectAll()
    .where('id', '=', refundId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    shortcodeId: row.shortcode_id,
    collectionId: row.collection_id,
    method: row.method,
    disbursementId: row.disbursement_id,
    originalReceipt: row.original_receipt,
    originalCents: row.original_cents,
    amountCents: row.amount_cents,
    reason: row.reason,
    requestedBy: row.requested_by,
    isCounted: row.is_counted,
    createdAt: row.created_at,
  };
}

/** How much of a receipt may still be given back. */
export async function leftToRefund(
  t: TenantHandle,
  original: Pick<NewRefund, 'shortcodeId' | 'originalReceipt' | 'originalCents'>,
): Promise<Cents> {
  const total = await t.query
    .selectFrom('refund_totals')
    .select(['original_cents', 'refunded_cents'])
    .where('shortcode_id', '=', original.shortcodeId)
    .where('receipt', '=', original.originalReceipt)
    .executeTakeFirst();
  if (total === undefined) return original.originalCents;
  return subtract(total.original_cents, total.refunded_cents);
}
