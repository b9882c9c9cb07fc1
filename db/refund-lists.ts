/** Lists and exports of refunds by the same filter, each with the movement that gives the money back. */
import { sql } from 'kysely';
import type { DisbursementStatus } from '../domain/disbursements/terms.ts';
import type {
  CollectionId,
  ReceivedPaymentId,
  ReversalId,
  ShortcodeId,
  TenantId,
} from '../domain/ids.ts';
import { addDays, startOfBusinessDate, type BusinessDate, type Instant } from '../domain/time.ts';
import type { Database, TenantHandle } from './database.ts';
import { findDisbursements, type Disbursement } from './disbursements.ts';
import { toRefund, type Refund } from './refunds.ts';

export interface RefundFilter {
  /** Business dates of the wish, both included. */
  from?: BusinessDate;
  to?: BusinessDate;
  /** Statuses of the movement that gives the money back. */
  status?: readonly DisbursementStatus[];
  method?: Refund['method'];
  shortcodeId?: ShortcodeId;
  collectionId?: CollectionId;
  receivedPaymentId?: ReceivedPaymentId;
  /** The receipt of the payment, or of what gave it back. */
  receipt?: string;
}

export interface MovedRefund {
  refund: Refund;
  disbursement: Disbursement;
}

interface RefundPosition {
  createdAt: Instant;
  id: ReversalId;
}

/** One keyset page, newest first unless asked otherwise. */
export async function listRefunds(
  t: TenantHandle,
  page: {
    filter: RefundFilter;
    after?: RefundPosition;
    isDescending?: boolean;
    limit: number;
  },
): Promise<MovedRefund[]> {
  const { after, isDescending = true, limit } = page;
  const order = isDescending ? 'desc' : 'asc';
  let query = filtered(t, page.filter);
  if (after !== undefined) {
    const beyond = isDescending ? sql`<` : sql`>`;
    const place = sql`(${after.createdAt}::timestamptz, ${after.id}::uuid)`;
    query = query.where(sql<boolean>`(r.created_at, r.id) ${beyond} ${place}`);
  }
  const rows = await query
    .orderBy('r.created_at', order)
    .orderBy('r.id', order)
    .limit(limit)
    .execute();
  const refunds = rows.map(toRefund);
  const movements = await findDisbursements(
    t,
    refunds.map(({ disbursementId }) => disbursementId),
  );
  return refunds.map((refund) => {
    const disbursement = movements.get(refund.disbursementId);
    if (disbursement === undefined) throw new Error('a refund has lost its payout');
    return { refund, disbursement };
  });
}

function filtered(t: TenantHandle, filter: RefundFilter) {
  const { from, to, status, method, shortcodeId, collectionId, receivedPaymentId } = filter;
  let query = t.query
    .selectFrom('reversals as r')
    .innerJoin('disbursements as d', (join) =>
      join.onRef('d.tenant_id', '=', 'r.tenant_id').onRef('d.id', '=', 'r.disbursement_id'),
    )
    .selectAll('r');
  if (from !== undefined) query = query.where('r.created_at', '>=', startOfBusinessDate(from));
  if (to !== undefined) {
    query = query.where('r.created_at', '<', startOfBusinessDate(addDays(to, 1)));
  }
  if (status !== undefined) query = query.where('d.status', 'in', status);
  if (method !== undefined) query = query.where('r.method', '=', method);
  if (shortcodeId !== undefined) query = query.where('r.shortcode_id', '=', shortcodeId);
  if (collectionId !== undefined) query = query.where('r.collection_id', '=', collectionId);
  if (receivedPaymentId !== undefined) {
    query = query.where('r.received_payment_id', '=', receivedPaymentId);
  }
  const { receipt } = filter;
  if (receipt === undefined) return query;
  return query.where((where) =>
    where.or([where('r.original_receipt', '=', receipt), where('d.receipt', '=', receipt)]),
  );
}

const batchRows = 500;

/** All refunds of a filter, oldest first, in batches, each read in a transaction of its own. */
export async function* streamRefunds(
  db: Database,
  tenantId: TenantId,
  filter: RefundFilter,
): AsyncGenerator<MovedRefund[]> {
  let after: RefundPosition | undefined;
  for (;;) {
    const place = after === undefined ? {} : { after };
    const rows = await db.withTenant(
      tenantId,
      (t) => listRefunds(t, { filter, isDescending: false, limit: batchRows, ...place }),
      { readOnly: true },
    );
    if (rows.length > 0) yield rows;
    after = rows.at(-1)?.refund;
    if (rows.length < batchRows || after === undefined) return;
  }
}
