/** Rows of a statement that are customers' payments to one of the tenant's own shortcodes. */
import { sql } from 'kysely';
import type { ShortcodeId, StatementId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

export interface PaymentLine {
  ordinal: number;
  receipt: string;
  occurredAt: Instant;
  amountCents: Cents;
  purpose: string;
  /** Opens with `openRow`. */
  sealed: Buffer;
}

export interface PaymentLinesWanted {
  statementId: StatementId;
  shortcodeId: ShortcodeId;
  /** Older payments are from before the shortcode was looked after here. */
  since: Instant;
  /** Rows after this ordinal; -1 for all. */
  afterOrdinal: number;
  limit: number;
}

/** What customers do at a pay bill or a till; charges, settlements and reversals are no payments. */
const customerPurposes = ['paybill.received', 'till.received'];

/**
 * Posted payments in the order of the file that the statement has not spoken for yet: their receipt
 * is unknown, or is the money of a collection that no statement has witnessed.
 */
export async function listUnwitnessedPayments(
  t: TenantHandle,
  wanted: PaymentLinesWanted,
): Promise<PaymentLine[]> {
  const found = await sql<PaymentLine>`
    select l.ordinal, l.receipt, l.completed_at as "occurredAt", l.in_cents as "amountCents",
      l.purpose, l.sealed
    from ${t.table('statement_lines')} l
    where l.tenant_id = ${t.tenantId} and l.statement_id = ${wanted.statementId}
      and l.ordinal > ${wanted.afterOrdinal} and l.direction = 'in' and l.nature = 'ordinary'
      and l.purpose = any(${customerPurposes}::text[]) and l.receipt <> ''
      and l.completed_at >= ${wanted.since}::timestamptz
      and not exists (
        select from ${t.table('received_payments')} p
        where p.tenant_id = l.tenant_id and p.shortcode_id = ${wanted.shortcodeId}
          and p.receipt = l.receipt and p.state <> 'withdrawn'
          and (p.collection_id is null or exists (
            select from ${t.table('collection_witnesses')} w
            where w.tenant_id = p.tenant_id and w.collection_id = p.collection_id
              and w.kind = 'statement' and w.receipt = p.receipt)))
    order by l.ordinal limit ${wanted.limit}`.execute(t.query);
  return found.rows;
}
