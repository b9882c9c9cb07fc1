/** Tables of the schema `platform`: they belong to no tenant and carry no row-level security. */
import type { TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { MemberRole } from './event-tables.ts';
import type { CreatedAt, Defaulted, Json, Optional } from './columns.ts';

export const tenantTiers = ['starter', 'pro', 'enterprise'] as const;
export type TenantTier = (typeof tenantTiers)[number];

export const tenantStatuses = ['active', 'suspended', 'closed'] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

export type TenantEnvironment = 'live' | 'test';

export interface TenantsTable {
  id: TenantId;
  slug: string;
  name: string;
  tier: Defaulted<TenantTier>;
  status: Defaulted<TenantStatus>;
  environment: Defaulted<TenantEnvironment>;
  /** The tenant's data key, wrapped by the key-encryption key (`dft1.…`). */
  data_key_sealed: string;
  settings: Json<Record<string, unknown>>;
  created_at: CreatedAt;
  place: Defaulted<string>;
  limits: Json<Record<string, unknown>>;
  closing_at: Optional<Instant>;
  closed_at: Optional<Instant>;
}

export interface AuditAnchorsTable {
  tenant_id: TenantId;
  seq: number;
  hash: Buffer;
  anchored_at: CreatedAt;
}

export interface TenantPlacesTable {
  tenant_id: TenantId;
  place: string;
  state: 'copying' | 'frozen' | 'left';
  since: CreatedAt;
}

export interface TenantDatabasesTable {
  place: string;
  tenant_id: TenantId;
  database_name: string;
  login: string;
  password_sealed: string;
  created_at: CreatedAt;
}

export interface MembershipsTable {
  tenant_id: TenantId;
  user_id: UserId;
  role: MemberRole;
  created_at: CreatedAt;
}

export interface UsersTable {
  id: UserId;
  email: string;
  name: string;
  password_hash: string;
  locale: Defaulted<string>;
  created_at: CreatedAt;
  status: Defaulted<'active' | 'disabled'>;
  /** Operators of the house; no role in any business follows from it. */
  is_platform_admin: Defaulted<boolean>;
}

export interface DeadLettersTable {
  id: string;
  topic: string;
  partition: number;
  offset: number;
  key: Optional<string>;
  consumer: string;
  cause: string;
  detail: string;
  attempts: number;
  payload: Buffer;
  headers: Json<Record<string, string>>;
  failed_at: CreatedAt;
  redriven_at: Optional<Instant>;
  tenant_id: Optional<string>;
}

export interface MigrationsTable {
  name: string;
  checksum: string;
  applied_at: CreatedAt;
}

export const closingStatuses = [
  'asked',
  'grace',
  'archived',
  'erasing',
  'erased',
  'declined',
  'withdrawn',
  'expired',
] as const;
export type ClosingStatus = (typeof closingStatuses)[number];

/** What was erased; kept for ever. */
export interface ErasureCertificate {
  place: string;
  /** Rows there were, by table. */
  rows: Readonly<Record<string, number>>;
  /** SHA-256 of the wrapped data key that was destroyed, in hex. */
  keySha256: string;
  /** Digest of the list of the last archive; null when there was none. */
  archiveSha256: string | null;
}

export interface TenantClosingsTable {
  tenant_id: TenantId;
  id: string;
  number: number;
  status: Defaulted<ClosingStatus>;
  tenant_name: string;
  reason: string;
  requested_by: string;
  decided_by: Optional<string>;
  note: Optional<string>;
  was_active: Defaulted<boolean>;
  workflow_id: string;
  created_at: CreatedAt;
  grace_until: Optional<Instant>;
  erase_after: Optional<Instant>;
  ended_at: Optional<Instant>;
  certificate: Optional<ErasureCertificate>;
}
