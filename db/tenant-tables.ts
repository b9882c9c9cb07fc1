/** Tables about tenants themselves: their moves, people and wishes. */
import type { ColumnType } from 'kysely';
import type { Id, NoticeId, SavedViewId, TenantId, UserId } from '../domain/ids.ts';
import type { FlagPhase } from '../domain/flags/lifecycle.ts';
import type { FlagRequestStatus, FlagStep } from '../domain/flags/requests.ts';
import type { Cents } from '../domain/money.ts';
import type { NoticeFigures } from '../domain/notices/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Json, Optional, OptionalJson } from './columns.ts';
import type { MemberRole } from './event-tables.ts';
import type { SubjectPosition } from './subject-sources.ts';
import type { TenantEnvironment, TenantTier } from './platform-tables.ts';

export const moveStatuses = [
  'copying',
  'switched',
  'confirmed',
  'rolled-back',
  'abandoned',
] as const;
export type MoveStatus = (typeof moveStatuses)[number];

export interface TenantMovesTable {
  tenant_id: TenantId;
  id: string;
  number: number;
  from_place: string;
  to_place: string;
  from_tier: TenantTier;
  to_tier: TenantTier;
  status: Defaulted<MoveStatus>;
  detail: Optional<string>;
  row_count: Optional<number>;
  frozen_milliseconds: Optional<number>;
  workflow_id: string;
  requested_by: string;
  created_at: CreatedAt;
  switched_at: Optional<Instant>;
  ended_at: Optional<Instant>;
}

export interface MoveChangesTable {
  seq: ColumnType<number, never, never>;
  tenant_id: TenantId;
  place: string;
  relation: string;
  key: Json<Record<string, unknown>>;
}

export interface InvitationsTable {
  tenant_id: TenantId;
  id: Id<'invitation'>;
  email_index: Buffer;
  email_sealed: string;
  role: MemberRole;
  token_hash: Buffer;
  status: Defaulted<'open' | 'accepted' | 'withdrawn'>;
  invited_by: string;
  created_at: CreatedAt;
  expires_at: Instant;
  accepted_by: Optional<UserId>;
  ended_at: Optional<Instant>;
}

export interface FlagsTable {
  key: string;
  environment: TenantEnvironment;
  description: string;
  is_on: Defaulted<boolean>;
  plans: Defaulted<string[]>;
  tenants: Defaulted<string[]>;
  /** numeric, which the driver gives as text. */
  rollout_percent: Defaulted<string>;
  is_tenants_choice: Defaulted<boolean>;
  languages: Defaulted<string[]>;
  age_days_min: Optional<number>;
  age_days_below: Optional<number>;
  lists: Defaulted<string[]>;
  needs: Defaulted<string[]>;
  version: Defaulted<number>;
  updated_at: CreatedAt;
  phase: Defaulted<FlagPhase>;
}

export interface FlagUsesTable {
  key: string;
  environment: TenantEnvironment;
  evaluated_at: Instant;
}

export interface FlagListsTable {
  name: string;
  tenants: Defaulted<string[]>;
  version: Defaulted<number>;
  changed_by: string;
  updated_at: CreatedAt;
}

export interface FlagChangesTable {
  key: string;
  environment: TenantEnvironment;
  version: number;
  changed_by: string;
  changed_at: CreatedAt;
  definition: Json<Record<string, unknown>>;
}

export interface FlagRequestsTable {
  id: Id<'flagRequest'>;
  environment: TenantEnvironment;
  steps: Json<readonly FlagStep[]>;
  reason: string;
  status: Defaulted<FlagRequestStatus>;
  requested_by: string;
  requested_at: CreatedAt;
  expires_at: Instant;
  agreed_by: Optional<string>;
  agreed_at: Optional<Instant>;
  applies_at: Optional<Instant>;
  ended_by: Optional<string>;
  ended_at: Optional<Instant>;
  end_reason: Optional<string>;
}

export interface SavedViewsTable {
  tenant_id: TenantId;
  id: SavedViewId;
  /** A person; of a view of the business, the business itself. */
  user_id: UserId | TenantId;
  screen: string;
  name: string;
  is_default: Defaulted<boolean>;
  view_sealed: string;
  created_at: CreatedAt;
}

export interface NoticesTable {
  tenant_id: TenantId;
  id: Defaulted<NoticeId>;
  kind: string;
  key: string;
  subject_id: Optional<string>;
  figures: Json<NoticeFigures>;
  amount_cents: Optional<Cents>;
  count: Defaulted<number>;
  maker: Optional<string>;
  audience: Optional<string>;
  at: CreatedAt;
  settled_at: Optional<Instant>;
}

export interface NoticeReadsTable {
  tenant_id: TenantId;
  user_id: UserId;
  notice_id: NoticeId;
}

export interface NoticeMarksTable {
  tenant_id: TenantId;
  user_id: UserId;
  read_until: Instant;
}

export interface FlagChoicesTable {
  tenant_id: TenantId;
  key: string;
  is_on: boolean;
  chosen_by: string;
  chosen_at: CreatedAt;
}

export const exportStatuses = ['running', 'ready', 'expired'] as const;
export type ExportStatus = (typeof exportStatuses)[number];

export interface TenantExportsTable {
  tenant_id: TenantId;
  id: Id<'tenantExport'>;
  number: number;
  status: Defaulted<ExportStatus>;
  attempt: Defaulted<number>;
  files_done: Defaulted<number>;
  files_total: Optional<number>;
  row_count: Defaulted<number>;
  byte_count: Defaulted<number>;
  manifest_sha256: Optional<string>;
  workflow_id: string;
  requested_by: string;
  created_at: CreatedAt;
  ready_at: Optional<Instant>;
  expires_at: Optional<Instant>;
}

export interface TenantExportFilesTable {
  tenant_id: TenantId;
  export_id: Id<'tenantExport'>;
  ordinal: number;
  name: string;
  byte_count: number;
  row_count: Optional<number>;
  sha256: string;
}

export interface TenantExportChunksTable {
  tenant_id: TenantId;
  export_id: Id<'tenantExport'>;
  ordinal: number;
  seq: number;
  sealed: Buffer;
}

export const importStatuses = ['receiving', 'running', 'done', 'refused'] as const;
export type ImportStatus = (typeof importStatuses)[number];

export interface TenantImportsTable {
  tenant_id: TenantId;
  id: Id<'tenantImport'>;
  number: number;
  status: Defaulted<ImportStatus>;
  refusal: Optional<string>;
  byte_count: Defaulted<number>;
  row_count: Defaulted<number>;
  manifest_sha256: Optional<string>;
  workflow_id: string;
  requested_by: string;
  created_at: CreatedAt;
  ended_at: Optional<Instant>;
}

export interface TenantImportChunksTable {
  tenant_id: TenantId;
  import_id: Id<'tenantImport'>;
  seq: number;
  sealed: Buffer;
}

export const subjectStatuses = ['waiting', 'running', 'done', 'rejected', 'withdrawn'] as const;
export type SubjectStatus = (typeof subjectStatuses)[number];

export interface SubjectRequestsTable {
  tenant_id: TenantId;
  id: Id<'subjectRequest'>;
  status: Defaulted<SubjectStatus>;
  pseudonym: string;
  question_sealed: Optional<string>;
  reason: string;
  requested_by: string;
  requested_at: Instant;
  expires_at: Instant;
  decided_by: Optional<string>;
  decided_at: Optional<Instant>;
  note: Optional<string>;
  workflow_id: string;
  round: Defaulted<number>;
  position: OptionalJson<SubjectPosition>;
  round_changed: Defaulted<number>;
  round_left: Defaulted<number>;
  changed: Json<SubjectCounts>;
  left_count: Optional<number>;
  kept_files: Optional<number>;
  ended_at: Optional<Instant>;
}

/** Rows by the kind of thing they belong to. */
export type SubjectCounts = Readonly<Record<string, number>>;
