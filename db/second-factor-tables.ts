/** Tables of the schema `platform` for second factors and sign-ins elsewhere. */
import type { SessionId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Optional } from './columns.ts';

export interface TotpSeedsTable {
  user_id: UserId;
  seed_sealed: string;
  created_at: CreatedAt;
  confirmed_at: Optional<Instant>;
  last_step: Defaulted<number>;
}

export interface RecoveryCodesTable {
  user_id: UserId;
  code_hash: Buffer;
  created_at: CreatedAt;
  used_at: Optional<Instant>;
}

export interface PasskeysTable {
  id: string;
  user_id: UserId;
  credential_id: string;
  public_key: Buffer;
  counter: Defaulted<number>;
  transports: Defaulted<string[]>;
  name: string;
  is_backed_up: boolean;
  created_at: CreatedAt;
  used_at: Optional<Instant>;
}

export const challengeKinds = [
  'second-factor',
  'passkey-enrol',
  'passkey-sign-in',
  'passkey-step-up',
  'oidc',
] as const;
export type ChallengeKind = (typeof challengeKinds)[number];

export interface ChallengesTable {
  id: string;
  kind: ChallengeKind;
  user_id: Optional<UserId>;
  session_id: Optional<SessionId>;
  secret_sealed: string;
  created_at: CreatedAt;
  expires_at: Instant;
  used_at: Optional<Instant>;
}

export interface IdentitiesTable {
  issuer: string;
  subject: string;
  user_id: UserId;
  created_at: CreatedAt;
  used_at: Optional<Instant>;
}
