import type { Figure, Overview } from '../../../api/analytics/schema.ts';
import type { TransactionDetail } from '../../../api/transactions/schema.ts';
import { cents, type Cents } from '../../../domain/money.ts';
import { addDays, businessDate, daysBetween, instantFromEpochMs } from '../../../domain/time.ts';
import { selectRows, summarise } from './fixture-filter.ts';
import { accounts, fixtureNowMs, publicId } from './fixture-rows.ts';

/** The overview of a period, computed from the same rows that the transaction list shows. */
const moneyAttention: Overview['moneyAttention'] = [
  { kind: 'payout-to-approve', count: 1, amountCents: cents(4_500_000) },
  { kind: 'payout-to-check', count: 2, amountCents: cents(120_000) },
  { kind: 'return-to-decide', count: 1, amountCents: cents(150_000) },
  { kind: 'posting-to-decide', count: 1, amountCents: null },
  { kind: 'collection-unknown', count: 1, amountCents: cents(150_000) },
  { kind: 'money-unallocated', count: 3, amountCents: cents(1_250_000) },
];

export function fixtureOverview(
  rows: readonly TransactionDetail[],
  query: URLSearchParams,
  hasAttention: boolean,
): Overview {
  const from = businessDate(query.get('from') ?? '2026-11-01');
  const to = businessDate(query.get('to') ?? '2026-11-21');
  const days = daysBetween(from, to) + 1;
  const previous = { from: addDays(from, -days), to: addDays(from, -1) };
  const now = figuresOf(rows, query, { from, to });
  const before = figuresOf(rows, query, previous);
  const beside = (name: keyof typeof now): Figure => ({
    amountCents: now[name],
    previousCents: before[name],
    deltaCents: cents(now[name] - before[name]),
  });
  const inPeriod = within(rows, query, { from, to });
  const ordinary = inPeriod.filter((row) => row.nature === 'ordinary');
  const excluded = summarise(
    inPeriod.filter((row) => row.nature === 'own-money' || row.nature === 'loan'),
  );
  return {
    period: { from, to },
    previous,
    figures: {
      in: beside('in'),
      out: beside('out'),
      net: beside('net'),
      fees: beside('fees'),
      balance: beside('balance'),
    },
    excluded: { inCents: excluded.inCents, outCents: excluded.outCents },
    currency: 'KES',
    series: seriesOf(ordinary),
    byChannel: grouped(inPeriod, (row) => row.channel).map(({ key, ...rest }) => ({
      channel: key,
      ...rest,
    })),
    byCategory: grouped(inPeriod, (row) => row.category ?? 'uncategorised').map(
      ({ key, ...rest }) => ({
        category: key,
        ...rest,
      }),
    ),
    needsAttention: hasAttention ? attention : [],
    moneyAttention: hasAttention ? moneyAttention : [],
    updatedAt: instantFromEpochMs(fixtureNowMs),
  };
}

function within(
  rows: readonly TransactionDetail[],
  query: URLSearchParams,
  period: { from: string; to: string },
): TransactionDetail[] {
  const accountId = query.get('accountId');
  return selectRows(
    rows,
    new URLSearchParams({ ...period, ...(accountId === null ? {} : { accountId }) }),
  );
}

function figuresOf(
  rows: readonly TransactionDetail[],
  query: URLSearchParams,
  period: { from: string; to: string },
) {
  const selected = within(rows, query, period);
  const flow = summarise(selected.filter((row) => row.nature === 'ordinary'));
  const fees = summarise(selected.filter((row) => row.nature === 'charge'));
  return {
    in: flow.inCents,
    out: flow.outCents,
    net: cents(flow.inCents - flow.outCents),
    fees: fees.outCents,
    balance: selected[0]?.balanceCents ?? cents(0),
  };
}

function seriesOf(rows: readonly TransactionDetail[]): Overview['series'] {
  return [...new Set(rows.map((row) => row.businessDate))].sort().map((date) => {
    const day = summarise(rows.filter((row) => row.businessDate === date));
    const { inCents, outCents } = day;
    return { date, inCents, outCents, netCents: cents(inCents - outCents) };
  });
}

interface Group<Key> {
  key: Key;
  direction: 'in' | 'out';
  count: number;
  amountCents: Cents;
}

function grouped<Key extends string>(
  rows: readonly TransactionDetail[],
  keyOf: (row: TransactionDetail) => Key,
): Group<Key>[] {
  const groups = new Map<string, Group<Key>>();
  for (const row of rows) {
    const key = keyOf(row);
    const name = `${key}/${row.direction}`;
    const group = groups.get(name) ?? {
      key,
      direction: row.direction,
      count: 0,
      amountCents: cents(0),
    };
    group.count += 1;
    group.amountCents = cents(group.amountCents + row.amountCents);
    groups.set(name, group);
  }
  return [...groups.values()];
}

const at = instantFromEpochMs(fixtureNowMs - 5_400_000);
/** Days that no statement of the first account covers. */
export const fixtureGap = { from: businessDate('2026-10-01'), to: businessDate('2026-10-10') };
const attention: Overview['needsAttention'] = [
  {
    kind: 'statement-waiting-review',
    subjectId: publicId('stm', 4),
    title: 'A statement waits for your review',
    detail: 'till_statement_oct_edited.pdf: Something does not add up; look at the checks.',
    ...{
      subject: 'till_statement_oct_edited.pdf',
      problem: 'needs-review',
      count: 0,
      period: null,
    },
    at,
  },
  {
    kind: 'statement-waiting-password',
    subjectId: publicId('stm', 3),
    title: 'A statement waits for its password',
    detail:
      'MPESA_Statement_2026-10-01_to_2026-10-31_2547xxxxxx345.pdf: Open it to see what to do.',
    ...{ subject: 'MPESA_Statement_2026-10-01_to_2026-10-31_2547xxxxxx345.pdf', problem: null },
    ...{ count: 0, period: null },
    at,
  },
  {
    kind: 'statement-has-rejects',
    subjectId: publicId('stm', 2),
    title: 'Some rows of a statement could not be read',
    detail: 'organisation_export_Q3.csv: 3 rows',
    ...{ subject: 'organisation_export_Q3.csv', problem: null, count: 3, period: null },
    at,
  },
  {
    kind: 'account-gap',
    subjectId: accounts[0].id,
    title: 'Days without a statement',
    detail: 'Mama Njeri Till 512***: 10 days without a statement, lately 2026-10-01 to 2026-10-10',
    ...{ subject: 'Mama Njeri Till 512***', problem: null, count: 10, period: fixtureGap },
    at,
  },
];
