/** What the API does with filters, over rows in memory: just enough for the screens to be true. */
import type {
  Transaction,
  TransactionDetail,
  TransactionSummary,
} from '../../../api/transactions/schema.ts';
import { cents } from '../../../domain/money.ts';

/** The rows a query selects, in its order. */
export function selectRows(
  rows: readonly TransactionDetail[],
  query: URLSearchParams,
): TransactionDetail[] {
  const given = (name: string): string | null => query.get(name);
  const isAmong = (name: string, value: string): boolean => {
    const list = given(name);
    return list === null || list.split(',').includes(value);
  };
  const words = (given('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    const text = `${row.receipt} ${row.details} ${row.counterparty?.name ?? ''}`.toLowerCase();
    return (
      row.businessDate >= (given('from') ?? '') &&
      row.businessDate <= (given('to') ?? '9999') &&
      isAmong('direction', row.direction) &&
      isAmong('channel', row.channel) &&
      isAmong('category', row.category ?? 'uncategorised') &&
      isAmong('nature', row.nature) &&
      isAmong('purpose', row.purpose) &&
      isAmong('confidence', row.confidence) &&
      isAmong('accountId', row.account.id) &&
      (given('tag') === null || row.tags.some((tag) => isAmong('tag', tag))) &&
      (given('statementId') === null || row.statement?.id === given('statementId')) &&
      row.amountCents >= Number(given('amountCents[gte]') ?? 0) &&
      row.amountCents <= Number(given('amountCents[lte]') ?? Infinity) &&
      words.every((word) => text.includes(word))
    );
  });
  const sort = given('sort') ?? '-occurredAt';
  if (sort === '-occurredAt') return found;
  if (sort === 'occurredAt') return found.reverse();
  const sign = sort === 'amountCents' ? 1 : -1;
  return found.sort((a, b) => sign * (a.amountCents - b.amountCents));
}

/** Count and sums of rows. */
export function summarise(rows: readonly TransactionDetail[]): TransactionSummary {
  const sumOf = (direction: string) =>
    cents(rows.reduce((sum, row) => sum + (row.direction === direction ? row.amountCents : 0), 0));
  return { count: rows.length, inCents: sumOf('in'), outCents: sumOf('out'), currency: 'KES' };
}

/** A row as lists show it: what only the single row tells is left out. */
export function asListed(row: TransactionDetail): Transaction {
  const { children: _children, raw: _raw, reason: _reason, sources: _sources, ...page } = row;
  const { version: _version, attachments: _attachments, ...known } = page;
  const { reasonSw: _reasonSw, categoryReasonSw: _categorySw, ...listed } = known;
  return listed;
}
