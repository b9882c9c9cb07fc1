import type { Patterns } from '../../../api/analytics/schema.ts';
import type { TransactionDetail } from '../../../api/transactions/schema.ts';
import { cents } from '../../../domain/money.ts';
import { businessDate, nairobiText } from '../../../domain/time.ts';
import { selectRows } from './fixture-filter.ts';
import { fixtureOverview } from './fixture-overview.ts';

const partnersMax = 10;

/** What the server answers about the overview of these rows. */
export function answerOverview(
  rows: readonly TransactionDetail[],
  { pathname, searchParams }: URL,
  hasAttention: boolean,
) {
  return pathname.endsWith('/patterns')
    ? fixturePatterns(rows, searchParams)
    : fixtureOverview(rows, searchParams, hasAttention);
}

/** Busy hours and partners, computed from the same rows that the transaction list shows. */
function fixturePatterns(rows: readonly TransactionDetail[], query: URLSearchParams): Patterns {
  const selected = selectRows(rows, query).filter(({ nature }) => nature === 'ordinary');
  const hours = new Map<string, Patterns['hours'][number]>();
  const partners = new Map<string, Patterns['partners'][number]>();
  for (const { occurredAt, businessDate: date, direction, amountCents, counterparty } of selected) {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
    const hour = Number(nairobiText(occurredAt).slice(11, 13));
    const none = { direction, count: 0, amountCents: cents(0) };
    const place = `${weekday}/${hour}/${direction}`;
    hours.set(place, counted(hours.get(place) ?? { weekday, hour, ...none }, amountCents));
    if (counterparty === null) continue;
    const who = `${counterparty.name}/${counterparty.msisdn}/${direction}`;
    partners.set(who, counted(partners.get(who) ?? { ...none, counterparty }, amountCents));
  }
  const most = [...partners.values()].sort((a, b) => b.amountCents - a.amountCents);
  const ofDirection = (one: 'in' | 'out') =>
    most.filter(({ direction }) => direction === one).slice(0, partnersMax);
  return {
    period: {
      from: businessDate(query.get('from') ?? '2026-11-01'),
      to: businessDate(query.get('to') ?? '2026-11-21'),
    },
    currency: 'KES',
    hours: [...hours.values()],
    partners: [...ofDirection('in'), ...ofDirection('out')],
  };
}

function counted<Sum extends { count: number; amountCents: number }>(
  sum: Sum,
  amount: number,
): Sum {
  return { ...sum, count: sum.count + 1, amountCents: cents(sum.amountCents + amount) };
}
