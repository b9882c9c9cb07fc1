/** Tables of the schema `platform` for keys: those that sign tokens, those of programs. */
import type { ApiKeyId, TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Optional } from './columns.ts';

export type SigningKeyState = 'next' | 'active' | 'retiring' | 'retired';

export interface SigningKeysTable {
  kid: string;
  public_pem: string;
  private_sealed: Optional<string>;
  state: SigningKeyState;
  created_at: CreatedAt;
  active_at: Optional<Instant>;
  retiring_at: Optional<Instant>;
  retired_at: Optional<Instant>;
}

export interface ApiKeysTable {
  tenant_id: TenantId;
  id: ApiKeyId;
  lookup: string;
  secret_hash: Buffer;
  environment: 'live' | 'test';
  name: string;
  scopes: string[];
  addresses: Defaulted<string[]>;
  created_by: UserId;
  created_at: CreatedAt;
  expires_at: Instant;
  rotated_to: Optional<ApiKeyId>;
  revoked_at: Optional<Instant>;
  used_at: Optional<Instant>;
}

export interface ServiceKeysTable {
  service: string;
  generation: number;
  overlap_seconds: number;
  made_at: CreatedAt;
}

export interface ServiceNoncesTable {
  service: string;
  nonce: string;
  at: CreatedAt;
}
