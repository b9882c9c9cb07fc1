export const accountNoticeKinds = [
  'account-device',
  'account-password',
  'account-factor',
  'account-key',
  'account-role',
] as const;
/** What a person is told about their own account, in case it was somebody else. */
export type AccountNoticeKind = (typeof accountNoticeKinds)[number];

export const breachNoticeKinds = ['breach-told', 'breach-near', 'breach-over'] as const;
/** What a business is told about a breach of its data, and about its clock for the authority. */
export type BreachNoticeKind = (typeof breachNoticeKinds)[number];

/** What a business is told about: codes and figures, put into words where they are read. */
export const noticeKinds = [
  'statement-posted',
  'statement-review',
  'statement-refused',
  'statement-undone',
  'payout-approval',
  'batch-approval',
  'payouts-paid',
  'payouts-failed',
  'payout-unknown',
  'batch-finished',
  'money-waiting',
  'payment-double',
  'collection-unresolved',
  'balance-crossed',
  'balance-low',
  'callback-quarantined',
  'export-ready',
  'download-ready',
  'files-leaving',
  ...breachNoticeKinds,
  ...accountNoticeKinds,
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Numbers and codes only: nobody's name, number or words of theirs. */
export type NoticeFigures = Readonly<Record<string, number | string | null>>;

/** How long they are kept. */
export const noticeDays = 90;
