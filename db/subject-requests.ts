/** Wishes to have a person forgotten: asked for, agreed to, and how far the run is that does it. */
import { sql, type Selectable } from 'kysely';
import type { SubjectRequestId } from '../domain/ids.ts';
import type { SubjectQuestion } from '../domain/tenants/data-subject.ts';
import { wordsOf } from '../domain/tenants/data-subject.ts';
import { pseudonymFrom, type Pseudonym } from '../domain/tenants/pseudonym.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import type { SubjectCounts, SubjectRequestsTable, SubjectStatus } from './tenant-tables.ts';

export interface SubjectRequest {
  id: SubjectRequestId;
  status: SubjectStatus;
  /** Who they are called from then on. */
  pseudonym: string;
  /** Who it is about; null once that is forgotten. */
  person: SubjectQuestion | null;
  reason: string;
  requestedBy: string;
  requestedAt: Instant;
  expiresAt: Instant;
  decidedBy: string | null;
  decidedAt: Instant | null;
  note: string | null;
  workflowId: string;
  /** The look that is under way; the last of them found nothing. */
  round: number;
  /** Rows in which the person was replaced, by kind. */
  changed: SubjectCounts;
  /** Rows that still waited for something in the end. */
  leftCount: number | null;
  /** Uploaded files that are kept as they are, sealed, because the law wants them whole. */
  keptFiles: number | null;
  endedAt: Instant | null;
}

const questionContext = (requestId: string) => `subject_requests|question|${requestId}`;

/** The pseudonym of a person: the number decides, and without one the words of the name. */
export function pseudonymOf(
  t: Pick<TenantHandle, 'seal'>,
  { msisdn, name = '' }: SubjectQuestion,
): Pseudonym {
  return pseudonymFrom(t.seal.index(`subject|${msisdn ?? wordsOf(name).toSorted().join(' ')}`));
}

/** Stores a wish; undefined when one about this person is open already. */
export async function insertSubjectRequest(
  t: TenantHandle,
  wish: Pick<
    SubjectRequest,
    'id' | 'reason' | 'requestedBy' | 'requestedAt' | 'expiresAt' | 'workflowId'
  > & { person: SubjectQuestion },
): Promise<SubjectRequest | undefined> {
  const { id: requestId, person } = wish;
  await t.query
    .insertInto('subject_requests')
    .values({
      ...{ tenant_id: t.tenantId, id: requestId, pseudonym: pseudonymOf(t, person).name },
      question_sealed: t.seal.sealText(JSON.stringify(person), questionContext(requestId)),
      ...{ reason: wish.reason, requested_by: wish.requestedBy, workflow_id: wish.workflowId },
      ...{ requested_at: wish.requestedAt, expires_at: wish.expiresAt, changed: '{}' },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return findSubjectRequest(t, requestId);
}

/** The wish; with `isLocked` nobody else changes it meanwhile. */
export async function findSubjectRequest(
  t: TenantHandle,
  requestId: SubjectRequestId,
  { isLocked = false }: { isLocked?: boolean } = {},
): Promise<SubjectRequest | undefined> {
  const query = t.query.selectFrom('subject_requests').selectAll().where('id', '=', requestId);
  const row = await (isLocked ? query.forUpdate() : query).executeTakeFirst();
  return row && toRequest(t, row);
}

const listMax = 50;

/** The newest first, at most 50. */
export async function listSubjectRequests(t: TenantHandle): Promise<SubjectRequest[]> {
  const rows = await t.query
    .selectFrom('subject_requests')
    .selectAll()
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(listMax)
    .execute();
  return rows.map((row) => toRequest(t, row));
}

export interface SubjectDecision {
  status: 'running' | 'rejected' | 'withdrawn';
  decidedBy: string;
  decidedAt: Instant;
  note: string | null;
}

/** Decides about a wish that waits; the caller holds it. Whoever is not to be forgotten is not kept. */
export async function decideSubjectRequest(
  t: TenantHandle,
  requestId: SubjectRequestId,
  { status, decidedBy, decidedAt, note }: SubjectDecision,
): Promise<SubjectRequest> {
  const isOver = status !== 'running';
  const row = await t.query
    .updateTable('subject_requests')
    .set({
      ...{ status, decided_by: decidedBy, decided_at: decidedAt, note },
      ...(isOver && { question_sealed: null, ended_at: decidedAt }),
    })
    .where('id', '=', requestId)
    .where('status', '=', 'waiting')
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRequest(t, row);
}

/** Ends wishes about this person that nobody decided in time, so that a new one can be made. */
export async function dropExpired(
  t: TenantHandle,
  person: SubjectQuestion,
  now: Instant,
): Promise<void> {
  await t.query
    .updateTable('subject_requests')
    .set({
      ...{ status: 'withdrawn', decided_by: 'service:tenants', decided_at: now },
      ...{ note: 'Nobody decided in time.', question_sealed: null, ended_at: now },
    })
    .where('pseudonym', '=', pseudonymOf(t, person).name)
    .where('status', '=', 'waiting')
    .where('expires_at', '<=', now)
    .execute();
}

/** A record of what was done with a wish; never who it is about. */
export async function auditSubject(
  t: TenantHandle,
  deed: {
    actor: string;
    action: 'ask' | 'approve' | 'reject' | 'withdraw' | 'pseudonymised';
    subjectRequest: SubjectRequestId;
    detail?: Record<string, unknown>;
    requestId?: string;
  },
): Promise<void> {
  const { actor, action, subjectRequest, detail = {}, requestId } = deed;
  await appendAudit(t, {
    ...{ actor, action: `subject.${action}`, detail },
    ...{ objectKind: 'subject-request', objectId: subjectRequest },
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function toRequest(
  t: Pick<TenantHandle, 'seal'>,
  row: Selectable<SubjectRequestsTable>,
): SubjectRequest {
  const { id: requestId, status, pseudonym, reason, note, round, changed } = row;
  const sealed = row.question_sealed;
  const person: SubjectQuestion | null =
    sealed === null ? null : JSON.parse(t.seal.openText(sealed, questionContext(requestId)));
  return {
    ...{ id: requestId, status, pseudonym, person, reason, note, round, changed },
    ...{ requestedBy: row.requested_by, requestedAt: row.requested_at, expiresAt: row.expires_at },
    ...{ decidedBy: row.decided_by, decidedAt: row.decided_at, workflowId: row.workflow_id },
    ...{ leftCount: row.left_count, keptFiles: row.kept_files, endedAt: row.ended_at },
  };
}

/** Uploaded files of statements whose rows now bear the pseudonym. */
export async function countKeptFiles(t: TenantHandle, pseudonym: string): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(distinct s.upload_id)::integer as n
    from ${t.table('statement_lines')} l
    join ${t.table('statements')} s on s.tenant_id = l.tenant_id and s.id = l.statement_id
    where l.tenant_id = ${t.tenantId}
      and l.search_tokens @> ${t.seal.tokens(pseudonym)}::bigint[]`.execute(t.query);
  return found.rows[0]?.n ?? 0;
}
