/** Inputs, results and messages of the runs about tenants themselves. */
import type { Id, TenantId } from '../domain/ids.ts';
import type { ImportRefusal } from '../domain/tenants/export-manifest.ts';
import type { StartFacts, Tier } from './types.ts';

export interface MoveTenantInput {
  tenantId: TenantId;
  moveId: string;
  from: string;
  to: string;
  fromTier: Tier;
  toTier: Tier;
}

export type MoveTenantResult =
  | { status: 'confirmed'; rowCount: number; frozenMilliseconds: number }
  | { status: 'rolled-back' }
  | { status: 'abandoned'; detail: string };

export interface DecideMoveInput {
  decision: 'confirm' | 'roll-back';
  actor: string;
}

export type MoveVerdict =
  { accepted: true } | { accepted: false; problem: 'not-switched' | 'decided' };

export interface ExportTenantInput {
  tenantId: TenantId;
  exportId: Id<'tenantExport'>;
}

export interface ExportTenantResult {
  status: 'expired';
  rowCount: number;
  byteCount: number;
}

export interface ImportTenantInput {
  tenantId: TenantId;
  importId: Id<'tenantImport'>;
}

export type ImportTenantResult =
  { status: 'done'; rowCount: number } | { status: 'refused'; refusal: ImportRefusal };

export interface CloseTenantInput {
  tenantId: TenantId;
  closingId: string;
  /** Factor on the waits; 1 when it is absent, and below in tests only. */
  timeScale?: number;
}

export type CloseTenantResult =
  { status: 'erased'; rowCount: number } | { status: 'declined' | 'withdrawn' | 'expired' };

export interface DecideClosingInput {
  decision: 'approve' | 'decline' | 'withdraw';
  actor: string;
  /** Why; null when nothing was said. */
  note: string | null;
}

export type ClosingVerdict =
  { accepted: true } | { accepted: false; problem: 'decided' | 'too-late' };

export interface PseudonymiseInput {
  tenantId: TenantId;
  requestId: Id<'subjectRequest'>;
}

export interface PseudonymiseResult {
  /** Rows in which the person was replaced. */
  changed: number;
  /** Rows that still waited for something when the run gave up; zero nearly always. */
  left: number;
}

export type TenantStart =
  | (StartFacts & { workflow: 'moveTenant'; input: MoveTenantInput })
  | (StartFacts & { workflow: 'exportTenant'; input: ExportTenantInput })
  | (StartFacts & { workflow: 'importTenant'; input: ImportTenantInput })
  | (StartFacts & { workflow: 'pseudonymise'; input: PseudonymiseInput })
  | (StartFacts & { workflow: 'closeTenant'; input: CloseTenantInput });
