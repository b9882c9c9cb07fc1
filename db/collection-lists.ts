/** Lists, sums and exports of collections, all by the same filter. */
import { sql, type SelectQueryBuilder } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import type { CollectionSource, CollectionStatus } from '../domain/collections/terms.ts';
import type { CollectionId, CustomerId, PaymentLinkId, ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import { addDays, startOfBusinessDate, type BusinessDate, type Instant } from '../domain/time.ts';
import { msisdnIndex, toCollection, type Collection } from './collection-record.ts';
import type { CollectionBatchId } from './collection-tables.ts';
import type { TenantHandle } from './database.ts';
import type { PageReader } from './page-reader.ts';
import type { Schema } from './schema.ts';

export interface CollectionFilter {
  /** Business dates of the request, both included. */
  from?: BusinessDate;
  to?: BusinessDate;
  status?: readonly CollectionStatus[];
  source?: readonly CollectionSource[];
  shortcodeId?: ShortcodeId;
  customerId?: CustomerId;
  paymentLinkId?: PaymentLinkId;
  batchId?: CollectionBatchId;
  /** Twelve digits. */
  msisdn?: string;
  /** An account reference, however typed, or a receipt. */
  q?: string;
  amountFrom?: Cents;
  amountTo?: Cents;
  /** Only those whose witnesses disagree. */
  isDisputed?: boolean;
}

export interface CollectionPosition {
  createdAt: Instant;
  id: CollectionId;
}

type Query<Output> = SelectQueryBuilder<Schema, 'collections', Output>;

function filtered<Output>(
  t: TenantHandle,
  query: Query<Output>,
  filter: CollectionFilter,
): Query<Output> {
  const { from, to, status, source, shortcodeId, customerId, paymentLinkId, batchId } = filter;
  let chosen = query;
  if (from !== undefined) chosen = chosen.where('created_at', '>=', startOfBusinessDate(from));
  if (to !== undefined) {
    chosen = chosen.where('created_at', '<', startOfBusinessDate(addDays(to, 1)));
  }
  if (status !== undefined) chosen = chosen.where('status', 'in', status);
  if (source !== undefined) chosen = chosen.where('source', 'in', source);
  if (shortcodeId !== undefined) chosen = chosen.where('shortcode_id', '=', shortcodeId);
  if (customerId !== undefined) chosen = chosen.where('customer_id', '=', customerId);
  if (paymentLinkId !== undefined) chosen = chosen.where('payment_link_id', '=', paymentLinkId);
  if (batchId !== undefined) chosen = chosen.where('batch_id', '=', batchId);
  return byWords(t, chosen, filter);
}

function byWords<Output>(
  t: TenantHandle,
  query: Query<Output>,
  { msisdn, q, amountFrom, amountTo, isDisputed }: CollectionFilter,
): Query<Output> {
  let chosen = query;
  if (msisdn !== undefined) chosen = chosen.where('msisdn_index', '=', msisdnIndex(t, msisdn));
  if (q !== undefined) {
    chosen = chosen.where((where) =>
      where.or([
        where('reference_key', '=', referenceKey(q)),
        where('receipt', '=', q.trim().toUpperCase()),
      ]),
    );
  }
  if (amountFrom !== undefined) chosen = chosen.where('amount_cents', '>=', amountFrom);
  if (amountTo !== undefined) chosen = chosen.where('amount_cents', '<=', amountTo);
  if (isDisputed === true) chosen = chosen.where(sql<boolean>`disagreements <> '{}'`);
  return chosen;
}

/** Newest first. */
export async function listCollections(
  t: TenantHandle,
  request: { filter: CollectionFilter; limit: number; after?: CollectionPosition },
): Promise<Collection[]> {
  const { filter, limit, after } = request;
  let query = filtered(t, t.query.selectFrom('collections').selectAll(), filter);
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
  return rows.map(toCollection);
}

export interface StatusSum {
  status: CollectionStatus;
  count: number;
  amountCents: Cents;
}

/** Count and sum by status of exactly what a filter selects. */
export async function summariseCollections(
  t: TenantHandle,
  filter: CollectionFilter,
): Promise<StatusSum[]> {
  const base = t.query
    .selectFrom('collections')
    .select('status')
    .select(sql<number>`count(*)`.as('count'))
    .select(sql<Cents>`sum(coalesce(paid_cents, amount_cents))::bigint`.as('amountCents'));
  return filtered(t, base, filter).groupBy('status').orderBy('status').execute();
}

const rowsPerExportRead = 1_000;

/** Everything a filter selects, newest first, page by page. */
export async function* streamCollections(
  read: PageReader,
  filter: CollectionFilter,
): AsyncGenerator<Collection[]> {
  let after: CollectionPosition | undefined;
  do {
    const request = { filter, limit: rowsPerExportRead, ...(after ? { after } : {}) };
    const page = await read((t) => listCollections(t, request));
    if (page.length > 0) yield page;
    after = page.length === rowsPerExportRead ? page.at(-1) : undefined;
  } while (after !== undefined);
}
