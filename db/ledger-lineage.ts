/**
 * The story of a payment: from any receipt, transaction or business object to everything that belongs
 * to it. Links are followed both ways: a receipt leads to its transactions, these to what they follow
 * from and to what undid them, and each of those to its callbacks, events, runs and audit records.
 */
import { sql } from 'kysely';
import type { LedgerTransactionId, ReservationId } from '../domain/ids.ts';
import type { ReservationStatus } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { findLedgerTransactions } from './ledger-reading.ts';
import type { JournalTransaction } from './ledger-reading.ts';

export type LineageStart =
  { receipt: string } | { transactionId: LedgerTransactionId } | { sourceId: string };

export interface LineageReceipt {
  receipt: string;
  shortcodeId: string;
  leg: string;
  amountCents: Cents;
  transactionId: LedgerTransactionId;
  sourceKind: string;
  sourceId: string;
  creditedAt: Instant;
}

export interface LineageReservation {
  id: ReservationId;
  reference: string;
  amountCents: Cents;
  committedCents: Cents | null;
  status: ReservationStatus;
  why: string | null;
  sourceId: string;
  workflowId: string | null;
  createdAt: Instant;
  closedAt: Instant | null;
}

export interface LineageEvent {
  eventId: string;
  type: string;
  occurredAt: Instant;
  publishedAt: Instant | null;
}

export interface LineageCallback {
  id: string;
  letter: string;
  state: string;
  receivedAt: Instant;
}

export interface LineageAudit {
  seq: number;
  actor: string;
  action: string;
  at: Instant;
}

export interface Lineage {
  transactions: JournalTransaction[];
  receipts: LineageReceipt[];
  reservations: LineageReservation[];
  events: LineageEvent[];
  callbacks: LineageCallback[];
  audit: LineageAudit[];
  /** Workflow ids, in the order they appear. */
  runs: string[];
}

/** How many links are followed: receipt → transaction → source → other transactions → their undoing. */
const stepsMax = 4;

/** Everything that belongs to the start; all lists are empty when there is no such thing. */
export async function lineageOf(t: TenantHandle, start: LineageStart): Promise<Lineage> {
  const known = new Map<LedgerTransactionId, JournalTransaction>();
  const sources = new Set<string>();
  const receipts = new Set<string>();
  if ('sourceId' in start) sources.add(start.sourceId);
  if ('receipt' in start) receipts.add(start.receipt);
  let found = await firstTransactions(t, start);
  for (let step = 0; step < stepsMax && found.length > 0; step += 1) {
    for (const transaction of found) {
      known.set(transaction.id, transaction);
      sources.add(transaction.source.id);
      if (transaction.receipt !== null) receipts.add(transaction.receipt);
    }
    found = await linkedTransactions(t, { known: [...known.keys()], sources, receipts });
  }
  const transactions = [...known.values()].sort((a, b) =>
    a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : a.id < b.id ? -1 : 1,
  );
  const objects = [...sources];
  const reservations = await reservationsOf(t, objects);
  const runs = [...transactions.map(({ source }) => source), ...reservations].flatMap(
    ({ workflowId }) => workflowId ?? [],
  );
  return {
    transactions,
    receipts: await receiptsOf(t, [...receipts], [...known.keys()]),
    reservations,
    events: await eventsOf(t, [...objects, ...known.keys()]),
    callbacks: await callbacksOf(t, objects),
    audit: await auditOf(t, [...objects, ...known.keys()]),
    runs: [...new Set(runs)],
  };
}

function firstTransactions(t: TenantHandle, start: LineageStart) {
  if ('transactionId' in start)
    return findLedgerTransactions(t, sql`x.id = ${start.transactionId}`);
  if ('sourceId' in start) return findLedgerTransactions(t, sql`x.source_id = ${start.sourceId}`);
  return findLedgerTransactions(
    t,
    sql`(x.receipt = ${start.receipt} or x.id in (
      select r.transaction_id from ${t.table('receipts')} r
      where r.tenant_id = ${t.tenantId} and r.receipt = ${start.receipt}))`,
  );
}

function linkedTransactions(
  t: TenantHandle,
  links: { known: LedgerTransactionId[]; sources: Set<string>; receipts: Set<string> },
): Promise<JournalTransaction[]> {
  const { known } = links;
  return findLedgerTransactions(
    t,
    sql`x.id <> all(${known}::uuid[]) and x.id in (
      select id from ${t.table('ledger_transactions')} y where y.tenant_id = ${t.tenantId}
        and y.source_id = any(${[...links.sources]}::text[])
      union select id from ${t.table('ledger_transactions')} y where y.tenant_id = ${t.tenantId}
        and y.receipt = any(${[...links.receipts]}::text[])
      union select id from ${t.table('ledger_transactions')} y where y.tenant_id = ${t.tenantId}
        and y.reverses = any(${known}::uuid[])
      union select reverses from ${t.table('ledger_transactions')} y where y.tenant_id = ${t.tenantId}
        and y.id = any(${known}::uuid[]) and y.reverses is not null)`,
  );
}

async function receiptsOf(
  t: TenantHandle,
  receipts: readonly string[],
  transactions: readonly LedgerTransactionId[],
): Promise<LineageReceipt[]> {
  const found = await sql<LineageReceipt>`
    select receipt, shortcode_id as "shortcodeId", leg, amount_cents as "amountCents",
      transaction_id as "transactionId", source_kind as "sourceKind", source_id as "sourceId",
      credited_at as "creditedAt"
    from ${t.table('receipts')} where tenant_id = ${t.tenantId}
      and (receipt = any(${receipts}::text[]) or transaction_id = any(${transactions}::uuid[]))
    order by credited_at limit 100`.execute(t.query);
  return found.rows;
}

async function reservationsOf(
  t: TenantHandle,
  sources: readonly string[],
): Promise<LineageReservation[]> {
  const found = await sql<LineageReservation>`
    select id, reference, amount_cents as "amountCents", committed_cents as "committedCents", status,
      why, source_id as "sourceId", workflow_id as "workflowId", created_at as "createdAt",
      closed_at as "closedAt"
    from ${t.table('ledger_reservations')} where tenant_id = ${t.tenantId}
      and source_id = any(${sources}::text[]) order by created_at limit 100`.execute(t.query);
  return found.rows;
}

/** Events are keyed `tenant:aggregate`. */
async function eventsOf(t: TenantHandle, ids: readonly string[]): Promise<LineageEvent[]> {
  const keys = ids.map((id) => `${t.tenantId}:${id}`);
  const found = await sql<LineageEvent>`
    select event_id as "eventId", type, occurred_at as "occurredAt", published_at as "publishedAt"
    from ${t.table('outbox')} where tenant_id = ${t.tenantId} and kind = 'event'
      and key = any(${keys}::text[]) order by seq limit 200`.execute(t.query);
  return found.rows;
}

async function callbacksOf(
  t: TenantHandle,
  sources: readonly string[],
): Promise<LineageCallback[]> {
  const targets = sources.filter((source) => /^[0-9a-f-]{36}$/.test(source));
  const found = await sql<LineageCallback>`
    select id, letter, status as state, received_at as "receivedAt" from ${t.table('callback_inbox')}
    where tenant_id = ${t.tenantId} and target_id = any(${targets}::uuid[])
    order by received_at limit 200`.execute(t.query);
  return found.rows;
}

async function auditOf(t: TenantHandle, ids: readonly string[]): Promise<LineageAudit[]> {
  const found = await sql<LineageAudit>`
    select seq, actor, action, at from ${t.table('audit_log')}
    where tenant_id = ${t.tenantId} and object_id = any(${ids}::text[])
    order by seq limit 200`.execute(t.query);
  return found.rows;
}
