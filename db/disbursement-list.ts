/** Lists of payouts by what people look for. */
import { sql } from 'kysely';
import type { DisbursementKind, ShownStatus } from '../domain/disbursements/terms.ts';
import type { DisbursementId, PayoutBatchId, ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { payeeText, statusShown, toDisbursement, type Disbursement } from './disbursements.ts';
import type { PageReader } from './page-reader.ts';
import { fromWaitingReturns } from './words-of-two.ts';

export interface DisbursementFilter {
  status?: readonly ShownStatus[];
  kind?: readonly DisbursementKind[];
  shortcodeId?: ShortcodeId;
  batchId?: PayoutBatchId;
  /** Payouts to this phone number. */
  msisdn?: string;
  reference?: string;
  receipt?: string;
  needsAttention?: boolean;
  /** What one person said of its return waits for a second one. */
  returnWaits?: true;
  createdFrom?: Instant;
  createdBefore?: Instant;
  amountFrom?: Cents;
  amountTo?: Cents;
}

export interface DisbursementPlace {
  createdAt: Instant;
  id: DisbursementId;
}

/** A page of payouts by the time they were asked for, newest first unless asked otherwise. */
export async function listDisbursements(
  t: TenantHandle,
  page: {
    filter: DisbursementFilter;
    after?: DisbursementPlace;
    isDescending?: boolean;
    limit: number;
  },
): Promise<Disbursement[]> {
  const { after, isDescending = true, limit } = page;
  const order = isDescending ? 'desc' : 'asc';
  let query = filtered(t, page.filter);
  if (after !== undefined) {
    const place = sql`(${after.createdAt}::timestamptz, ${after.id}::uuid)`;
    const beyond = isDescending ? sql`<` : sql`>`;
    query = query.where(sql<boolean>`(created_at, id) ${beyond} ${place}`);
  }
  const rows = await query.orderBy('created_at', order).orderBy('id', order).limit(limit).execute();
  return rows.map((row) => toDisbursement(t, row));
}

const batchRows = 500;

/** All payouts of a filter, oldest first, in batches. */
export async function* streamDisbursements(
  read: PageReader,
  filter: DisbursementFilter,
): AsyncGenerator<Disbursement[]> {
  let after: DisbursementPlace | undefined;
  for (;;) {
    const request = { filter, isDescending: false, limit: batchRows };
    const place = after === undefined ? {} : { after };
    const rows = await read((t) => listDisbursements(t, { ...request, ...place }));
    if (rows.length > 0) yield rows;
    after = rows.at(-1);
    if (rows.length < batchRows || after === undefined) return;
  }
}

/** How many a filter selects. */
export async function countDisbursements(
  t: TenantHandle,
  filter: DisbursementFilter,
): Promise<number> {
  const counted = await filtered(t, filter)
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return counted.count;
}

function filtered(t: TenantHandle, filter: DisbursementFilter) {
  let query = t.query.selectFrom('disbursements').selectAll();
  const { status, kind, shortcodeId, batchId, receipt, needsAttention } = filter;
  if (status !== undefined) query = query.where(statusShown('disbursements'), 'in', status);
  if (kind !== undefined) query = query.where('kind', 'in', kind);
  if (shortcodeId !== undefined) query = query.where('shortcode_id', '=', shortcodeId);
  if (batchId !== undefined) query = query.where('batch_id', '=', batchId);
  if (receipt !== undefined) query = query.where('receipt', '=', receipt);
  if (needsAttention !== undefined) query = query.where('needs_attention', '=', needsAttention);
  if (filter.returnWaits) query = query.where(returnWaits(t));
  const { msisdn, reference, createdFrom, createdBefore, amountFrom, amountTo } = filter;
  if (msisdn !== undefined) {
    const index = t.seal.index(payeeText({ kind: 'msisdn', msisdn }));
    query = query.where('payee_index', '=', index);
  }
  if (reference !== undefined) {
    query = query.where('reference_index', '=', t.seal.index(reference));
  }
  if (createdFrom !== undefined) query = query.where('created_at', '>=', createdFrom);
  if (createdBefore !== undefined) query = query.where('created_at', '<', createdBefore);
  if (amountFrom !== undefined) query = query.where('amount_cents', '>=', amountFrom);
  if (amountTo !== undefined) query = query.where('amount_cents', '<=', amountTo);
  return query;
}

function returnWaits(t: TenantHandle) {
  return sql<boolean>`id in (select disbursement_id ${fromWaitingReturns(t)})`;
}
