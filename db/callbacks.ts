/**
 * The inbox of callbacks: written before a callback is answered, drained afterwards. Draining
 * leases rows across tenants as operator, reads each under its own tenant, and delivers what it
 * leads to in a second step, so that nothing is lost between the two.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { toPublicId, type CallbackId, type TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle, TenantHandle } from './database.ts';
import { appendEvents } from './outbox.ts';
import type { CallbackStatus, CallbackTell, HookLetter } from './shortcode-tables.ts';

/** A callback as it arrived, its body as bytes. */
export interface ArrivedCallback {
  id: CallbackId;
  letter: HookLetter;
  targetId: string;
  body: Buffer;
  receivedAt: Instant;
  arrivedBy: 'request' | 'spool';
  /** Set when the body is no message at all: it is kept as evidence and has no effect. */
  cause?: string;
}

/** Written under the callback's own letter and target, so bytes moved to another row do not open. */
export function bodyContext(row: { letter: string; targetId: string }): string {
  return `callback_inbox|body|${row.letter}|${row.targetId}`;
}

/** Opens the body of a row. */
export function bodyOf(
  t: Pick<TenantHandle, 'seal'>,
  row: { letter: HookLetter; target_id: string; body_sealed: Uint8Array },
): Buffer {
  const { letter, target_id: targetId } = row;
  return t.seal.openBytes(row.body_sealed, bodyContext({ letter, targetId }));
}

function bodyHashOf(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest();
}

/**
 * Writes callbacks of one tenant. A body that came before for the same target is counted and
 * changes nothing else. Answers how many were new.
 */
export async function appendCallbacks(
  t: TenantHandle,
  arrived: readonly ArrivedCallback[],
): Promise<number> {
  const rows = new Map<string, { first: ArrivedCallback; hash: Buffer; count: number }>();
  for (const callback of arrived) {
    const hash = bodyHashOf(callback.body);
    const key = `${callback.letter}|${callback.targetId}|${hash.toString('base64')}`;
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { first: callback, hash, count: 1 });
    else known.count += 1;
  }
  if (rows.size === 0) return 0;
  const inserted = await t.query
    .insertInto('callback_inbox')
    .values(
      [...rows.values()].map(({ first, hash, count }) => ({
        tenant_id: t.tenantId,
        id: first.id,
        letter: first.letter,
        target_id: first.targetId,
        body_hash: hash,
        body_sealed: t.seal.sealBytes(first.body, bodyContext(first)),
        received_at: first.receivedAt,
        arrived_by: first.arrivedBy,
        repeats: count - 1,
        ...(first.cause === undefined
          ? {}
          : { status: 'quarantined' as const, cause: first.cause }),
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'letter', 'target_id', 'body_hash'])
        .doUpdateSet({ repeats: sql<number>`callback_inbox.repeats + excluded.repeats + 1` })
        // A row of the spool that is read twice is the same arrival, not another one.
        .where(sql<boolean>`callback_inbox.id <> excluded.id`),
    )
    .returning(sql<boolean>`xmax = 0`.as('isNew'))
    .execute();
  return inserted.filter(({ isNew }) => isNew).length;
}

export interface ClaimedCallback {
  tenantId: TenantId;
  id: CallbackId;
  status: 'pending' | 'recorded';
}

/** Leases the callbacks that have waited longest; others may lease at the same time. */
export async function claimCallbacks(
  o: OperatorHandle,
  claim: { limit: number; leaseSeconds: number },
): Promise<ClaimedCallback[]> {
  const inbox = o.table('callback_inbox');
  const found = await sql<ClaimedCallback>`
    update ${inbox} c
    set claimed_until = now() + make_interval(secs => ${claim.leaseSeconds})
    from (
      select tenant_id, id from ${inbox}
      where status in ('pending', 'recorded') and available_at <= now()
        and (claimed_until is null or claimed_until <= now())
      order by available_at limit ${claim.limit}
      for update skip locked
    ) next
    where c.tenant_id = next.tenant_id and c.id = next.id
    returning c.tenant_id as "tenantId", c.id, c.status`.execute(o.query);
  return found.rows;
}

/** How many callbacks wait for what, and since when the oldest does. */
export async function callbackBacklog(
  o: OperatorHandle,
): Promise<{ pending: number; recorded: number; ageSeconds: number; quarantined: number }> {
  const found = await sql<{
    pending: number;
    recorded: number;
    ageSeconds: number;
    quarantined: number;
  }>`
    select count(*) filter (where status = 'pending') as pending,
      count(*) filter (where status = 'recorded') as recorded,
      count(*) filter (where status = 'quarantined') as quarantined,
      coalesce(extract(epoch from now() - min(received_at)
        filter (where status in ('pending', 'recorded'))), 0)::float8 as "ageSeconds"
    from ${o.table('callback_inbox')}
    where status in ('pending', 'recorded', 'quarantined')`.execute(o.query);
  return found.rows[0] ?? { pending: 0, recorded: 0, ageSeconds: 0, quarantined: 0 };
}

export interface StoredCallback {
  id: CallbackId;
  letter: HookLetter;
  targetId: string;
  status: CallbackStatus;
  body: Buffer;
  receivedAt: Instant;
  repeats: number;
  attempts: number;
  cause: string | null;
  tell: CallbackTell | null;
  late: Record<string, unknown> | null;
}

/** Reads one callback; `lock` keeps others from handling it until the transaction ends. */
export async function findCallback(
  t: TenantHandle,
  id: CallbackId,
  { lock = false } = {},
): Promise<StoredCallback | undefined> {
  const query = t.query
    .selectFrom('callback_inbox')
    .select(['id', 'letter', 'target_id', 'status', 'body_sealed', 'received_at', 'repeats'])
    .select(['attempts', 'cause', 'tell', 'late'])
    .where('id', '=', id);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (row === undefined) return undefined;
  const { letter, target_id: targetId } = row;
  return {
    ...{ id: row.id, letter, targetId, status: row.status, repeats: row.repeats },
    body: bodyOf(t, row),
    receivedAt: row.received_at,
    attempts: row.attempts,
    cause: row.cause,
    tell: row.tell,
    late: row.late,
  };
}

/** Notes that the callback is taken up, with whom to tell; nobody to tell means it is done. */
export async function markRecorded(
  t: TenantHandle,
  id: CallbackId,
  next: { tell?: CallbackTell; late?: Record<string, unknown> },
): Promise<void> {
  const isDone = next.tell === undefined && next.late === undefined;
  await t.query
    .updateTable('callback_inbox')
    .set({
      status: isDone ? 'delivered' : 'recorded',
      recorded_at: sql<Instant>`now()`,
      delivered_at: isDone ? sql<Instant>`now()` : null,
      tell: next.tell === undefined ? null : JSON.stringify(next.tell),
      late: next.late === undefined ? null : JSON.stringify(next.late),
      cause: null,
      last_error: null,
    })
    .where('id', '=', id)
    .execute();
}

export async function markDelivered(t: TenantHandle, id: CallbackId): Promise<void> {
  await t.query
    .updateTable('callback_inbox')
    .set({ status: 'delivered', delivered_at: sql<Instant>`now()`, claimed_until: null })
    .where('id', '=', id)
    .where('status', '=', 'recorded')
    .execute();
}

/** Sets a callback aside: it stays as evidence and has no effect until somebody decides. */
export async function markQuarantined(
  t: TenantHandle,
  id: CallbackId,
  cause: string,
): Promise<void> {
  await t.query
    .updateTable('callback_inbox')
    .set({ status: 'quarantined', cause: cause.slice(0, 200), claimed_until: null })
    .where('id', '=', id)
    .execute();
}

/** Gives a leased callback back, to be taken up again after a while. */
export async function postponeCallback(
  t: TenantHandle,
  id: CallbackId,
  { afterMs, error }: { afterMs: number; error: string },
): Promise<void> {
  await t.query
    .updateTable('callback_inbox')
    .set({
      available_at: sql<Instant>`now() + make_interval(secs => ${afterMs / 1000})`,
      claimed_until: null,
      attempts: sql<number>`attempts + 1`,
      last_error: error.slice(0, 1_000),
    })
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'recorded'])
    .execute();
}

/** Tells the outside that a callback was set aside; in the transaction in which it is. */
export async function announceQuarantine(
  t: TenantHandle,
  callback: { id: CallbackId; letter: HookLetter; cause: string },
): Promise<void> {
  const { id, letter, cause } = callback;
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${id}`,
      type: 'callback.quarantined',
      version: 1,
      isPersonal: false,
      data: { callbackId: toPublicId('callback', id), letter, cause },
    },
  ]);
}
