/** Callbacks that were set aside, as people look at them and decide. */
import { sql } from 'kysely';
import type { CallbackId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { bodyOf } from './callbacks.ts';
import type { TenantHandle } from './database.ts';
import type { CallbackStatus, HookLetter } from './shortcode-tables.ts';

export interface ListedCallback {
  id: CallbackId;
  letter: HookLetter;
  targetId: string;
  status: CallbackStatus;
  cause: string | null;
  receivedAt: Instant;
  repeats: number;
  body: Buffer;
}

export interface CallbackPosition {
  receivedAt: Instant;
  id: CallbackId;
}

/** Callbacks in one state, newest first. */
export async function listCallbacks(
  t: TenantHandle,
  filter: { status: CallbackStatus; after?: CallbackPosition | undefined; limit: number },
): Promise<ListedCallback[]> {
  const { status, after, limit } = filter;
  let query = t.query
    .selectFrom('callback_inbox')
    .select(['id', 'letter', 'target_id', 'status', 'cause', 'received_at', 'repeats'])
    .select('body_sealed')
    .where('status', '=', status)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(received_at, id) < (${after.receivedAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    letter: row.letter,
    targetId: row.target_id,
    status: row.status,
    cause: row.cause,
    receivedAt: row.received_at,
    repeats: row.repeats,
    body: bodyOf(t, row),
  }));
}

export type Resolution = 'retry' | 'discard';

/**
 * Lets a callback that was set aside be handled once more, or lays it to rest. False when it is not
 * set aside any more: somebody else decided.
 */
export async function resolveCallback(
  t: TenantHandle,
  id: CallbackId,
  decision: { resolution: Resolution; actor: string; reason: string },
): Promise<boolean> {
  const { resolution, actor, reason } = decision;
  const updated = await t.query
    .updateTable('callback_inbox')
    .set({
      ...(resolution === 'retry'
        ? { status: 'pending' as const, attempts: 0, available_at: sql<Instant>`now()` }
        : { status: 'discarded' as const }),
      resolved_at: sql<Instant>`now()`,
      resolved_by: actor,
      resolution: reason,
    })
    .where('id', '=', id)
    .where('status', '=', 'quarantined')
    .returning('id')
    .executeTakeFirst();
  return updated !== undefined;
}

/** The state of a callback; undefined when there is none of this id. */
export async function callbackStatusOf(
  t: TenantHandle,
  id: CallbackId,
): Promise<CallbackStatus | undefined> {
  const row = await t.query
    .selectFrom('callback_inbox')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.status;
}
