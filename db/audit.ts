/**
 * The audit trail: one hash chain per tenant, appended in the transaction of the change it records.
 * Whoever alters, drops or reorders a record breaks every hash after it.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { AuditAction } from '../domain/audit/actions.ts';
import type { AuditKind } from '../domain/audit/kinds.ts';
import type { Instant } from '../domain/time.ts';
import { canonicalJson } from './canonical-json.ts';
import type { TenantHandle } from './database.ts';

export interface AuditEntry {
  /** Who did it: `user:<id>`, `workflow:<id>` or `service:<name>`. */
  actor: string;
  /** What was done, such as `statement.undo`. */
  action: AuditAction;
  objectKind: AuditKind;
  objectId: string;
  /** Facts without personal data; kept in clear. */
  detail?: Record<string, unknown>;
  requestId?: string;
}

export interface AuditRecord extends Required<
  Omit<AuditEntry, 'requestId' | 'action' | 'objectKind'>
> {
  seq: number;
  /** As it was written; an older version of the product may have used other words. */
  action: string;
  objectKind: string;
  requestId: string | null;
  at: Instant;
}

export type AuditVerdict =
  | { ok: true; records: number; head: string }
  | { ok: false; firstBadSeq: number; problem: 'gap' | 'altered' | 'forked' | 'truncated' };

/** Where a chain stood, as it was kept outside of it. */
export interface AuditAnchor {
  seq: number;
  hash: Buffer;
}

const genesis = Buffer.alloc(32);
const pageSize = 1_000;

/** Appends to the tenant's chain, waiting for whoever appends at the same moment. */
export async function appendAudit(t: TenantHandle, entry: AuditEntry): Promise<number> {
  await t.query
    .insertInto('audit_heads')
    .values({ tenant_id: t.tenantId, seq: 0, hash: genesis })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const head = await t.query
    .selectFrom('audit_heads')
    .select(['seq', 'hash', sql<Instant>`clock_timestamp()::timestamptz(3)`.as('at')])
    .forUpdate()
    .executeTakeFirstOrThrow();
  const record = recordOf(entry, head.seq + 1, head.at);
  const hash = hashOf(head.hash, record);
  await t.query
    .insertInto('audit_log')
    .values({
      tenant_id: t.tenantId,
      seq: record.seq,
      actor: record.actor,
      action: record.action,
      object_kind: record.objectKind,
      object_id: record.objectId,
      detail: JSON.stringify(record.detail),
      request_id: record.requestId,
      at: record.at,
      prev_hash: head.hash,
      hash,
    })
    .execute();
  await t.query.updateTable('audit_heads').set({ seq: record.seq, hash }).execute();
  return record.seq;
}

/** Recomputes the whole chain and compares it with its head and with anchors; names the first record that is wrong. */
export async function verifyAudit(
  t: TenantHandle,
  anchors: readonly AuditAnchor[] = [],
): Promise<AuditVerdict> {
  const anchored = new Map(anchors.map(({ seq: at, hash }) => [at, hash]));
  let previous: Buffer = genesis;
  let seq = 0;
  for (;;) {
    const rows = await readPage(t, seq);
    for (const { hash, prevHash, record } of rows) {
      if (record.seq !== seq + 1) return bad(seq + 1, 'gap');
      if (!prevHash.equals(previous)) return bad(record.seq, 'forked');
      if (!hash.equals(hashOf(previous, record))) return bad(record.seq, 'altered');
      if (anchored.get(record.seq)?.equals(hash) === false) return bad(record.seq, 'forked');
      previous = hash;
      seq = record.seq;
    }
    if (rows.length < pageSize) break;
  }
  const head = await t.query.selectFrom('audit_heads').select(['seq', 'hash']).executeTakeFirst();
  if (anchors.some((anchor) => anchor.seq > seq)) return bad(seq + 1, 'truncated');
  if ((head?.seq ?? 0) !== seq) return bad(seq + 1, 'truncated');
  if (!previous.equals(head?.hash ?? genesis)) return bad(seq, 'forked');
  return { ok: true, records: seq, head: previous.toString('hex') };
}

/** The newest records of one object, newest first. */
export async function listAudit(
  t: TenantHandle,
  filter: { objectId: string; limit: number },
): Promise<AuditRecord[]> {
  const rows = await selectRecords(t)
    .where('object_id', '=', filter.objectId)
    .orderBy('seq', 'desc')
    .limit(filter.limit)
    .execute();
  return rows.map(toRecord);
}

async function readPage(t: TenantHandle, afterSeq: number) {
  const rows = await selectRecords(t)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(pageSize)
    .execute();
  return rows.map((row) => ({
    hash: row.hash,
    prevHash: row.prev_hash,
    record: toRecord(row),
  }));
}

function selectRecords(t: TenantHandle) {
  return t.query
    .selectFrom('audit_log')
    .select(['seq', 'actor', 'action', 'object_kind', 'object_id', 'detail'])
    .select(['request_id', 'at', 'prev_hash', 'hash']);
}

type AuditRow = Awaited<ReturnType<ReturnType<typeof selectRecords>['execute']>>[number];

function toRecord(row: AuditRow): AuditRecord {
  const { seq, actor, action, detail, at } = row;
  const { object_kind: objectKind, object_id: objectId, request_id: requestId } = row;
  return { seq, actor, action, objectKind, objectId, detail, requestId, at };
}

function recordOf(entry: AuditEntry, seq: number, at: Instant): AuditRecord {
  const { actor, action, objectKind, objectId, detail = {}, requestId = null } = entry;
  return { seq, actor, action, objectKind, objectId, detail, requestId, at };
}

function hashOf(previous: Buffer, record: AuditRecord): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(record)).digest();
}

function bad(
  firstBadSeq: number,
  problem: 'gap' | 'altered' | 'forked' | 'truncated',
): AuditVerdict {
  return { ok: false, firstBadSeq, problem };
}
