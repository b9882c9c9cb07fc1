/** Messages of the run that changes many rows. */
import type { RowChangeId, TenantId } from '../domain/ids.ts';
import type { StartFacts } from './types.ts';

export interface ChangeRowsInput {
  tenantId: TenantId;
  changeId: RowChangeId;
  deed: 'apply' | 'take-back';
}

export interface ChangeRowsResult {
  /** Rows that follow the change now. */
  changedCount: number;
}

export type RowChangeStart = StartFacts & { workflow: 'changeRows'; input: ChangeRowsInput };
