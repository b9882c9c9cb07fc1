/** What people want to post by hand, until a second person has decided. */
import { sql, type Selectable } from 'kysely';
import type { AuditAction } from '../domain/audit/actions.ts';
import type { LedgerTransactionId, PostingRequestId } from '../domain/ids.ts';
import type { HandPosting, PostingRequestStatus } from '../domain/ledger/posting-requests.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import type { PostingRequestsTable } from './ledger-tables.ts';

export interface PostingRequest {
  id: PostingRequestId;
  wish: HandPosting;
  reason: string;
  /** As stored: one that is over but not yet swept still says `waiting`. */
  status: PostingRequestStatus;
  requestedBy: string;
  requestedAt: Instant;
  expiresAt: Instant;
  decidedBy: string | null;
  decidedAt: Instant | null;
  note: string | null;
  postedId: LedgerTransactionId | null;
}

/** Stores a wish; undefined when the reversal of the same transaction waits already. */
export async function insertPostingRequest(
  t: TenantHandle,
  request: Pick<
    PostingRequest,
    'id' | 'wish' | 'reason' | 'requestedBy' | 'requestedAt' | 'expiresAt'
  >,
): Promise<PostingRequest | undefined> {
  const { wish } = request;
  const row = await t.query
    .insertInto('posting_requests')
    .values({
      ...{ tenant_id: t.tenantId, id: request.id, kind: wish.kind, reason: request.reason },
      ...{ requested_by: request.requestedBy, requested_at: request.requestedAt },
      expires_at: request.expiresAt,
      ...columnsOf(wish),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return toRequest(row);
  // Another one of the same Idempotency-Key, or another wish for the same reversal.
  return findPostingRequest(t, request.id);
}

/** The request; with `isLocked` nobody else can decide it meanwhile. */
export async function findPostingRequest(
  t: TenantHandle,
  requestId: PostingRequestId,
  { isLocked = false }: { isLocked?: boolean } = {},
): Promise<PostingRequest | undefined> {
  const query = t.query.selectFrom('posting_requests').selectAll().where('id', '=', requestId);
  const row = await (isLocked ? query.forUpdate() : query).executeTakeFirst();
  return row && toRequest(row);
}

/** Requests by when they were made, newest first. `waiting` leaves out those that are over. */
export async function listPostingRequests(
  t: TenantHandle,
  page: {
    statuses?: readonly PostingRequestStatus[] | undefined;
    now: Instant;
    after?: { requestedAt: Instant; id: PostingRequestId };
    limit: number;
  },
): Promise<PostingRequest[]> {
  const { statuses, now, after, limit } = page;
  let query = t.query.selectFrom('posting_requests').selectAll();
  if (statuses !== undefined) {
    const standing = sql<PostingRequestStatus>`case when status = 'waiting' and expires_at <= ${now}
      then 'expired' else status end`;
    query = query.where(standing, 'in', statuses);
  }
  if (after !== undefined) {
    const place = sql`(${after.requestedAt}::timestamptz, ${after.id}::uuid)`;
    query = query.where(sql<boolean>`(requested_at, id) < ${place}`);
  }
  const rows = await query
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRequest);
}

export interface PostingDecision {
  status: Exclude<PostingRequestStatus, 'waiting'>;
  decidedBy: string;
  decidedAt: Instant;
  note?: string | undefined;
  postedId?: LedgerTransactionId;
}

/** Ends a request that waits; the caller holds its row. */
export async function endPostingRequest(
  t: TenantHandle,
  requestId: PostingRequestId,
  decision: PostingDecision,
): Promise<PostingRequest> {
  const row = await t.query
    .updateTable('posting_requests')
    .set({
      ...{ status: decision.status, decided_by: decision.decidedBy },
      ...{ decided_at: decision.decidedAt, note: decision.note ?? null },
      posted_id: decision.postedId ?? null,
    })
    .where('id', '=', requestId)
    .where('status', '=', 'waiting')
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRequest(row);
}

/** Ends what nobody decided in time, with a record in the audit log; answers how many. */
export async function expirePostingRequests(
  t: TenantHandle,
  { now, limit }: { now: Instant; limit: number },
): Promise<number> {
  const over = await t.query
    .selectFrom('posting_requests')
    .select('id')
    .where('status', '=', 'waiting')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  const actor = 'service:ledger';
  for (const { id } of over) {
    await endPostingRequest(t, id, { status: 'expired', decidedBy: actor, decidedAt: now });
    await auditRequest(t, { actor, action: 'ledger.request-expired', requestId: id });
  }
  return over.length;
}

/** A record of what was done with a request. */
export async function auditRequest(
  t: TenantHandle,
  deed: {
    actor: string;
    action: AuditAction;
    requestId: PostingRequestId;
    detail?: Record<string, unknown>;
  },
): Promise<void> {
  const { actor, action, requestId, detail = {} } = deed;
  await appendAudit(t, {
    ...{ actor, action, objectKind: 'posting-request', objectId: requestId, detail },
  });
}

function toRequest(row: Selectable<PostingRequestsTable>): PostingRequest {
  return {
    ...{ id: row.id, wish: wishOf(row), reason: row.reason, status: row.status, note: row.note },
    ...{ requestedBy: row.requested_by, requestedAt: row.requested_at, expiresAt: row.expires_at },
    ...{ decidedBy: row.decided_by, decidedAt: row.decided_at, postedId: row.posted_id },
  };
}

function columnsOf(wish: HandPosting) {
  switch (wish.kind) {
    case 'adjustment':
      return { account_id: wish.accountId, side: wish.side, amount_cents: wish.amountCents };
    case 'reversal':
      return { transaction_id: wish.transactionId };
    case 'earning': {
      const { customerId, shortcodeId, amountCents } = wish;
      return { customer_id: customerId, shortcode_id: shortcodeId, amount_cents: amountCents };
    }
  }
}

function wishOf(row: Selectable<PostingRequestsTable>): HandPosting {
  const { account_id: accountId, side, amount_cents: amountCents } = row;
  if (accountId !== null && side !== null && amountCents !== null)
    return { kind: 'adjustment', accountId, side, amountCents };
  const { customer_id: customerId, shortcode_id: shortcodeId } = row;
  if (customerId !== null && shortcodeId !== null && amountCents !== null)
    return { kind: 'earning', customerId, shortcodeId, amountCents };
  if (row.transaction_id !== null) return { kind: 'reversal', transactionId: row.transaction_id };
  throw new Error(`posting request ${row.id} asks for nothing`);
}
