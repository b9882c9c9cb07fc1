/**
 * The trail of one payment beside its own timeline: what arrived about it, what was asked, what was
 * held, posted and told, each from where it is kept.
 */
import { sql } from 'kysely';
import type { CollectionId, DisbursementId, IdKind, LedgerTransactionId } from '../domain/ids.ts';
import { id as idOf, toPublicId } from '../domain/ids.ts';
import type { TrailKind } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import {
  callbacksAbout,
  eventsAbout,
  questionsAbout,
  reservationsOf,
  tracesMax,
} from './object-traces.ts';

export interface TrailEntry {
  kind: TrailKind;
  /** Public id of what it is; of an event the id consumers know it by. */
  id: string;
  at: Instant;
  /** When it was over: answered, no longer held, published; null until then, and where nothing ends. */
  endedAt: Instant | null;
  /** The state or the type, in the words of where it is kept. */
  what: string;
  detail: string | null;
  amountCents: Cents | null;
}

export interface TrailOf {
  objectId: CollectionId | DisbursementId;
  /** The transaction that credited it, when another object was its source. */
  transactionId?: LedgerTransactionId | null;
}

/** Oldest first; at most `tracesMax` of each kind. */
export async function trailOf(t: TenantHandle, of: TrailOf): Promise<TrailEntry[]> {
  const objects = [of.objectId];
  const blank = { endedAt: null, detail: null, amountCents: null };
  const callbacks = (await callbacksAbout(t, objects)).map((one) => ({
    ...blank,
    ...{ kind: 'callback' as const, id: shown('callback', one.id), at: one.receivedAt },
    ...{ what: one.state, detail: one.cause },
  }));
  const questions = (await questionsAbout(t, objects)).map((one) => ({
    ...blank,
    ...{ kind: 'question' as const, id: shown('providerQuery', one.id), at: one.askedAt },
    ...{ endedAt: one.answeredAt, what: one.kind },
  }));
  const holds = (await reservationsOf(t, objects)).map((one) => ({
    ...blank,
    ...{ kind: 'hold' as const, id: shown('reservation', one.id), at: one.createdAt },
    ...{ endedAt: one.closedAt, what: one.status, detail: one.why, amountCents: one.amountCents },
  }));
  const postings = await postingsOf(t, of);
  const events = (await eventsAbout(t, [of.objectId, ...postings.map(({ id }) => id)])).map(
    (one) => ({
      ...blank,
      ...{ kind: 'event' as const, id: one.eventId, at: one.occurredAt },
      ...{ endedAt: one.publishedAt, what: one.type },
    }),
  );
  const posted = postings.map((one) => ({
    ...blank,
    ...{ kind: 'posting' as const, id: shown('ledgerTransaction', one.id), at: one.at },
    ...{ what: one.kind, detail: one.receipt, amountCents: one.amountCents },
  }));
  return [callbacks, questions, holds, posted, events]
    .flatMap((list): TrailEntry[] => list.slice(0, tracesMax))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function shown(kind: IdKind, uuid: string): string {
  return toPublicId(kind, idOf(kind, uuid));
}

interface Posted {
  id: LedgerTransactionId;
  kind: string;
  at: Instant;
  receipt: string | null;
  amountCents: Cents;
}

async function postingsOf(
  t: TenantHandle,
  { objectId, transactionId = null }: TrailOf,
): Promise<Posted[]> {
  const found = await sql<Posted>`
    select x.id, x.kind, x.recorded_at as at, x.receipt,
      (select coalesce(sum(e.amount_cents), 0)::bigint from ${t.table('ledger_entries')} e
        where e.tenant_id = x.tenant_id and e.transaction_id = x.id and e.amount_cents > 0)
        as "amountCents"
    from ${t.table('ledger_transactions')} x
    where x.tenant_id = ${t.tenantId}
      and (x.source_id = ${objectId as string} or x.id = ${transactionId}::uuid)
    order by x.recorded_at, x.id limit ${tracesMax}`.execute(t.query);
  return found.rows;
}
