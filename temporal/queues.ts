/**
 * Task queues, one per service and one for files: reading a file takes a whole core for seconds, so
 * a backlog of files must never delay the short database steps of other statements.
 */
export const queues = {
  /** Workflows and database activities of statement ingestion and undo. */
  statements: 'statements',
  /** Activities that start the caged parser child; as many at a time as there are cores. */
  statementFiles: 'statement-files',
  /** Scheduled sweeps and checks. */
  maintenance: 'maintenance',
} as const;

export type Queue = (typeof queues)[keyof typeof queues];
