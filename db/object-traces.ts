/**
 * What was heard, asked, told and noted about business objects. Each list is oldest first and has at
 * most `tracesMax` rows and one more, which says that there are others.
 */
import { sql } from 'kysely';
import type { CallbackId, LedgerTransactionId, ReservationId } from '../domain/ids.ts';
import type { ReservationStatus } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

export const tracesMax = 500;

export interface TracedReceipt {
  receipt: string;
  shortcodeId: string;
  leg: string;
  amountCents: Cents;
  transactionId: LedgerTransactionId;
  sourceKind: string;
  sourceId: string;
  creditedAt: Instant;
}

export interface TracedReservation {
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

export interface TracedEvent {
  eventId: string;
  type: string;
  occurredAt: Instant;
  /** Null while it waits for the broker. */
  publishedAt: Instant | null;
}

export interface TracedCallback {
  id: CallbackId;
  letter: string;
  state: string;
  cause: string | null;
  /** How often the same words came again. */
  repeats: number;
  receivedAt: Instant;
}

export interface TracedQuestion {
  id: string;
  kind: 'status' | 'balance';
  askedAt: Instant;
  answeredAt: Instant | null;
}

export interface TracedAudit {
  seq: number;
  actor: string;
  action: string;
  at: Instant;
}

/** Credits of these transactions. */
export async function receiptsOf(
  t: TenantHandle,
  transactionIds: readonly LedgerTransactionId[],
): Promise<TracedReceipt[]> {
  const found = await sql<TracedReceipt>`
    select receipt, shortcode_id as "shortcodeId", leg, amount_cents as "amountCents",
      transaction_id as "transactionId", source_kind as "sourceKind", source_id as "sourceId",
      credited_at as "creditedAt"
    from ${t.table('receipts')} where tenant_id = ${t.tenantId}
      and transaction_id = any(${transactionIds}::uuid[])
    order by credited_at, receipt limit ${tracesMax + 1}`.execute(t.query);
  return found.rows;
}

/** Money that was held for these objects. */
export async function reservationsOf(
  t: TenantHandle,
  objectIds: readonly string[],
): Promise<TracedReservation[]> {
  const found = await sql<TracedReservation>`
    select id, reference, amount_cents as "amountCents", committed_cents as "committedCents", status,
      why, source_id as "sourceId", workflow_id as "workflowId", created_at as "createdAt",
      closed_at as "closedAt"
    from ${t.table('ledger_reservations')} where tenant_id = ${t.tenantId}
      and source_id = any(${objectIds}::text[])
    order by created_at, id limit ${tracesMax + 1}`.execute(t.query);
  return found.rows;
}

/** Events told about these objects; of those that left the outbox, what is remembered of them. */
export async function eventsAbout(
  t: TenantHandle,
  objectIds: readonly string[],
): Promise<TracedEvent[]> {
  const keys = objectIds.map((id) => `${t.tenantId}:${id}`);
  const found = await sql<TracedEvent>`
    select event_id as "eventId", type, occurred_at as "occurredAt", published_at as "publishedAt"
    from (
      select event_id, type, occurred_at, published_at from ${t.table('outbox')}
      where tenant_id = ${t.tenantId} and kind = 'event' and key = any(${keys}::text[])
      union all
      select event_id, type, occurred_at, published_at from ${t.table('told_events')}
      where tenant_id = ${t.tenantId} and object_id = any(${objectIds}::text[])
    ) told
    order by occurred_at, event_id limit ${tracesMax + 1}`.execute(t.query);
  return found.rows;
}

/** What the provider posted about these objects, or in answer to our questions about them. */
export async function callbacksAbout(
  t: TenantHandle,
  objectIds: readonly string[],
): Promise<TracedCallback[]> {
  const targets = objectIds.filter(isUuid);
  const inbox = t.table('callback_inbox');
  // Each way has its index; joined by "or" they would have none.
  const found = await sql<TracedCallback>`
    select id, letter, status as state, cause, repeats, received_at as "receivedAt"
    from ${inbox}
    where tenant_id = ${t.tenantId} and id in (
      select c.id from ${inbox} c
      where c.tenant_id = ${t.tenantId} and c.target_id = any(${targets}::uuid[])
      union select c.id from ${t.table('provider_queries')} q
      join ${inbox} c on c.tenant_id = q.tenant_id and c.target_id = q.id
      where q.tenant_id = ${t.tenantId} and q.subject_id = any(${targets}::uuid[])
        and q.subject_kind = 'disbursement'
      union select w.callback_id from ${t.table('collection_witnesses')} w
      where w.tenant_id = ${t.tenantId} and w.collection_id = any(${targets}::uuid[])
        and w.callback_id is not null)
    order by received_at, id limit ${tracesMax + 1}`.execute(t.query);
  return found.rows;
}

/** What the provider was asked about a payout. */
export async function questionsAbout(
  t: TenantHandle,
  objectIds: readonly string[],
): Promise<TracedQuestion[]> {
  const found = await sql<TracedQuestion>`
    select id, kind, asked_at as "askedAt", answered_at as "answeredAt"
    from ${t.table('provider_queries')}
    where tenant_id = ${t.tenantId} and subject_id = any(${objectIds.filter(isUuid)}::uuid[])
      and subject_kind = 'disbursement'
    order by asked_at, id limit ${tracesMax + 1}`.execute(t.query);
  return found.rows;
}

/** Who did what to these objects. */
export async function auditAbout(
  t: TenantHandle,
  objectIds: readonly string[],
): Promise<TracedAudit[]> {
  const found = await sql<TracedAudit>`
    select seq, actor, action, at from ${t.table('audit_log')}
    where tenant_id = ${t.tenantId} and object_id = any(${objectIds}::text[])
    order by seq limit ${tracesMax + 1}`.execute(t.query);
  return found.rows;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
