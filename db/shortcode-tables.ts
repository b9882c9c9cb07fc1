/** Tenant tables of shortcodes and of what Daraja posts about them. */
import type { ColumnType } from 'kysely';
import type { CallbackId, ShortcodeId, TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { ValidationSettings } from '../domain/daraja/validation-settings.ts';
import type { CreatedAt, Defaulted, Json, Optional, OptionalJson } from './columns.ts';

export const shortcodeKinds = ['paybill', 'till'] as const;
export type ShortcodeKind = (typeof shortcodeKinds)[number];

export const shortcodeStatuses = ['active', 'paused'] as const;
export type ShortcodeStatus = (typeof shortcodeStatuses)[number];

export type DarajaEnvironment = 'sandbox' | 'production';

/** What a callback address is for: STK, result, timeout, validation, confirmation, bill. */
export const hookLetters = ['s', 'r', 't', 'v', 'c', 'b'] as const;
export type HookLetter = (typeof hookLetters)[number];

export const callbackStatuses = [
  'pending',
  'recorded',
  'delivered',
  'quarantined',
  'discarded',
] as const;
export type CallbackStatus = (typeof callbackStatuses)[number];

export interface ShortcodesTable {
  tenant_id: TenantId;
  id: ShortcodeId;
  number: string;
  kind: ShortcodeKind;
  store_number: Optional<string>;
  name: string;
  status: Defaulted<ShortcodeStatus>;
  environment: DarajaEnvironment;
  validation: Json<ValidationSettings>;
  credentials_version: Defaulted<number>;
  credentials_at: Optional<Instant>;
  initiator_stopped_at: Optional<Instant>;
  initiator_stop_code: Optional<string>;
  urls_registered_at: Optional<Instant>;
  pull_registered_at: Optional<Instant>;
  pulled_until: Optional<Instant>;
  created_by: string;
  created_at: CreatedAt;
  updated_at: CreatedAt;
  version: Defaulted<number>;
}

export interface ShortcodeCredentialsTable {
  tenant_id: TenantId;
  shortcode_id: ShortcodeId;
  version: number;
  sealed: Buffer;
  created_by: string;
  created_at: CreatedAt;
}

export type CheckKind = 'test' | 'register';
export type CheckStatus = 'running' | 'passed' | 'failed';

/** One thing that was tried, and what came of it in words. */
export interface CheckStep {
  step: 'token' | 'stk' | 'initiator' | 'callback' | 'register' | 'pull';
  state: 'passed' | 'failed' | 'skipped';
  /** Stable name of the outcome, for screens: `accepted`, `wrong-keys`, `no-callback` … */
  code: string;
  /** What Daraja said, when it said something. */
  detail: string | null;
}

export interface ShortcodeChecksTable {
  tenant_id: TenantId;
  id: string;
  shortcode_id: ShortcodeId;
  kind: CheckKind;
  status: Defaulted<CheckStatus>;
  steps: ColumnType<CheckStep[], string | undefined, string>;
  requested_by: string;
  created_at: CreatedAt;
  finished_at: Optional<Instant>;
}

export interface CallbackInboxTable {
  tenant_id: TenantId;
  id: CallbackId;
  letter: HookLetter;
  target_id: string;
  body_hash: Buffer;
  body_sealed: Buffer;
  received_at: Instant;
  arrived_by: 'request' | 'spool';
  repeats: Defaulted<number>;
  status: Defaulted<CallbackStatus>;
  cause: Optional<string>;
  attempts: Defaulted<number>;
  available_at: CreatedAt;
  claimed_until: Optional<Instant>;
  last_error: Optional<string>;
  tell: OptionalJson<CallbackTell>;
  late: OptionalJson<Record<string, unknown>>;
  recorded_at: Optional<Instant>;
  delivered_at: Optional<Instant>;
  resolved_at: Optional<Instant>;
  resolved_by: Optional<string>;
  resolution: Optional<string>;
}

/** A Signal to a run, without personal data. */
export interface CallbackTell {
  workflowId: string;
  signal: { name: string; input: Record<string, unknown> };
}
