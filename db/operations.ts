/** Long-running operations as clients follow them: their state, and the events of their progress. */
import { sql } from 'kysely';
import type { OperationId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { OperationKind, OperationStatus } from './event-tables.ts';
import type { Stage } from './statement-tables.ts';

export interface Operation {
  id: OperationId;
  kind: OperationKind;
  /** The UUID of what the operation works on: the statement. */
  subjectId: string;
  status: OperationStatus;
  stage: Stage | null;
  progress: Record<string, unknown> | null;
  result: Record<string, unknown> | null;
  error: Record<string, unknown> | null;
  workflowId: string;
  createdBy: UserId;
  createdAt: Instant;
  updatedAt: Instant;
  version: number;
}

export interface NewOperation {
  id: OperationId;
  kind: OperationKind;
  subjectId: string;
  workflowId: string;
  createdBy: UserId;
  stage?: Stage;
}

export type OperationPatch = Partial<
  Pick<Operation, 'status' | 'stage' | 'progress' | 'result' | 'error'>
>;

export type OperationEventType = 'stage' | 'progress' | 'waiting' | 'finished';

export interface OperationEvent {
  seq: number;
  type: OperationEventType;
  data: Record<string, unknown>;
  at: Instant;
}

export async function insertOperation(t: TenantHandle, operation: NewOperation): Promise<void> {
  await t.query
    .insertInto('operations')
    .values({
      tenant_id: t.tenantId,
      id: operation.id,
      kind: operation.kind,
      subject_id: operation.subjectId,
      workflow_id: operation.workflowId,
      created_by: operation.createdBy,
      stage: operation.stage ?? null,
    })
    .execute();
}

/**
 * Changes the given fields and raises the version. An operation that has ended stays as it ended:
 * then, and when there is none, answers undefined.
 */
export async function patchOperation(
  t: TenantHandle,
  operationId: OperationId,
  patch: OperationPatch,
): Promise<Operation | undefined> {
  const { status, stage, progress, result, error } = patch;
  const row = await t.query
    .updateTable('operations')
    .set({
      ...(status === undefined ? {} : { status }),
      ...(stage === undefined ? {} : { stage }),
      ...(progress === undefined ? {} : { progress: jsonOrNull(progress) }),
      ...(result === undefined ? {} : { result: jsonOrNull(result) }),
      ...(error === undefined ? {} : { error: jsonOrNull(error) }),
    })
    .set({ version: sql`version + 1`, updated_at: sql`now()` })
    .where('id', '=', operationId)
    .where('status', 'in', ['running', 'waiting'])
    .returningAll()
    .executeTakeFirst();
  return row && toOperation(row);
}

export async function findOperation(
  t: TenantHandle,
  operationId: OperationId,
): Promise<Operation | undefined> {
  const row = await t.query
    .selectFrom('operations')
    .selectAll()
    .where('id', '=', operationId)
    .executeTakeFirst();
  return row && toOperation(row);
}

/** Appends an event and answers its number within the operation, counted from 1. */
export async function appendOperationEvent(
  t: TenantHandle,
  operationId: OperationId,
  event: { type: OperationEventType; data: Record<string, unknown> },
): Promise<number> {
  // Writers take turns on the operation's row; the lock is a statement of its own, so that the
  // next one counts what the writer before us committed.
  await sql`
    select from ${t.table('operations')} where id = ${operationId} for no key update
  `.execute(t.query);
  const appended = await sql<{ seq: number }>`
    insert into ${t.table('operation_events')} (tenant_id, operation_id, seq, type, data)
    select ${t.tenantId}, o.id, 1 + coalesce((
      select max(seq) from ${t.table('operation_events')} e where e.operation_id = o.id
    ), 0), ${event.type}, ${JSON.stringify(event.data)}::jsonb
    from ${t.table('operations')} o where o.id = ${operationId}
    returning seq`.execute(t.query);
  const seq = appended.rows[0]?.seq;
  if (seq === undefined) throw new Error(`there is no operation ${operationId}`);
  return seq;
}

/** The events after `afterSeq` (0 for all), oldest first. */
export async function listOperationEvents(
  t: TenantHandle,
  operationId: OperationId,
  after: { afterSeq: number; limit: number },
): Promise<OperationEvent[]> {
  const found = await sql<OperationEvent>`
    select seq, type, data, at from ${t.table('operation_events')}
    where operation_id = ${operationId} and seq > ${after.afterSeq}
    order by seq limit ${after.limit}`.execute(t.query);
  return found.rows;
}

interface OperationRow {
  id: OperationId;
  kind: OperationKind;
  subject_id: string;
  status: OperationStatus;
  stage: Stage | null;
  progress: Record<string, unknown> | null;
  result: Record<string, unknown> | null;
  error: Record<string, unknown> | null;
  workflow_id: string;
  created_by: UserId;
  created_at: Instant;
  updated_at: Instant;
  version: number;
}

function toOperation(row: OperationRow): Operation {
  const { id, kind, status, stage, progress, result, error, version } = row;
  const common = { id, kind, status, stage, progress, result, error, version };
  return {
    ...common,
    subjectId: row.subject_id,
    workflowId: row.workflow_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function jsonOrNull(value: Record<string, unknown> | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
