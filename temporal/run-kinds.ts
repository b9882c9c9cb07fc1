/**
 * Every workflow that is started by its business id: where it runs, what a finished run of the same
 * id means for a new start, and how urgent it is. One line per workflow.
 */
import { queues, type Queue } from './queues.ts';

export interface RunKind {
  queue: Queue;
  /** `REJECT_DUPLICATE`: one run per id, ever. The other lets a failed run be asked for again. */
  reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY';
  /** Temporal's priority key, 1 is first: 2 money that moves now, 3 people who wait, 4 the rest. */
  urgency: 2 | 3 | 4;
  /** `BusinessStatus` from the first moment: costs nothing, where the run would write it later. */
  beginsAs?: string;
}

export const runKinds = {
  ingestStatement: { queue: queues.statements, reuse: 'REJECT_DUPLICATE', urgency: 3 },
  undoStatement: { queue: queues.statements, reuse: 'ALLOW_DUPLICATE_FAILED_ONLY', urgency: 3 },
  mendStatement: { queue: queues.statements, reuse: 'REJECT_DUPLICATE', urgency: 3 },
  changeRows: { queue: queues.statements, reuse: 'ALLOW_DUPLICATE_FAILED_ONLY', urgency: 3 },
  collectByStk: {
    ...{ queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 2 },
    beginsAs: 'collecting',
  },
  lateCollection: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 2 },
  confirmPayment: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 2 },
  pullPayments: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 4 },
  collectBatch: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 3 },
  disburse: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 2 },
  reverseCollection: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 2 },
  settleLateResult: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 2 },
  payoutBatch: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 3 },
  checkShortcode: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 3 },
  checkBalance: { queue: queues.payments, reuse: 'REJECT_DUPLICATE', urgency: 4 },
  moveTenant: { queue: queues.tenants, reuse: 'REJECT_DUPLICATE', urgency: 4 },
  exportTenant: { queue: queues.tenants, reuse: 'REJECT_DUPLICATE', urgency: 4 },
  closeTenant: { queue: queues.tenants, reuse: 'REJECT_DUPLICATE', urgency: 4 },
  pseudonymise: { queue: queues.tenants, reuse: 'REJECT_DUPLICATE', urgency: 4 },
  makeDownload: { queue: queues.tenants, reuse: 'REJECT_DUPLICATE', urgency: 3 },
  watchBreach: { queue: queues.tenants, reuse: 'ALLOW_DUPLICATE_FAILED_ONLY', urgency: 3 },
  importTenant: { queue: queues.tenants, reuse: 'REJECT_DUPLICATE', urgency: 4 },
} as const satisfies Record<string, RunKind>;

export type WorkflowName = keyof typeof runKinds;

export function isWorkflowName(text: unknown): text is WorkflowName {
  return typeof text === 'string' && Object.hasOwn(runKinds, text);
}
