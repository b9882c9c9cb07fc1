/** Reading the audit log, and the marks outside it that show a tail that was cut off. */
import { sql } from 'kysely';
import { id, type TenantId, type UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { AuditAnchor, AuditRecord } from './audit.ts';
import type { Database, OperatorHandle, TenantHandle } from './database.ts';
import type { PageReader } from './page-reader.ts';

export interface AuditFilter {
  actor?: string;
  /** An action, or the beginning of one followed by `*`. */
  action?: string;
  objectKind?: string;
  objectId?: string;
  from?: Instant;
  /** Up to and without. */
  before?: Instant;
  beforeSeq?: number;
}

interface AuditListItem extends AuditRecord {
  hash: string;
}

/** With the name of the person, where one did it. */
export interface NamedAuditItem extends AuditListItem {
  actorName: string | null;
}

/** Records that fit, newest first. */
export async function listAuditPage(
  t: TenantHandle,
  filter: AuditFilter & { limit: number },
): Promise<NamedAuditItem[]> {
  const rows = await filtered(t, filter)
    .select(['seq', 'actor', 'action', 'object_kind', 'object_id', 'detail', 'request_id', 'at'])
    .select(sql<string>`encode(hash, 'hex')`.as('hash'))
    .orderBy('seq', 'desc')
    .limit(filter.limit)
    .execute();
  const names = await namesOfActors(t, rows);
  return rows.map(({ object_kind, object_id, request_id, ...row }) => ({
    ...row,
    ...{ objectKind: object_kind, objectId: object_id, requestId: request_id },
    actorName: names.get(row.actor) ?? null,
  }));
}

/** How many records fit. */
export async function countAudit(t: TenantHandle, filter: AuditFilter): Promise<number> {
  const counted = await filtered(t, filter)
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return counted.count;
}

const rowsPerRead = 500;

/** Every record that fits, newest first. */
export async function* streamAudit(
  read: PageReader,
  filter: AuditFilter,
): AsyncGenerator<NamedAuditItem[]> {
  for (let beforeSeq = Number.MAX_SAFE_INTEGER; ;) {
    const page = { ...filter, beforeSeq, limit: rowsPerRead };
    const rows = await read((t) => listAuditPage(t, page));
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerRead) return;
    beforeSeq = last.seq;
  }
}

function filtered(t: TenantHandle, filter: AuditFilter) {
  const { actor, action, objectKind, objectId, from, before, beforeSeq } = filter;
  let query = t.query.selectFrom('audit_log');
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (objectKind !== undefined) query = query.where('object_kind', '=', objectKind);
  if (objectId !== undefined) query = query.where('object_id', '=', objectId);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (before !== undefined) query = query.where('at', '<', before);
  if (beforeSeq !== undefined) query = query.where('seq', '<', beforeSeq);
  if (action?.endsWith('*') === true) {
    query = query.where(sql<boolean>`starts_with(action, ${action.slice(0, -1)})`);
  } else if (action !== undefined) query = query.where('action', '=', action);
  return query;
}

/** Names of the people among actors, by actor. */
export async function namesOfActors(
  t: TenantHandle,
  rows: readonly { actor: string }[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.map(({ actor }) => actor))].flatMap(userIn);
  if (ids.length === 0) return new Map();
  const users = await t.query
    .selectFrom('platform.users')
    .select(['id', 'name'])
    .where('id', 'in', ids)
    .execute();
  return new Map(users.map((user) => [`user:${user.id}`, user.name]));
}

function userIn(actor: string): UserId[] {
  const uuid = /^user:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(actor)?.[1];
  return uuid === undefined ? [] : [id('user', uuid)];
}

/** The marks of a tenant, oldest first; they are in the main database whatever its tier. */
export function auditAnchors(db: Database, tenantId: TenantId): Promise<AuditAnchor[]> {
  return db.asOperator('read the anchors of an audit log', (o) =>
    o.query
      .selectFrom('platform.audit_anchors')
      .select(['seq', 'hash'])
      .where('tenant_id', '=', tenantId)
      .orderBy('seq')
      .execute(),
  );
}

/** Heads of the chains in a place, for anchoring. */
export function auditHeads(o: OperatorHandle) {
  return o.query
    .selectFrom('audit_heads')
    .select(['tenant_id', 'seq', 'hash'])
    .where('seq', '>', 0)
    .execute();
}

/** Keeps where chains stand; what is anchored already stays as it is. Returns how many are new. */
export async function anchorHeads(
  o: OperatorHandle,
  heads: readonly { tenant_id: TenantId; seq: number; hash: Buffer }[],
): Promise<number> {
  let count = 0;
  for (const head of heads) {
    const inserted = await o.query
      .insertInto('platform.audit_anchors')
      .values(head)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    count += Number(inserted.numInsertedOrUpdatedRows ?? 0n);
  }
  return count;
}
