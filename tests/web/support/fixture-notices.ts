/** One notice of every kind, the first few unread until somebody says they were read. */
import type { Notice, NoticePage, UnreadNotices } from '../../../api/notices/schema.ts';
import { cents } from '../../../domain/money.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';
import { publicId } from './fixture-rows.ts';

const money = (amount: number) => ({ amountCents: cents(amount), currency: 'KES' as const });
const file = (name: string, figures: Notice['figures']) => ({ name, figures });
const of = (prefix: string, number: number) => ({ subjectId: publicId(prefix, number) });

const told: readonly (Pick<Notice, 'kind'> & Partial<Notice>)[] = [
  { kind: 'payout-approval', ...of('dis', 2), ...money(4_500_000) },
  { kind: 'money-waiting', count: 3, ...money(1_250_000), figures: { day: '2026-11-21' } },
  {
    ...{ kind: 'statement-posted', ...of('stm', 1) },
    ...file('november-till.pdf', { verdict: 'proven', rowCount: 1_204, newRowCount: 312 }),
  },
  { kind: 'statement-review', ...of('stm', 4), ...file('till_statement_oct_edited.pdf', {}) },
  {
    kind: 'batch-approval',
    ...of('pob', 1),
    ...file('November wages', { rowCount: 40 }),
    ...money(88_000_000),
  },
  { kind: 'batch-finished', ...of('pob', 3), ...file('October wages', { paid: 38, refused: 2 }) },
  { kind: 'payouts-paid', count: 12, ...money(4_210_000) },
  { kind: 'payouts-failed', count: 1, ...money(120_000) },
  { kind: 'payout-unknown', ...of('dis', 3), ...money(120_000), isSettled: true },
  { kind: 'statement-refused', ...of('stm', 6), ...file('scan.pdf', { problem: 'no-text' }) },
  { kind: 'statement-undone', ...of('stm', 1), ...file('september.pdf', { reversedCount: 88 }) },
  { kind: 'payment-double', ...of('col', 1), ...money(150_000) },
  { kind: 'collection-unresolved', ...of('col', 4), ...money(150_000) },
  {
    ...{ kind: 'balance-crossed', ...of('lac', 4) },
    figures: { direction: 'below', thresholdCents: 5_000_000, balanceCents: 4_210_000 },
  },
  {
    ...{ kind: 'balance-low', ...of('shc', 1) },
    figures: { availableCents: 900_000, belowCents: 1_000_000 },
  },
  { kind: 'callback-quarantined', ...of('cbk', 1), figures: { cause: 'amount' } },
  { kind: 'export-ready', ...of('exp', 1) },
  { kind: 'files-leaving', figures: { files: 4, day: '2026-12-21' } },
  { kind: 'breach-told', ...of('brc', 1), figures: { by: '2026-11-24T06:00:00.000Z' } },
  { kind: 'breach-near', ...of('brc', 1), figures: { by: '2026-11-24T06:00:00.000Z' } },
  { kind: 'breach-over', ...of('brc', 1), figures: { by: '2026-11-24T06:00:00.000Z' } },
  { kind: 'account-device', figures: { device: 'Firefox on Windows' } },
  { kind: 'account-password' },
  { kind: 'account-factor', figures: { what: 'passkey-add' } },
  { kind: 'account-key', ...of('key', 1), figures: { scopes: 3 } },
  { kind: 'account-role', figures: { before: 'operator', after: 'finance' } },
];

const read = new Set<string>();
const unreadAtFirst = 3;
const newestMs = Date.UTC(2026, 10, 21, 10);

function all(): Notice[] {
  return told.map((one, index) => {
    const id = publicId('ntc', index + 1);
    return {
      ...{ subjectId: null, name: null, figures: {}, amountCents: null, currency: null },
      ...{ count: 1, isSettled: false, ...one, id },
      at: instantFromEpochMs(newestMs - index * 5_400_000),
      isRead: index >= unreadAtFirst || read.has(id),
    };
  });
}

/** Answers as the API does; undefined for other addresses. */
export function answerNotices(
  url: URL,
  who: string,
  isPost: boolean,
): NoticePage | UnreadNotices | object | undefined {
  const path = url.pathname.slice('/v1'.length);
  const list = who === 'empty' ? [] : all();
  const unread = list.filter(({ isRead }) => !isRead);
  if (path === '/notices/unread') return { count: unread.length };
  if (path === '/notices/read' && isPost) {
    unread.forEach(({ id }) => read.add(id));
    return {};
  }
  if (path !== '/notices') return undefined;
  const data = url.searchParams.get('unread') === null ? list : unread;
  return { data, nextCursor: null, hasMore: false };
}
