/** Row statuses as most layouts print them. */
import type { RowStatus } from '../../../domain/statements/terms.ts';

/** `completed` → `Completed`. */
export function capitalised(status: RowStatus): string {
  return status.charAt(0).toUpperCase() + status.slice(1);
}
