/** Where a notice leads, and how it is drawn. */
import type { RouteLocationRaw } from 'vue-router';
import type { Notice } from '../../../api/notices/schema.ts';

const icons: Record<Notice['kind'], string> = {
  'statement-posted': 'i-lucide-badge-check',
  'statement-review': 'i-lucide-circle-alert',
  'statement-refused': 'i-lucide-circle-x',
  'statement-undone': 'i-lucide-undo-2',
  'payout-approval': 'i-lucide-hourglass',
  'batch-approval': 'i-lucide-hourglass',
  'payouts-paid': 'i-lucide-banknote-arrow-up',
  'payouts-failed': 'i-lucide-circle-x',
  'payout-unknown': 'i-lucide-circle-help',
  'batch-finished': 'i-lucide-circle-check',
  'money-waiting': 'i-lucide-inbox',
  'payment-double': 'i-lucide-copy',
  'collection-unresolved': 'i-lucide-circle-help',
  'balance-crossed': 'i-lucide-book-open',
  'balance-low': 'i-lucide-triangle-alert',
  'callback-quarantined': 'i-lucide-shield-alert',
  'export-ready': 'i-lucide-download',
  'download-ready': 'i-lucide-download',
  'files-leaving': 'i-lucide-clock',
  'breach-told': 'i-lucide-shield-alert',
  'breach-near': 'i-lucide-hourglass',
  'breach-over': 'i-lucide-triangle-alert',
  'account-device': 'i-lucide-smartphone',
  'account-password': 'i-lucide-key-round',
  'account-factor': 'i-lucide-fingerprint',
  'account-key': 'i-lucide-key-round',
  'account-role': 'i-lucide-user',
};

export function noticeIcon(kind: Notice['kind']): string {
  return icons[kind];
}

/** The screen on which one sees it, or does something about it. */
export function noticePlace({ kind, subjectId }: Notice): RouteLocationRaw {
  const [group] = kind.split('-');
  const id = subjectId ?? '';
  if (kind === 'payouts-paid') return { name: 'payouts', query: { status: 'paid' } };
  if (kind === 'payouts-failed') return { name: 'payouts', query: { status: 'refused' } };
  if (kind === 'account-key') return { name: 'apiKeys' };
  if (group === 'breach') return { name: 'breaches' };
  if (group === 'account') return { name: 'security' };
  if (kind === 'money-waiting') return { name: 'unallocated' };
  if (kind === 'files-leaving') return { name: 'exports' };
  if (kind === 'export-ready') return { name: 'exports' };
  if (kind === 'download-ready') return { name: 'downloads' };
  if (kind === 'callback-quarantined') return { name: 'shortcodes' };
  if (kind === 'balance-low') return { name: 'shortcode', params: { shortcodeId: id } };
  if (kind === 'balance-crossed') return { name: 'ledger-account', params: { accountId: id } };
  if (group === 'statement') return { name: 'statement', params: { statementId: id } };
  if (group === 'batch') return { name: 'payout-batch', params: { batchId: id } };
  if (group === 'payout') return { name: 'payout', params: { disbursementId: id } };
  return { name: 'collection', params: { collectionId: id } };
}
