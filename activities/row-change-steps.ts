/** What the run that changes many rows can have done for it. */
import type { ChangeRowsInput, ChangeRowsResult } from '../workflows/row-change-types.ts';

export interface RowChangeSteps {
  /** Changes rows chunk by chunk until none is left; goes on where it stopped. */
  carryOutChange(input: ChangeRowsInput): Promise<ChangeRowsResult>;
}
