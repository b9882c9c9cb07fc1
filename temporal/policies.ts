/**
 * How activities are timed and retried, and the closed list of failure types. Failure types are
 * part of stored histories and of operators' filters: add to the list, never rename.
 */
import type { ActivityOptions } from '@temporalio/common';

type Preset = Required<Pick<ActivityOptions, 'startToCloseTimeout' | 'retry'>> &
  Pick<ActivityOptions, 'heartbeatTimeout' | 'scheduleToCloseTimeout' | 'cancellationType'>;

export const failureTypes = {
  databaseUnavailable: 'Database.Unavailable',
  databaseConflict: 'Database.Conflict',
  databaseFull: 'Database.Full',
  redisUnavailable: 'Redis.Unavailable',
  networkUnavailable: 'Network.Unavailable',
  parserCrashed: 'Parser.Crashed',
  interrupted: 'Activity.Interrupted',
  categoriesPending: 'Categories.Pending',
  statementMissing: 'Statement.Missing',
  statementInconsistent: 'Statement.Inconsistent',
  notWaiting: 'Statement.NotWaiting',
  inputInvalid: 'Input.Invalid',
  collectionMissing: 'Collection.Missing',
  ledgerRefused: 'Ledger.Refused',
  disbursementMissing: 'Disbursement.Missing',
  disbursementInconsistent: 'Disbursement.Inconsistent',
  tenantMissing: 'Tenant.Missing',
  bug: 'Bug',
} as const;

export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];

/** One short transaction; the database may be away for a while, so it is tried until it is back. */
export const databaseStep: Preset = {
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '5 seconds' },
};

/** Many transactions; it beats all the while (activities/beating.ts), and continues where it stopped. */
export const databaseBatch: Preset = {
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '8 seconds',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '15 seconds' },
};

/** While writers of a tenant wait: given up after two minutes, and the tenant works on. */
export const moveFreeze: Preset = {
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '2 minutes',
  heartbeatTimeout: '8 seconds',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '2 seconds' },
};

/**
 * Looks at a file in the cage, or reads it whole. The world may be away for hours; a child that is
 * killed again and again makes the activity itself give up (activities/files.ts).
 */
const cage: Pick<Preset, 'heartbeatTimeout' | 'scheduleToCloseTimeout' | 'retry'> = {
  heartbeatTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
};

export const inspectFile: Preset = { startToCloseTimeout: '3 minutes', ...cage };

export const parseStatement: Preset = { startToCloseTimeout: '15 minutes', ...cage };

/**
 * Asks every 15 s whether the categorizer is done. "Not yet" is a retryable failure, so that a wait
 * of any length adds no events to the history; the categorizer's signal usually ends it at once.
 */
export const awaitCategories: Preset = {
  startToCloseTimeout: '20 seconds',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '15 seconds', backoffCoefficient: 1, maximumInterval: '15 seconds' },
};

/** One short transaction inside the workflow worker, tried until the database is back. */
export const recordStep = {
  startToCloseTimeout: '15 seconds',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '5 seconds' },
  localRetryThreshold: '5 seconds',
} as const;

/**
 * Prompts a phone. One attempt: whether another may follow is read from the row, never guessed from
 * the failure. The heartbeat tells of a dead worker long before the provider's own timeout.
 */
export const sendPush: Preset = {
  startToCloseTimeout: '90 seconds',
  heartbeatTimeout: '8 seconds',
  retry: { maximumAttempts: 1 },
};

/** A question to the provider; the next step of the wait asks again. */
export const askAboutPush: Preset = {
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: '8 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
};

/** A scheduled sweep: what one run misses the next run does. It beats like `databaseBatch`. */
export const maintenanceStep: Preset = {
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '8 seconds',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
};

/**
 * Fraud, limits and ledger: the run waits no longer than its deadline for them, and a check that is
 * late finds the payout ended. They may be tried again and again within that time.
 */
export const checkStep: Preset = {
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { initialInterval: '100 ms', backoffCoefficient: 2, maximumInterval: '1 second' },
};

/**
 * Money leaves at most once: one attempt, and a heartbeat that tells soon when the worker died. The
 * HTTP call itself ends long before.
 */
export const sendOnce: Preset = {
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
};

/** A question to the provider; the run asks again later by itself. */
export const darajaCall: Preset = {
  startToCloseTimeout: '40 seconds',
  scheduleToCloseTimeout: '3 minutes',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '15 seconds',
    maximumAttempts: 4,
  },
};

/** Reads a list of payments, page by page within the provider's rate; the next look comes anyway. */
export const darajaPull: Preset = {
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumAttempts: 3 },
};

/** How long a second person may take to agree to a payout. */
export const approvalWaitDays = 7;

/** How long a person may take to bring a password, a mapping or a decision. */
export const humanWait = '7 days';

/** Wrong passwords before a statement is refused. */
export const passwordTriesMax = 5;
