/**
 * How long things of a business are kept: the one place that says it, for the jobs that erase and
 * for the screen that shows it. Days are counted from when a thing was there whole.
 */
export interface RetentionClass {
  days: number;
  /** A job erases it after that; otherwise it stays until the business closes. */
  isErased: boolean;
}

/** Seven years with their leap days, and thirteen months, so that a year's end is seen a month on. */
const sevenYears = 2_557;
const thirteenMonths = 396;

export const retention = {
  /** Rows of statements with their raw text, payments, payouts and the ledger. */
  records: { days: sevenYears, isErased: false },
  audit: { days: sevenYears, isErased: false },
  files: { days: thirteenMonths, isErased: true },
  callbacks: { days: thirteenMonths, isErased: true },
  sessions: { days: 90, isErased: true },
  notices: { days: 90, isErased: true },
} as const satisfies Record<string, RetentionClass>;

export const retentionNames = [
  'records',
  'audit',
  'files',
  'callbacks',
  'sessions',
  'notices',
] as const;
export type RetentionName = (typeof retentionNames)[number];

/** How long before a file is erased people are told, so that they can take it along. */
export const filesToldDays = 30;
