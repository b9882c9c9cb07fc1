/**
 * The story of a payment: from any receipt, transaction, business object, event, callback or run to
 * everything that belongs to it. Transactions come page by page, in the order the books learnt of
 * them; with each page comes what else is known of the objects that appear on it first.
 */
import { sql } from 'kysely';
import type { CallbackId, LedgerTransactionId } from '../domain/ids.ts';
import { tracedLists, type TracedList } from '../domain/ledger/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { findLedgerTransactions } from './ledger-reading.ts';
import type { JournalTransaction } from './ledger-reading.ts';
import {
  auditAbout,
  callbacksAbout,
  eventsAbout,
  questionsAbout,
  receiptsOf,
  reservationsOf,
  tracesMax,
  type TracedAudit,
  type TracedCallback,
  type TracedEvent,
  type TracedQuestion,
  type TracedReceipt,
  type TracedReservation,
} from './object-traces.ts';
import { linkedWith, type Linked } from './story-links.ts';

export type LineageStart =
  | { receipt: string }
  | { transactionId: LedgerTransactionId }
  | { sourceId: string }
  | { eventId: string }
  | { callbackId: CallbackId }
  | { workflowId: string };

export interface LineagePlace {
  at: Instant;
  id: LedgerTransactionId;
}

interface Traces extends Record<TracedList, unknown[]> {
  receipts: TracedReceipt[];
  reservations: TracedReservation[];
  events: TracedEvent[];
  callbacks: TracedCallback[];
  questions: TracedQuestion[];
  audit: TracedAudit[];
}

export interface Lineage extends Traces {
  /** One more than was asked for when there are others behind them. */
  transactions: JournalTransaction[];
  /** Workflow ids, in the order they appear. */
  runs: string[];
  /** False when the story has more transactions than are followed. */
  isWhole: boolean;
  /** Lists that have more rows than are given. */
  cut: TracedList[];
}

/** How many transactions a story is followed through. */
export const storyMax = 10_000;

/** A page of everything that belongs to the start; all lists are empty when there is no such thing. */
export async function lineageOf(
  t: TenantHandle,
  start: LineageStart,
  { after, limit, most = storyMax }: { after?: LineagePlace; limit: number; most?: number },
): Promise<Lineage> {
  const linked = await linkedWith(t, await endsOf(t, start), most);
  const transactions = await pageOf(t, linked, { after, limit });
  const page = transactions.slice(0, limit);
  const objects = await newObjects(t, linked, { page, isFirst: after === undefined });
  const ids = page.map(({ id }) => id);
  const found = await tracesOf(t, { objects, ids });
  const cut = tracedLists.filter((name) => found[name].length > tracesMax);
  const runs = [...page.map(({ source }) => source), ...found.reservations].flatMap(
    ({ workflowId }) => workflowId ?? [],
  );
  return {
    ...{ transactions, runs: [...new Set(runs)], isWhole: linked.isWhole, cut },
    receipts: found.receipts.slice(0, tracesMax),
    reservations: found.reservations.slice(0, tracesMax),
    events: found.events.slice(0, tracesMax),
    callbacks: found.callbacks.slice(0, tracesMax),
    questions: found.questions.slice(0, tracesMax),
    audit: found.audit.slice(0, tracesMax),
  };
}

async function tracesOf(
  t: TenantHandle,
  { objects, ids }: { objects: readonly string[]; ids: readonly LedgerTransactionId[] },
): Promise<Traces> {
  return {
    receipts: await receiptsOf(t, ids),
    reservations: await reservationsOf(t, objects),
    events: await eventsAbout(t, [...objects, ...ids]),
    callbacks: await callbacksAbout(t, objects),
    questions: await questionsAbout(t, objects),
    audit: await auditAbout(t, [...objects, ...ids]),
  };
}

/** Where a story is taken up. */
async function endsOf(t: TenantHandle, start: LineageStart) {
  if ('receipt' in start) return { receipt: [start.receipt] };
  if ('transactionId' in start) return { transaction: [start.transactionId as string] };
  if ('sourceId' in start) return { object: [start.sourceId] };
  // The ids of runs are made of those of what they are about.
  if ('workflowId' in start) {
    const parts = start.workflowId.split('/').slice(1);
    return { object: parts.filter((part) => part !== t.tenantId) };
  }
  const found = await (
    'eventId' in start
      ? sql<{ object: string }>`
        select object_id as object from ${t.table('told_events')}
        where tenant_id = ${t.tenantId} and event_id = ${start.eventId}
        union all select substr(key, ${t.tenantId.length + 2}) from ${t.table('outbox')}
        where tenant_id = ${t.tenantId} and event_id = ${start.eventId} and kind = 'event'`
      : sql<{ object: string }>`
        select target_id::text as object from ${t.table('callback_inbox')}
        where tenant_id = ${t.tenantId} and id = ${start.callbackId}
        union all select subject_id::text from ${t.table('provider_queries')}
        where tenant_id = ${t.tenantId} and id in (
          select target_id from ${t.table('callback_inbox')}
          where tenant_id = ${t.tenantId} and id = ${start.callbackId})`
  ).execute(t.query);
  return { object: found.rows.map(({ object }) => object) };
}

async function pageOf(
  t: TenantHandle,
  { transactions }: Linked,
  { after, limit }: { after: LineagePlace | undefined; limit: number },
): Promise<JournalTransaction[]> {
  const behind =
    after === undefined ? sql`` : sql`and (x.recorded_at, x.id) > (${after.at}, ${after.id})`;
  const ids = [...transactions];
  return findLedgerTransactions(t, sql`x.id = any(${ids}::uuid[]) ${behind}`, limit + 1);
}

/** Objects whose first transaction is on this page; on the first one those without any, too. */
async function newObjects(
  t: TenantHandle,
  { transactions, objects }: Linked,
  { page, isFirst }: { page: readonly JournalTransaction[]; isFirst: boolean },
): Promise<string[]> {
  const found = await sql<{ object: string; id: LedgerTransactionId }>`
    select distinct on (source_id) source_id as object, id from ${t.table('ledger_transactions')}
    where tenant_id = ${t.tenantId} and id = any(${[...transactions]}::uuid[])
    order by source_id, recorded_at, id`.execute(t.query);
  const shown = new Set(page.map(({ id }) => id));
  const onPage = found.rows.filter(({ id }) => shown.has(id)).map(({ object }) => object);
  if (!isFirst) return onPage;
  const posted = new Set(found.rows.map(({ object }) => object));
  return [...onPage, ...[...objects].filter((object) => !posted.has(object))];
}
