/**
 * The outbox: events and workflow starts are written in the transaction of the change they follow
 * from, and relayed afterwards. A relay leases rows in one short transaction and marks them in
 * another, so no transaction stays open while a broker answers.
 */
import { randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { sql } from 'kysely';
import type { TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle, TenantHandle } from './database.ts';

export interface NewEvent {
  topic: string;
  key: string;
  type: string;
  version: number;
  /** Personal data is sealed with the tenant's key before it is stored or sent. */
  isPersonal: boolean;
  data: Record<string, unknown>;
  eventId?: string;
}

export interface OutboxRow {
  seq: number;
  eventId: string;
  tenantId: TenantId;
  kind: 'event' | 'workflow';
  topic: string;
  key: string;
  type: string;
  version: number;
  data: Record<string, unknown>;
  occurredAt: Instant;
  traceparent: string | null;
}

const eventContext = 'event';
/** Far above what 500 rows of a statement need. */
const openedBytesMax = 16 * 1024 * 1024;

/** Appends events in the given order, sealed where they are personal. */
export async function appendEvents(
  t: TenantHandle,
  events: readonly NewEvent[],
  { traceparent = null }: { traceparent?: string | null } = {},
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ topic, key, type, version, isPersonal, data, eventId }) => ({
    ...{ event_id: eventId ?? randomUUID(), tenant_id: t.tenantId, kind: 'event' as const },
    ...{ topic, key, type, version, traceparent },
    data: JSON.stringify(isPersonal ? sealEventData(t, data) : data),
  }));
  await t.query.insertInto('outbox').values(rows).execute();
}

/** Asks for a run to be started with all of `start` once this transaction is committed. */
export async function appendWorkflowStart(
  t: TenantHandle,
  start: { workflow: string; workflowId: string },
  traceparent?: string,
): Promise<void> {
  await t.query
    .insertInto('outbox')
    .values({
      event_id: randomUUID(),
      tenant_id: t.tenantId,
      kind: 'workflow',
      topic: 'workflows',
      key: start.workflowId,
      type: start.workflow,
      version: 1,
      data: JSON.stringify(start),
      traceparent: traceparent ?? null,
    })
    .execute();
}

/**
 * `{sealed}` as it travels on topics that carry personal data. Rows of a statement repeat each other,
 * so they are packed before they are sealed; ciphertext itself cannot be packed any more.
 */
export function sealEventData(
  t: Pick<TenantHandle, 'seal'>,
  data: Record<string, unknown>,
): Record<string, unknown> {
  const packed = deflateRawSync(JSON.stringify(data), { level: 1 });
  return { sealed: t.seal.sealBytes(packed, eventContext).toString('base64') };
}

/** The contents of an event, opened when it travelled sealed. Throws when it was altered. */
export function openEventData(
  t: Pick<TenantHandle, 'seal'>,
  data: Record<string, unknown>,
): Record<string, unknown> {
  const sealed = data['sealed'];
  if (typeof sealed !== 'string') return data;
  const packed = t.seal.openBytes(Buffer.from(sealed, 'base64'), eventContext);
  return JSON.parse(inflateRawSync(packed, { maxOutputLength: openedBytesMax }).toString('utf8'));
}

/**
 * Leases the oldest waiting rows of a kind. Answers nothing while another relay holds a lease, so
 * rows leave in their order; a relay that died loses its lease by time and its rows go out again.
 */
export async function claimUnpublished(
  o: OperatorHandle,
  claim: { kind: OutboxRow['kind']; limit: number; leaseSeconds: number },
): Promise<OutboxRow[]> {
  // A statement of its own, so that the next one sees what the holder before us committed.
  const lock = await sql<{ isMine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('outbox'), hashtext(${claim.kind})) as "isMine"
  `.execute(o.query);
  if (lock.rows[0]?.isMine !== true) return [];
  const found = await sql<OutboxRow>`
    with batch as (
      select seq from ${o.table('outbox')}
      where published_at is null and kind = ${claim.kind} and available_at <= now()
        and not exists (
          select from ${o.table('outbox')} other
          where other.published_at is null and other.kind = ${claim.kind}
            and other.claimed_until > now())
      order by seq limit ${claim.limit}
    ), claimed as (
      update ${o.table('outbox')} o
      set claimed_until = now() + make_interval(secs => ${claim.leaseSeconds})
      from batch where o.seq = batch.seq
      returning o.*
    )
    select seq, event_id as "eventId", tenant_id as "tenantId", kind, topic, key, type, version,
      data, occurred_at as "occurredAt", traceparent
    from claimed order by seq`.execute(o.query);
  return found.rows;
}

/** Gives leased rows back after a failure. */
export async function releaseClaim(
  o: OperatorHandle,
  seqs: readonly number[],
  error: string,
): Promise<void> {
  await sql`
    update ${o.table('outbox')}
    set claimed_until = null, attempts = attempts + 1, last_error = ${error.slice(0, 1_000)}
    where seq = any(${seqs}::bigint[]) and published_at is null`.execute(o.query);
}

/** Notes that the broker, or Temporal, has these rows. */
export async function markPublished(o: OperatorHandle, seqs: readonly number[]): Promise<void> {
  await sql`
    update ${o.table('outbox')}
    set published_at = now(), claimed_until = null, attempts = attempts + 1
    where seq = any(${seqs}::bigint[]) and published_at is null`.execute(o.query);
}

/** How many rows wait, and how long the oldest of them has waited. */
export async function outboxBacklog(
  o: OperatorHandle,
): Promise<{ count: number; ageSeconds: number }> {
  const found = await sql<{ count: number; ageSeconds: number }>`
    select count(*) as count,
      coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as "ageSeconds"
    from ${o.table('outbox')} where published_at is null`.execute(o.query);
  return found.rows[0] ?? { count: 0, ageSeconds: 0 };
}

/**
 * Forgets rows that were published longer ago than the given days; returns how many. Of what was told
 * about business objects stays that it was told, for whoever asks for their story.
 */
export async function sweepPublished(o: OperatorHandle, days: number): Promise<number> {
  const done = await sql<{ count: number }>`
    with gone as (
      delete from ${o.table('outbox')}
      where published_at < now() - make_interval(days => ${days})
      returning tenant_id, event_id, kind, topic, key, type, occurred_at, published_at
    ), kept as (
      insert into ${o.table('told_events')}
        (tenant_id, event_id, object_id, type, occurred_at, published_at)
      select tenant_id, event_id, substr(key, 38), type, occurred_at, published_at from gone
      where kind = 'event' and topic = 'domain-events'
        and starts_with(key, tenant_id::text || ':') and length(key) > 37
      on conflict do nothing
    )
    select count(*) as count from gone`.execute(o.query);
  return done.rows[0]?.count ?? 0;
}
