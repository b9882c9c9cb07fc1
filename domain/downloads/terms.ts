/** Lists people take along as files. */
export const listNames = [
  'transactions',
  'collections',
  'disbursements',
  'journal',
  'audit',
] as const;
export type ListName = (typeof listNames)[number];

export const fileFormats = ['csv', 'xlsx', 'pdf'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** Everything held about a person, made in the background as JSON. */
export const subjectReportKind = 'subject-report';

/** What can be made in the background. */
export const downloadKinds = [...listNames, subjectReportKind] as const;
export type DownloadKind = (typeof downloadKinds)[number];

/** Refused: there is more than the format can hold. */
export const downloadStatuses = ['running', 'ready', 'refused', 'expired', 'deleted'] as const;
export type DownloadStatus = (typeof downloadStatuses)[number];

/** As what it is made. */
export const downloadFormats = [...fileFormats, 'json'] as const;
export type DownloadFormat = (typeof downloadFormats)[number];

/** Hours a list that was made can be fetched. */
export const hoursKept = 24;

/** Hours the report about a person can be fetched: the week in which they have to be answered. */
export const reportHoursKept = 7 * 24;

/** Files one person may have under way at once. */
export const downloadsAtOnce = 5;

/** Rows above which the dashboard has a list made in the background. */
export const directRowsMax = 20_000;
