/**
 * Giving received money back. How much of a receipt was given back is one locked row, so that two
 * refunds side by side can never together give back more than was received.
 */
import { sql, type Selectable } from 'kysely';
import type {
  CollectionId,
  DisbursementId,
  ReceivedPaymentId,
  ReversalId,
  ShortcodeId,
} from '../domain/ids.ts';
import { subtract, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { releaseToDesk, retakeForRefund, type DeskRefund } from './desk-refunds.ts';
import type { ReversalsTable } from './payout-tables.ts';

export interface NewRefund {
  id: ReversalId;
  shortcodeId: ShortcodeId;
  collectionId: CollectionId | null;
  /** The payment of the desk that is given back; null when the money had found its purpose. */
  receivedPaymentId: ReceivedPaymentId | null;
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
      received_payment_id: refund.receivedPaymentId,
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
  const onDesk = deskRefundOf(found);
  if (onDesk !== undefined) await releaseToDesk(t, onDesk);
  await t.query
    .updateTable('refund_totals')
    .set({ refunded_cents: sql<Cents>`refunded_cents - ${found.amountCents}::bigint` })
    .where('shortcode_id', '=', found.shortcodeId)
    .where('receipt', '=', found.originalReceipt)
    .execute();
}

/**
 * A refund that counted as refused was paid after all; false when its money had been given to
 * somebody else in between, which a person has to look at.
 */
export async function recountRefund(
  t: TenantHandle,
  disbursementId: DisbursementId,
): Promise<boolean> {
  const found = await flipCounted(t, disbursementId, true);
  if (found === undefined) return true;
  const onDesk = deskRefundOf(found);
  const isTaken = onDesk === undefined || (await retakeForRefund(t, onDesk));
  await t.query
    .updateTable('refund_totals')
    .set({
      refunded_cents: sql<Cents>`least(original_cents,
        refunded_cents + ${found.amountCents}::bigint)`,
    })
    .where('shortcode_id', '=', found.shortcodeId)
    .where('receipt', '=', found.originalReceipt)
    .execute();
  return isTaken;
}

async function flipCounted(t: TenantHandle, disbursementId: DisbursementId, isCounted: boolean) {
  const row = await t.query
    .updateTable('reversals')
    .set({ is_counted: isCounted })
    .where('disbursement_id', '=', disbursementId)
    .where('is_counted', '=', !isCounted)
    .returningAll()
    .executeTakeFirst();
  return row && toRefund(row);
}

function deskRefundOf({ id, receivedPaymentId, amountCents }: Refund): DeskRefund | undefined {
  if (receivedPaymentId === null) return undefined;
  return { refundId: id, receivedPaymentId, amountCents, actor: 'service:payments' };
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
  return row && toRefund(row);
}

/** The refunds of one payment of the desk, oldest first. */
export async function listRefundsOf(
  t: TenantHandle,
  paymentId: ReceivedPaymentId,
): Promise<Refund[]> {
  const rows = await t.query
    .selectFrom('reversals')
    .selectAll()
    .where('received_payment_id', '=', paymentId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toRefund);
}

export function toRefund(row: Selectable<ReversalsTable>): Refund {
  const { id, method, reason } = row;
  return {
    ...{ id, method, reason },
    shortcodeId: row.shortcode_id,
    collectionId: row.collection_id,
    receivedPaymentId: row.received_payment_id,
    disbursementId: row.disbursement_id,
    originalReceipt: row.original_receipt,
    originalCents: row.original_cents,
    amountCents: row.amount_cents,
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
