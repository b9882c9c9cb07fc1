/** The search over rows in memory: transactions by receipt and words, and one of most other kinds. */
import type { SearchAnswer, SearchGroup } from '../../../api/search/schema.ts';
import type { TransactionDetail } from '../../../api/transactions/schema.ts';
import { cents } from '../../../domain/money.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';
import { selectRows } from './fixture-filter.ts';
import { answerNotices } from './fixture-notices.ts';
import { publicId } from './fixture-rows.ts';

type Hit = SearchGroup['hits'][number];
const at = instantFromEpochMs(Date.UTC(2026, 10, 20, 8, 30));
const bare = { detail: '', amountCents: null, currency: null, direction: null, status: null, at };
const money = (amount: number) => ({ amountCents: cents(amount), currency: 'KES' as const });

const others: readonly (readonly [SearchGroup['kind'], Hit])[] = [
  [
    'collection',
    {
      ...{ ...bare, ...money(150_000), id: publicId('col', 1), title: 'TKL4H7Q2X9' },
      ...{ detail: 'INV-10442 · 2547******78', direction: 'in', status: 'paid' },
      matchedBy: 'phone',
    },
  ],
  [
    'disbursement',
    {
      ...{ ...bare, ...money(420_000), id: publicId('dis', 2), title: 'Kamau Hardware Supplies' },
      ...{ detail: '2547******21', direction: 'out', status: 'awaiting-approval' },
      matchedBy: 'phone',
    },
  ],
  [
    'customer',
    {
      ...{ ...bare, id: publicId('cus', 1), title: 'Wanjiku Kamau', detail: 'C-77' },
      matchedBy: 'name',
    },
  ],
  [
    'statement',
    {
      ...{ ...bare, id: publicId('stm', 1), title: 'november-till.pdf', status: 'posted' },
      matchedBy: 'name',
    },
  ],
];

/** What the frame of every screen asks for: the search and the notices. */
export function answerShell(
  rows: readonly TransactionDetail[],
  url: URL,
  { who, isPost }: { who: string; isPost: boolean },
): object | undefined {
  if (url.pathname === '/v1/search') return answerSearch(rows, url, who);
  return answerNotices(url, who, isPost);
}

function answerSearch(rows: readonly TransactionDetail[], url: URL, who: string): SearchAnswer {
  if (who === 'empty') return { data: [] };
  const q = url.searchParams.get('q') ?? '';
  const found = selectRows(rows, new URLSearchParams({ q }));
  const transactions = found.slice(0, 5).map((row): Hit => ({
    ...{ id: row.id, title: row.receipt, detail: row.counterparty?.name ?? row.details },
    ...{ ...money(row.amountCents), direction: row.direction, status: null },
    ...{ at: row.occurredAt, matchedBy: row.receipt.startsWith(q) ? 'receipt' : 'words' },
  }));
  const word = q.toLowerCase();
  const more = others
    .filter(([, { title, detail }]) => `${title} ${detail}`.toLowerCase().includes(word))
    .map(([kind, hit]) => ({ kind, hits: [hit], hasMore: false }));
  const hasMore = found.length > 5;
  const first = { kind: 'transaction' as const, hits: transactions, hasMore };
  return { data: [...(transactions.length > 0 ? [first] : []), ...more] };
}
