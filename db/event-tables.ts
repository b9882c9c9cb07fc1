/** Tenant tables of processes and their traces: operations, outbox, idempotency and audit. */
import type { OperationId, TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { ColumnType } from 'kysely';
import type { CreatedAt, Defaulted, Json, Optional, OptionalJson } from './columns.ts';
import type { Stage } from './statement-tables.ts';

export const memberRoles = [
  'owner',
  'admin',
  'finance',
  'operator',
  'analyst',
  'auditor',
  'developer',
] as const;
export type MemberRole = (typeof memberRoles)[number];

export const operationKinds = ['statement.ingest', 'statement.undo', 'statement.mend'] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStatuses = [
  'running',
  'waiting',
  'succeeded',
  'refused',
  'failed',
  'cancelled',
] as const;
export type OperationStatus = (typeof operationStatuses)[number];

export interface MembersTable {
  tenant_id: TenantId;
  user_id: UserId;
  role: MemberRole;
  created_at: CreatedAt;
}

export interface OperationsTable {
  tenant_id: TenantId;
  id: OperationId;
  kind: OperationKind;
  subject_id: string;
  status: Defaulted<OperationStatus>;
  stage: Optional<Stage>;
  progress: OptionalJson<Record<string, unknown>>;
  result: OptionalJson<Record<string, unknown>>;
  error: OptionalJson<Record<string, unknown>>;
  workflow_id: string;
  created_by: UserId;
  created_at: CreatedAt;
  updated_at: CreatedAt;
  version: Defaulted<number>;
}

export interface OperationEventsTable {
  tenant_id: TenantId;
  operation_id: OperationId;
  seq: number;
  type: string;
  data: Json<Record<string, unknown>>;
  at: CreatedAt;
}

export interface OutboxTable {
  seq: ColumnType<number, never, never>;
  event_id: string;
  tenant_id: TenantId;
  kind: 'event' | 'workflow';
  topic: string;
  key: string;
  type: string;
  version: number;
  data: Json<Record<string, unknown>>;
  occurred_at: CreatedAt;
  traceparent: Optional<string>;
  available_at: CreatedAt;
  claimed_until: Optional<Instant>;
  published_at: Optional<Instant>;
  attempts: Defaulted<number>;
  last_error: Optional<string>;
}

/** What is remembered of events that have left the outbox. */
export interface ToldEventsTable {
  tenant_id: TenantId;
  event_id: string;
  /** What it was about. */
  object_id: string;
  type: string;
  occurred_at: Instant;
  published_at: Instant;
}

export interface ConsumedEventsTable {
  tenant_id: TenantId;
  consumer: string;
  event_id: string;
  consumed_at: CreatedAt;
}

export interface IdempotencyKeysTable {
  tenant_id: TenantId;
  principal: string;
  route: string;
  key_hash: string;
  request_hash: string;
  state: Defaulted<'in-progress' | 'completed'>;
  status: Optional<number>;
  headers: OptionalJson<Record<string, string>>;
  body: OptionalJson<unknown>;
  created_at: CreatedAt;
}

export interface AuditHeadsTable {
  tenant_id: TenantId;
  seq: number;
  hash: Buffer;
}

export interface AuditLogTable {
  tenant_id: TenantId;
  seq: number;
  actor: string;
  action: string;
  object_kind: string;
  object_id: string;
  detail: Json<Record<string, unknown>>;
  request_id: Optional<string>;
  at: Instant;
  prev_hash: Buffer;
  hash: Buffer;
}
