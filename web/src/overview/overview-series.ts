/** Shapes the overview's answer for its charts, bars and links. */
import type { Overview } from '../../../api/analytics/schema.ts';
import { add, zero, type Cents } from '../../../domain/money.ts';
import { addDays, businessDate, daysBetween, type BusinessDate } from '../../../domain/time.ts';

export interface Bucket {
  from: BusinessDate;
  to: BusinessDate;
  inCents: Cents;
  outCents: Cents;
  netCents: Cents;
}

export type Grain = 'day' | 'week' | 'month';

/** Bars stay readable: days up to two months, weeks up to eight, months beyond. */
export function grainOf(dayCount: number): Grain {
  if (dayCount <= 62) return 'day';
  return dayCount <= 250 ? 'week' : 'month';
}

/**
 * Adds daily points up into buckets. Days without a row are zero, so the time axis never lies; the
 * first and last bucket end where the period does.
 */
export function bucketSeries(
  series: Overview['series'],
  period: { from: BusinessDate; to: BusinessDate },
  grain: Grain,
): Bucket[] {
  const buckets: Bucket[] = [];
  let start = period.from;
  while (start <= period.to) {
    const end = earlier(lastDayOf(start, grain), period.to);
    buckets.push({ from: start, to: end, inCents: zero, outCents: zero, netCents: zero });
    start = addDays(end, 1);
  }
  for (const point of series) {
    const bucket = buckets.find((one) => point.date >= one.from && point.date <= one.to);
    if (bucket === undefined) continue;
    bucket.inCents = add(bucket.inCents, point.inCents);
    bucket.outCents = add(bucket.outCents, point.outCents);
    bucket.netCents = add(bucket.netCents, point.netCents);
  }
  return buckets;
}

function lastDayOf(date: BusinessDate, grain: Grain): BusinessDate {
  if (grain === 'day') return date;
  if (grain === 'week')
    return addDays(date, 6 - (daysBetween(businessDate('1970-01-05'), date) % 7));
  const [year = 0, month = 0] = date.split('-').map(Number);
  const next =
    month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
  return addDays(businessDate(next), -1);
}

function earlier(a: BusinessDate, b: BusinessDate): BusinessDate {
  return a < b ? a : b;
}

export interface Share {
  /** Channel or category. */
  name: string;
  inCents: Cents;
  outCents: Cents;
  count: number;
  /** Length of the bar in per cent of the longest one. */
  widthPercent: number;
}

/** One row per name, in and out side by side, largest first. */
export function sharesOf(
  rows: readonly {
    name: string;
    direction: 'in' | 'out';
    count: number;
    amountCents: Cents;
  }[],
): Share[] {
  const byName = new Map<string, Share>();
  for (const row of rows) {
    const known = byName.get(row.name) ?? {
      name: row.name,
      inCents: zero,
      outCents: zero,
      count: 0,
      widthPercent: 0,
    };
    if (row.direction === 'in') known.inCents = add(known.inCents, row.amountCents);
    else known.outCents = add(known.outCents, row.amountCents);
    known.count += row.count;
    byName.set(row.name, known);
  }
  const shares = [...byName.values()].sort((a, b) => largest(b) - largest(a));
  const longest = shares[0] === undefined ? 0 : largest(shares[0]);
  return shares.map((share) => ({
    ...share,
    widthPercent: longest === 0 ? 0 : Math.max(1, Math.round((largest(share) * 100) / longest)),
  }));
}

function largest(share: Share): number {
  return Math.max(share.inCents, share.outCents);
}

export type FigureName = 'in' | 'out' | 'net' | 'fees' | 'balance';

/** The filter of the transactions behind a figure: its sums equal the figure. */
export function filterBehind(figure: FigureName): Record<string, string> {
  switch (figure) {
    case 'in':
      return { direction: 'in', nature: 'ordinary' };
    case 'out':
      return { direction: 'out', nature: 'ordinary' };
    case 'net':
      return { nature: 'ordinary' };
    case 'fees':
      return { nature: 'charge' };
    case 'balance':
      return {};
  }
}
