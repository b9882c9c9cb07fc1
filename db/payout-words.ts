/**
 * What two people say about a payout that M-PESA tells nothing of: how it ended, or that its money
 * came back. One says it, and it waits until another one has decided.
 */
import { sql, type RawBuilder } from 'kysely';
import type { DisbursementId, LedgerTransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { PayoutClosingsTable, ReturnStatus } from './payout-tables.ts';

interface PayoutWord {
  id: string;
  reason: string;
  requestedBy: string;
  requestedAt: Instant;
  decidedBy: string | null;
}

export interface PayoutClosing extends PayoutWord {
  outcome: PayoutClosingsTable['outcome'];
  receipt: string | null;
  status: 'waiting' | 'agreed' | 'rejected';
}

export interface PayoutReturn extends PayoutWord {
  amountCents: Cents;
  receipt: string;
  status: ReturnStatus;
}

export interface PayoutWords {
  closing: PayoutClosing;
  return: PayoutReturn;
}
export type PayoutWordKind = keyof PayoutWords;

/** Where each kind is kept, and the column that only it has. */
const places = {
  closing: { table: 'payout_closings', own: { outcome: 'outcome' } },
  return: { table: 'payout_returns', own: { amountCents: 'amount_cents' } },
} as const;

function columnsOf(kind: PayoutWordKind): RawBuilder<unknown> {
  const own = Object.entries(places[kind].own).map(
    ([field, column]) => sql`${sql.ref(column)} as ${sql.ref(field)}`,
  );
  return sql`id, receipt, reason, status, ${sql.join(own)}, requested_by as "requestedBy",
    requested_at as "requestedAt", decided_by as "decidedBy"`;
}

export type NewPayoutWord<Kind extends PayoutWordKind> = { disbursementId: DisbursementId } & Omit<
  PayoutWords[Kind],
  'id' | 'status' | 'requestedAt' | 'decidedBy'
>;

/** Stores a word; undefined when another one waits, or the money came back before. */
export async function sayOfPayout<Kind extends PayoutWordKind>(
  t: TenantHandle,
  kind: Kind,
  said: NewPayoutWord<Kind>,
): Promise<PayoutWords[Kind] | undefined> {
  const { table, own } = places[kind];
  const values = Object.entries(own).map(([field, column]) => ({
    column: sql.ref(column),
    value: sql`${(said as Record<string, unknown>)[field]}`,
  }));
  const found = await sql<PayoutWords[Kind]>`
    insert into ${t.table(table)} (tenant_id, disbursement_id, receipt, reason, requested_by,
      ${sql.join(values.map(({ column }) => column))})
    values (${t.tenantId}, ${said.disbursementId}, ${said.receipt}, ${said.reason},
      ${said.requestedBy}, ${sql.join(values.map(({ value }) => value))})
    on conflict do nothing returning ${columnsOf(kind)}`.execute(t.query);
  return found.rows[0];
}

/** The newest word of a kind about a payout. */
export async function latestWord<Kind extends PayoutWordKind>(
  t: TenantHandle,
  kind: Kind,
  disbursementId: DisbursementId,
): Promise<PayoutWords[Kind] | undefined> {
  const found = await sql<PayoutWords[Kind]>`
    select ${columnsOf(kind)} from ${t.table(places[kind].table)}
    where tenant_id = ${t.tenantId} and disbursement_id = ${disbursementId}
    order by requested_at desc, id desc limit 1`.execute(t.query);
  return found.rows[0];
}

/** Decides a word that waits; undefined when somebody else was first. */
export async function decideWord<Kind extends PayoutWordKind>(
  t: TenantHandle,
  kind: Kind,
  decision: { wordId: string; status: 'agreed' | 'rejected'; decidedBy: string },
): Promise<PayoutWords[Kind] | undefined> {
  const { wordId, status, decidedBy } = decision;
  const found = await sql<PayoutWords[Kind]>`
    update ${t.table(places[kind].table)}
    set status = ${status}, decided_by = ${decidedBy}, decided_at = now()
    where tenant_id = ${t.tenantId} and id = ${wordId} and status = 'waiting'
    returning ${columnsOf(kind)}`.execute(t.query);
  return found.rows[0];
}

/** Notes the entry of an agreed return; without one its receipt was credited to something before. */
export async function endReturn(
  t: TenantHandle,
  returnId: string,
  transactionId: LedgerTransactionId | null,
): Promise<void> {
  const status: ReturnStatus = transactionId === null ? 'known-receipt' : 'booked';
  await t.query
    .updateTable('payout_returns')
    .set({ status, transaction_id: transactionId })
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', returnId)
    .where('status', '=', 'agreed')
    .execute();
}
