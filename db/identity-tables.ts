/** Tables of the schema `platform` about people: who they are and how they prove it. */
import type { ColumnType } from 'kysely';
import type { SessionId, TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Optional } from './columns.ts';

export const sessionEnds = [
  'logout',
  'revoked',
  'reuse',
  'password',
  'second-factor',
  'disabled',
] as const;
/** Why a session ended before its time. */
export type SessionEnd = (typeof sessionEnds)[number];

export interface SessionsTable {
  id: SessionId;
  user_id: UserId;
  /** The business a refresh leads back to; a token may be for another one of the same person. */
  tenant_id: TenantId;
  created_at: CreatedAt;
  used_at: CreatedAt;
  expires_at: Instant;
  /** How the person proved who they are, as in the claim `amr`: pwd, otp, swk, … */
  methods: string[];
  second_factor_at: Optional<Instant>;
  device: string;
  device_mark: Optional<Buffer>;
  address_sealed: string;
  ended_at: Optional<Instant>;
  ended_why: Optional<SessionEnd>;
}

export interface RefreshTokensTable {
  token_hash: Buffer;
  session_id: SessionId;
  issued_at: CreatedAt;
  used_at: Optional<Instant>;
  successor_hash: Optional<Buffer>;
}

export const revocationKinds = [
  'session',
  'user',
  'member',
  'tenant',
  'key',
  'signing-key',
] as const;
export type RevocationKind = (typeof revocationKinds)[number];

export interface RevocationsTable {
  seq: ColumnType<number, never, never>;
  kind: RevocationKind;
  tenant_id: Optional<TenantId>;
  subject_id: string;
  at: CreatedAt;
}

export const attemptKinds = [
  'account',
  'address',
  'tenant',
  'mail',
  'mail-address',
  'code',
] as const;
export type AttemptKind = (typeof attemptKinds)[number];

export interface AttemptsTable {
  kind: AttemptKind;
  /** SHA-256 of what is counted: a table of failures must not become a list of customers. */
  subject: Buffer;
  count: number;
  first_at: CreatedAt;
  last_at: CreatedAt;
}

export interface EmailLinksTable {
  token_hash: Buffer;
  kind: 'registration' | 'reset';
  user_id: Optional<UserId>;
  details_sealed: Optional<string>;
  created_at: CreatedAt;
  expires_at: Instant;
  used_at: Optional<Instant>;
}

export interface MailsTable {
  id: string;
  template: string;
  locale: string;
  sealed: Optional<string>;
  created_at: CreatedAt;
  available_at: CreatedAt;
  claimed_until: Optional<Instant>;
  attempts: Defaulted<number>;
  sent_at: Optional<Instant>;
  given_up_at: Optional<Instant>;
  last_error: Optional<string>;
}

export interface SecurityEventsTable {
  seq: ColumnType<number, never, never>;
  kind: string;
  account: Optional<Buffer>;
  address: Optional<Buffer>;
  request_id: Optional<string>;
  at: CreatedAt;
}
