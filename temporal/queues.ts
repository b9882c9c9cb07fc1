/**
 * Task queues, one per service and one for whatever must not hold up the rest: reading a file takes
 * a whole core for seconds, and calls to Daraja are limited per second and slow.
 */
export const queues = {
  /** Workflows and database activities of statement ingestion and undo. */
  statements: 'statements',
  /** Activities that start the caged parser child; as many at a time as there are cores. */
  statementFiles: 'statement-files',
  /** Workflows and database activities of money in and out. */
  payments: 'payments',
  /** Activities that call Daraja. */
  daraja: 'daraja',
  /** Tenant lifecycle: moves between tiers, exports, closing. */
  tenants: 'tenants',
  /** Messages to people about their sign-in. */
  auth: 'auth',
  /** Scheduled sweeps and checks. */
  maintenance: 'maintenance',
} as const;

export type Queue = (typeof queues)[keyof typeof queues];
