/** Statements: uploaded files on their way from received to posted, and back when undone. */
import { sql } from 'kysely';
import type { AccountId, OperationId, StatementId, UserId } from '../domain/ids.ts';
import type { MediaKind, Verdict } from '../domain/statements/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { columnsOf, selectStatements, toStatement } from './statement-record.ts';
import type { Statement, StatementPatch } from './statement-record.ts';
import type { Stage, StatementStatus } from './statement-tables.ts';

export interface NewStatement {
  id: StatementId;
  uploadId: string;
  sha256: string;
  /** 1 for the first statement of these bytes; counts up after one was refused or undone. */
  attempt: number;
  fileName: string;
  sizeBytes: number;
  mediaKind: MediaKind;
  workflowId: string;
  operationId: OperationId;
  createdBy: UserId;
}

export interface StatementFilter {
  status?: readonly StatementStatus[];
  verdict?: readonly Verdict[];
  accountId?: AccountId;
  /** Part of the file name, in any case. */
  q?: string;
  createdFrom?: Instant;
  createdBefore?: Instant;
}

export interface StatementPageRequest {
  filter: StatementFilter;
  /** The last statement of the page before. */
  after?: { createdAt: Instant; id: StatementId };
  isDescending?: boolean;
  limit: number;
}

const deadStatuses = ['refused', 'undone', 'abandoned'] as const;

/**
 * Inserts a statement in the stage `received`; false when a live statement of the same bytes
 * exists, however close together the two uploads came.
 */
export async function insertStatement(t: TenantHandle, statement: NewStatement): Promise<boolean> {
  const inserted = await sql`
    insert into ${t.table('statements')} (tenant_id, id, upload_id, sha256, attempt, file_name,
      size_bytes, media_kind, workflow_id, operation_id, created_by, stages)
    values (${t.tenantId}, ${statement.id}, ${statement.uploadId}, ${statement.sha256},
      ${statement.attempt}, ${statement.fileName}, ${statement.sizeBytes}, ${statement.mediaKind},
      ${statement.workflowId}, ${statement.operationId}, ${statement.createdBy},
      jsonb_build_array(jsonb_build_object('stage', 'received', 'at',
        to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))))
    on conflict do nothing
    returning id`.execute(t.query);
  return inserted.rows.length > 0;
}

export async function findStatement(
  t: TenantHandle,
  statementId: StatementId,
): Promise<Statement | undefined> {
  const row = await selectStatements(t).where('s.id', '=', statementId).executeTakeFirst();
  return row && toStatement(t, row);
}

/** Those of these statements that are there. */
export async function findStatements(
  t: TenantHandle,
  statementIds: readonly StatementId[],
): Promise<Statement[]> {
  const rows = await selectStatements(t).where('s.id', 'in', statementIds).execute();
  return rows.map((row) => toStatement(t, row));
}

/** The statement of these very bytes that is neither refused, abandoned nor undone. */
export async function findLiveStatementBySha(
  t: TenantHandle,
  sha256: string,
): Promise<Statement | undefined> {
  const row = await selectStatements(t)
    .where('s.sha256', '=', sha256)
    .where('s.status', 'not in', deadStatuses)
    .executeTakeFirst();
  return row && toStatement(t, row);
}

/** The number the next statement of these bytes has: 1 when there was none. */
export async function nextAttempt(t: TenantHandle, sha256: string): Promise<number> {
  const row = await t.query
    .selectFrom('statements')
    .select(sql<number>`coalesce(max(attempt), 0) + 1`.as('attempt'))
    .where('sha256', '=', sha256)
    .executeTakeFirstOrThrow();
  return row.attempt;
}

/** A page of statements by time of upload, newest first unless asked otherwise. */
export async function listStatements(
  t: TenantHandle,
  { filter, after, isDescending = true, limit }: StatementPageRequest,
): Promise<Statement[]> {
  const { status, verdict, accountId, q, createdFrom, createdBefore } = filter;
  const order = isDescending ? 'desc' : 'asc';
  const beyond = isDescending ? sql`<` : sql`>`;
  let query = selectStatements(t);
  if (status !== undefined) query = query.where('s.status', 'in', status);
  if (verdict !== undefined) query = query.where('s.verdict', 'in', verdict);
  if (accountId !== undefined) query = query.where('s.account_id', '=', accountId);
  if (q !== undefined) query = query.where('s.file_name', 'ilike', `%${escapeLike(q)}%`);
  if (createdFrom !== undefined) query = query.where('s.created_at', '>=', createdFrom);
  if (createdBefore !== undefined) query = query.where('s.created_at', '<', createdBefore);
  if (after !== undefined) {
    const place = sql`(${after.createdAt}::timestamptz, ${after.id}::uuid)`;
    query = query.where(sql<boolean>`(s.created_at, s.id) ${beyond} ${place}`);
  }
  const rows = await query
    .orderBy('s.created_at', order)
    .orderBy('s.id', order)
    .limit(limit)
    .execute();
  return rows.map((row) => toStatement(t, row));
}

/**
 * Changes the given fields and raises the version. With `whenStatus`, only a statement in one of
 * these statuses is changed; undefined says that none was.
 */
export async function patchStatement(
  t: TenantHandle,
  statementId: StatementId,
  patch: StatementPatch & { whenStatus?: readonly StatementStatus[] },
): Promise<Statement | undefined> {
  const { whenStatus, ...fields } = patch;
  let query = t.query
    .updateTable('statements')
    .set({ ...columnsOf(t, statementId, fields), version: sql`version + 1` })
    .where('id', '=', statementId);
  if (whenStatus !== undefined) query = query.where('status', 'in', whenStatus);
  const changed = await query.executeTakeFirst();
  return changed.numUpdatedRows === 0n ? undefined : findStatement(t, statementId);
}

/**
 * Notes that a stage was completed, with the counts it ended with. A stage noted before keeps its
 * time, so a repeated step changes nothing.
 */
export async function reachStage(
  t: TenantHandle,
  statementId: StatementId,
  reached: { stage: Stage; counts?: Record<string, number> },
): Promise<void> {
  const { stage, counts = {} } = reached;
  await sql`
    update ${t.table('statements')}
    set stage = ${stage}, version = version + 1,
      stages = stages || jsonb_build_array(jsonb_build_object(
        'stage', ${stage}::text, 'counts', ${JSON.stringify(counts)}::jsonb,
        'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
    where id = ${statementId}
      and not stages @> jsonb_build_array(jsonb_build_object('stage', ${stage}::text))
  `.execute(t.query);
}

/** Counts rows that have just become transactions of this statement. */
export async function addNewRows(
  t: TenantHandle,
  statementId: StatementId,
  count: number,
): Promise<void> {
  await sql`
    update ${t.table('statements')}
    set new_row_count = new_row_count + ${count}, version = version + 1
    where id = ${statementId}`.execute(t.query);
}

export interface CategorisingProgress {
  /** True when posting has ended and every new row has its category. */
  isComplete: boolean;
  done: number;
  total: number;
}

/** Counts rows that were given a category. */
export async function bumpCategorised(
  t: TenantHandle,
  statementId: StatementId,
  count: number,
): Promise<CategorisingProgress> {
  const found = await sql<CategorisingProgress>`
    update ${t.table('statements')}
    set categorised_count = categorised_count + ${count}, version = version + 1
    where id = ${statementId}
    returning categorised_count as done, new_row_count as total,
      stage in ('posted', 'categorised') and categorised_count >= new_row_count as "isComplete"
  `.execute(t.query);
  return found.rows[0] ?? { isComplete: false, done: 0, total: 0 };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
