/** The entry of the workflow bundle: every exported name is a workflow type, never rename one. */
export { ingestStatement } from './statements.ts';
export { mendStatement } from './statement-mending.ts';
export { undoStatement } from './statement-undo.ts';
export { makeDownload } from './downloads.ts';
export { changeRows } from './row-changes.ts';
export { moveTenant } from './tenant-move.ts';
export { exportTenant } from './tenant-export.ts';
export { closeTenant } from './tenant-closing.ts';
export { pseudonymise } from './data-subjects.ts';
export { importTenant } from './tenant-import.ts';
export { watchBreach } from './breaches.ts';
export { maintenance } from './maintenance.ts';
export { pullPayments } from './pulls.ts';
export { collectBatch, collectByStk, confirmPayment, lateCollection } from './collections.ts';
export { disburse, reverseCollection, settleLateResult } from './disbursements.ts';
export { payoutBatch } from './payouts.ts';
export { checkShortcode } from './shortcodes.ts';
export { checkBalance } from './balances.ts';
