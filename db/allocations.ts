/** Where received money went, piece by piece; an allocation is undone, never deleted. */
import { sql, type Selectable } from 'kysely';
import type { AllocationReason, TargetKind } from '../domain/collections/terms.ts';
import type { LedgerTransactionId, ReceivedPaymentId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { AllocationsTable } from './collection-tables.ts';
import type { TenantHandle } from './database.ts';

export interface Allocation {
  id: string;
  receivedPaymentId: ReceivedPaymentId;
  targetKind: TargetKind;
  targetId: string;
  amountCents: Cents;
  reason: AllocationReason;
  actor: string;
  ledgerTransactionId: LedgerTransactionId | null;
  at: Instant;
  undoneAt: Instant | null;
}

export type NewAllocation = Omit<Allocation, 'at' | 'undoneAt' | 'ledgerTransactionId'> & {
  ledgerTransactionId?: LedgerTransactionId;
};

export async function insertAllocation(t: TenantHandle, made: NewAllocation): Promise<void> {
  await t.query
    .insertInto('allocations')
    .values({
      tenant_id: t.tenantId,
      id: made.id,
      received_payment_id: made.receivedPaymentId,
      target_kind: made.targetKind,
      target_id: made.targetId,
      amount_cents: made.amountCents,
      reason: made.reason,
      actor: made.actor,
      ledger_transaction_id: made.ledgerTransactionId ?? null,
    })
    .execute();
}

/** All allocations of a payment, oldest first, those that were undone as well. */
export async function listAllocations(
  t: TenantHandle,
  paymentId: ReceivedPaymentId,
): Promise<Allocation[]> {
  const rows = await t.query
    .selectFrom('allocations')
    .selectAll()
    .where('received_payment_id', '=', paymentId)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map(toAllocation);
}

/** Marks an allocation in force as undone; undefined when there is none. */
export async function undoAllocation(
  t: TenantHandle,
  undo: { paymentId: ReceivedPaymentId; allocationId: string; actor: string },
): Promise<Allocation | undefined> {
  const row = await t.query
    .updateTable('allocations')
    .set({ undone_at: sql`now()`, undone_by: undo.actor })
    .where('id', '=', undo.allocationId)
    .where('received_payment_id', '=', undo.paymentId)
    .where('undone_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row && toAllocation(row);
}

function toAllocation(row: Selectable<AllocationsTable>): Allocation {
  const { id, reason, actor, at } = row;
  return {
    ...{ id, reason, actor, at },
    receivedPaymentId: row.received_payment_id,
    targetKind: row.target_kind,
    targetId: row.target_id,
    amountCents: row.amount_cents,
    ledgerTransactionId: row.ledger_transaction_id,
    undoneAt: row.undone_at,
  };
}
