/** What people say about payouts whose money came back, until it is booked. */
import { sql, type Selectable } from 'kysely';
import type { DisbursementId, LedgerTransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { PayoutReturnsTable, ReturnStatus } from './payout-tables.ts';

export interface PayoutReturn {
  id: string;
  receipt: string;
  amountCents: Cents;
  reason: string;
  status: ReturnStatus;
  requestedBy: string;
  requestedAt: Instant;
  decidedBy: string | null;
}

/** Stores what somebody saw; undefined when another one waits, or the money came back before. */
export async function sayReturned(
  t: TenantHandle,
  said: { disbursementId: DisbursementId } & Pick<
    PayoutReturn,
    'receipt' | 'amountCents' | 'reason' | 'requestedBy'
  >,
): Promise<PayoutReturn | undefined> {
  const row = await t.query
    .insertInto('payout_returns')
    .values({
      ...{ tenant_id: t.tenantId, disbursement_id: said.disbursementId, receipt: said.receipt },
      ...{ amount_cents: said.amountCents, reason: said.reason, requested_by: said.requestedBy },
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toReturn(row);
}

/** The newest word about a payout. */
export async function latestReturn(
  t: TenantHandle,
  disbursementId: DisbursementId,
): Promise<PayoutReturn | undefined> {
  const row = await t.query
    .selectFrom('payout_returns')
    .selectAll()
    .where('tenant_id', '=', t.tenantId)
    .where('disbursement_id', '=', disbursementId)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toReturn(row);
}

/** Decides a word that waits; undefined when somebody else was first. */
export async function decideReturn(
  t: TenantHandle,
  returnId: string,
  { status, decidedBy }: { status: 'agreed' | 'rejected'; decidedBy: string },
): Promise<PayoutReturn | undefined> {
  const row = await t.query
    .updateTable('payout_returns')
    .set({ status, decided_by: decidedBy, decided_at: sql<Instant>`now()` })
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', returnId)
    .where('status', '=', 'waiting')
    .returningAll()
    .executeTakeFirst();
  return row && toReturn(row);
}

/** Notes the entry of an agreed word; without one its receipt was credited to something else before. */
export async function endReturn(
  t: TenantHandle,
  returnId: string,
  transactionId: LedgerTransactionId | null,
): Promise<void> {
  const status = transactionId === null ? 'known-receipt' : 'booked';
  await t.query
    .updateTable('payout_returns')
    .set({ status, transaction_id: transactionId })
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', returnId)
    .where('status', '=', 'agreed')
    .execute();
}

function toReturn(row: Selectable<PayoutReturnsTable>): PayoutReturn {
  const { id, receipt, reason, status } = row;
  return {
    ...{ id, receipt, reason, status, amountCents: row.amount_cents },
    ...{ requestedBy: row.requested_by, requestedAt: row.requested_at, decidedBy: row.decided_by },
  };
}
