/** Wishes to close a payout nobody knows about, until a second person has decided. */
import { sql, type Selectable } from 'kysely';
import type { DisbursementId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { PayoutClosingsTable } from './payout-tables.ts';

export interface PayoutClosing {
  id: string;
  outcome: 'paid' | 'not-paid';
  receipt: string | null;
  reason: string;
  status: 'waiting' | 'agreed' | 'rejected';
  requestedBy: string;
  requestedAt: Instant;
  decidedBy: string | null;
}

/** Stores a wish; undefined when another one for the payout waits. */
export async function askToClose(
  t: TenantHandle,
  wish: { disbursementId: DisbursementId; requestedBy: string } & Pick<
    PayoutClosing,
    'outcome' | 'receipt' | 'reason'
  >,
): Promise<PayoutClosing | undefined> {
  const row = await t.query
    .insertInto('payout_closings')
    .values({
      ...{ tenant_id: t.tenantId, disbursement_id: wish.disbursementId, outcome: wish.outcome },
      ...{ receipt: wish.receipt, reason: wish.reason, requested_by: wish.requestedBy },
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toClosing(row);
}

/** The newest wish for a payout. */
export async function latestClosing(
  t: TenantHandle,
  disbursementId: DisbursementId,
): Promise<PayoutClosing | undefined> {
  const row = await t.query
    .selectFrom('payout_closings')
    .selectAll()
    .where('tenant_id', '=', t.tenantId)
    .where('disbursement_id', '=', disbursementId)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toClosing(row);
}

/** Decides a wish that waits; undefined when somebody else was first. */
export async function decideClosing(
  t: TenantHandle,
  closingId: string,
  { status, decidedBy }: { status: 'agreed' | 'rejected'; decidedBy: string },
): Promise<PayoutClosing | undefined> {
  const row = await t.query
    .updateTable('payout_closings')
    .set({ status, decided_by: decidedBy, decided_at: sql<Instant>`now()` })
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', closingId)
    .where('status', '=', 'waiting')
    .returningAll()
    .executeTakeFirst();
  return row && toClosing(row);
}

function toClosing(row: Selectable<PayoutClosingsTable>): PayoutClosing {
  const { id, outcome, receipt, reason, status } = row;
  return {
    ...{ id, outcome, receipt, reason, status, requestedBy: row.requested_by },
    ...{ requestedAt: row.requested_at, decidedBy: row.decided_by },
  };
}
