/** Money that arrived: one row for each receipt of a shortcode, whoever tells of it first. */
import { sql, type Selectable } from 'kysely';
import type {
  AllocationReason,
  ReceivedSource,
  ReceivedState,
} from '../domain/collections/terms.ts';
import { referenceKey } from '../domain/collections/reference.ts';
import type {
  CollectionId,
  LedgerTransactionId,
  ReceivedPaymentId,
  ShortcodeId,
} from '../domain/ids.ts';
import { cents, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { ReceivedPaymentsTable } from './collection-tables.ts';
import type { TenantHandle } from './database.ts';

/** What the payer typed and who they are, as far as M-PESA says; sealed. */
export interface PayerWords {
  reference: string;
  /** As shown: clear, masked or hashed. */
  msisdn: string;
  name: string;
}

export interface ReceivedPayment {
  id: ReceivedPaymentId;
  shortcodeId: ShortcodeId;
  receipt: string;
  source: ReceivedSource;
  transactionType: string | null;
  amountCents: Cents;
  allocatedCents: Cents;
  state: ReceivedState;
  reason: AllocationReason;
  msisdnMasked: string | null;
  collectionId: CollectionId | null;
  workflowId: string;
  occurredAt: Instant;
  receivedAt: Instant;
  ledgerTransactionId: LedgerTransactionId | null;
  version: number;
  words: PayerWords;
}

export interface NewReceivedPayment {
  id: ReceivedPaymentId;
  shortcodeId: ShortcodeId;
  receipt: string;
  source: ReceivedSource;
  transactionType?: string;
  amountCents: Cents;
  words: PayerWords;
  msisdnMasked?: string;
  collectionId?: CollectionId;
  reason?: AllocationReason;
  workflowId: string;
  occurredAt: Instant;
}

export const wordsContext = 'received-payment';

/** Indexes under which equal references and equal payers meet; null where there is nothing. */
export function indexesOf(t: Pick<TenantHandle, 'seal'>, { reference, msisdn, name }: PayerWords) {
  const key = referenceKey(reference);
  const payer = `${msisdn.replaceAll(/\s/g, '')}|${name.trim().toUpperCase()}`;
  return {
    referenceIndex: key === '' ? null : t.seal.index(`reference:${key}`),
    payerIndex: payer === '|' ? null : t.seal.index(`payer:${payer}`),
  };
}

/**
 * Records an arrival unless its receipt is known; either way answers the row, locked, and whether
 * it is new.
 */
export async function recordReceived(
  t: TenantHandle,
  arrival: NewReceivedPayment,
): Promise<{ payment: ReceivedPayment; isNew: boolean }> {
  const inserted = await t.query
    .insertInto('received_payments')
    .values(rowOf(t, arrival))
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (inserted !== undefined) return { payment: toReceived(t, inserted), isNew: true };
  const known = await t.query
    .selectFrom('received_payments')
    .selectAll()
    .where('shortcode_id', '=', arrival.shortcodeId)
    .where('receipt', '=', arrival.receipt)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  if (known.state === 'withdrawn')
    return { payment: await revive(t, known.id, arrival), isNew: true };
  // Whoever else tells of it believes it too: it no longer goes when the statement is undone.
  const isConfirmed = known.source === 'statement' && arrival.source !== 'statement';
  if (isConfirmed) await setSource(t, known.id, arrival.source);
  return { payment: toReceived(t, known), isNew: false };
}

/** Money that went with its statement is told of again: it arrives as if for the first time. */
async function revive(
  t: TenantHandle,
  paymentId: ReceivedPaymentId,
  { id: _id, ...arrival }: NewReceivedPayment,
): Promise<ReceivedPayment> {
  const { id: _same, tenant_id: _tenant, ...row } = rowOf(t, { id: paymentId, ...arrival });
  const revived = await t.query
    .updateTable('received_payments')
    .set({ ...row, ledger_transaction_id: null, version: sql`version + 1` })
    .where('id', '=', paymentId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toReceived(t, revived);
}

async function setSource(
  t: TenantHandle,
  paymentId: ReceivedPaymentId,
  source: ReceivedSource,
): Promise<void> {
  await t.query
    .updateTable('received_payments')
    .set({ source })
    .where('id', '=', paymentId)
    .execute();
}

/** Records arrivals that go to the desk at once; answers the ids of those that were not known. */
export async function insertReceived(
  t: TenantHandle,
  arrivals: readonly (NewReceivedPayment & { ledgerTransactionId: LedgerTransactionId })[],
): Promise<ReadonlySet<ReceivedPaymentId>> {
  const rows = await t.query
    .insertInto('received_payments')
    .values(
      arrivals.map((arrival) => ({
        ...rowOf(t, arrival),
        ...{ state: 'unallocated' as const, ledger_transaction_id: arrival.ledgerTransactionId },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  return new Set(rows.map((row) => row.id));
}

function rowOf(t: TenantHandle, arrival: NewReceivedPayment) {
  const { referenceIndex, payerIndex } = indexesOf(t, arrival.words);
  const isOfNobody = arrival.collectionId === undefined;
  return {
    tenant_id: t.tenantId,
    id: arrival.id,
    shortcode_id: arrival.shortcodeId,
    receipt: arrival.receipt,
    source: arrival.source,
    transaction_type: arrival.transactionType ?? null,
    amount_cents: arrival.amountCents,
    state: isOfNobody ? ('received' as const) : ('linked' as const),
    collection_id: arrival.collectionId ?? null,
    ...(arrival.reason === undefined ? {} : { reason: arrival.reason }),
    sealed: t.seal.seal(JSON.stringify(arrival.words), wordsContext),
    reference_index: referenceIndex,
    payer_index: payerIndex,
    msisdn_masked: arrival.msisdnMasked ?? null,
    workflow_id: arrival.workflowId,
    occurred_at: arrival.occurredAt,
  };
}

export async function findReceived(
  t: TenantHandle,
  paymentId: ReceivedPaymentId,
): Promise<ReceivedPayment | undefined> {
  const row = await t.query
    .selectFrom('received_payments')
    .selectAll()
    .where('id', '=', paymentId)
    .executeTakeFirst();
  return row && toReceived(t, row);
}

/** The payment of a receipt, wherever it was credited; undefined when it never arrived. */
export async function findReceivedByReceipt(
  t: TenantHandle,
  of: { shortcodeId: ShortcodeId; receipt: string },
): Promise<ReceivedPayment | undefined> {
  const row = await t.query
    .selectFrom('received_payments')
    .selectAll()
    .where('shortcode_id', '=', of.shortcodeId)
    .where('receipt', '=', of.receipt)
    .executeTakeFirst();
  return row && toReceived(t, row);
}

/** Those of some receipts that are the money of something else than this collection. */
export async function receiptsHeldElsewhere(
  t: TenantHandle,
  of: { shortcodeId: ShortcodeId; collectionId: CollectionId; receipts: readonly string[] },
): Promise<Set<string>> {
  if (of.receipts.length === 0) return new Set();
  const rows = await t.query
    .selectFrom('received_payments')
    .select('receipt')
    .where('shortcode_id', '=', of.shortcodeId)
    .where('receipt', 'in', of.receipts)
    .where((where) =>
      where.or([
        where('allocated_cents', '>', cents(0)),
        where('collection_id', '!=', of.collectionId),
      ]),
    )
    .execute();
  return new Set(rows.map(({ receipt }) => receipt));
}

/** The payment, held until the transaction ends: whoever allocates it takes turns here. */
export async function lockReceived(
  t: TenantHandle,
  paymentId: ReceivedPaymentId,
): Promise<ReceivedPayment | undefined> {
  const row = await t.query
    .selectFrom('received_payments')
    .selectAll()
    .where('id', '=', paymentId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row && toReceived(t, row);
}

export interface ReceivedPatch {
  state?: ReceivedState;
  reason?: AllocationReason;
  allocatedCents?: Cents;
  collectionId?: CollectionId | null;
  ledgerTransactionId?: LedgerTransactionId;
}

export async function patchReceived(
  t: TenantHandle,
  paymentId: ReceivedPaymentId,
  patch: ReceivedPatch,
): Promise<ReceivedPayment> {
  const { state, reason, allocatedCents, collectionId, ledgerTransactionId } = patch;
  const row = await t.query
    .updateTable('received_payments')
    .set({
      ...(state === undefined ? {} : { state }),
      ...(reason === undefined ? {} : { reason }),
      ...(allocatedCents === undefined ? {} : { allocated_cents: allocatedCents }),
      ...(collectionId === undefined ? {} : { collection_id: collectionId }),
      ...(ledgerTransactionId === undefined ? {} : { ledger_transaction_id: ledgerTransactionId }),
    })
    .set({ version: sql`version + 1` })
    .where('id', '=', paymentId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toReceived(t, row);
}

export interface ReceivedFilter {
  states?: readonly ReceivedState[];
  shortcodeId?: ShortcodeId;
  receipt?: string;
  from?: Instant;
  to?: Instant;
}

/** Newest first, after the given row; one keyset page. */
export async function listReceived(
  t: TenantHandle,
  request: {
    filter: ReceivedFilter;
    limit: number;
    after?: { receivedAt: Instant; id: ReceivedPaymentId };
  },
): Promise<ReceivedPayment[]> {
  const { filter, limit, after } = request;
  let query = t.query.selectFrom('received_payments').selectAll();
  if (filter.states !== undefined) query = query.where('state', 'in', filter.states);
  if (filter.shortcodeId !== undefined) {
    query = query.where('shortcode_id', '=', filter.shortcodeId);
  }
  if (filter.receipt !== undefined) query = query.where('receipt', '=', filter.receipt);
  if (filter.from !== undefined) query = query.where('received_at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('received_at', '<', filter.to);
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(received_at, id) < (${after.receivedAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  const rows = await query
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => toReceived(t, row));
}

/** Count and sum of what waits on the desk. */
export async function summariseWaiting(
  t: TenantHandle,
): Promise<{ count: number; waitingCents: Cents }> {
  const found = await sql<{ count: number; waitingCents: Cents }>`
    select count(*) as count,
      coalesce(sum(amount_cents - allocated_cents), 0)::bigint as "waitingCents"
    from ${t.table('received_payments')}
    where state in ('received', 'unallocated', 'part-allocated')`.execute(t.query);
  const [row] = found.rows;
  if (row === undefined) throw new Error('an aggregate gives one row');
  return row;
}

function toReceived(
  t: Pick<TenantHandle, 'seal'>,
  row: Selectable<ReceivedPaymentsTable>,
): ReceivedPayment {
  const { id, receipt, source, state, reason, version } = row;
  return {
    ...{ id, receipt, source, state, reason, version },
    shortcodeId: row.shortcode_id,
    transactionType: row.transaction_type,
    amountCents: row.amount_cents,
    allocatedCents: row.allocated_cents,
    msisdnMasked: row.msisdn_masked,
    collectionId: row.collection_id,
    workflowId: row.workflow_id,
    occurredAt: row.occurred_at,
    receivedAt: row.received_at,
    ledgerTransactionId: row.ledger_transaction_id,
    words: JSON.parse(t.seal.open(row.sealed, wordsContext)),
  };
}
