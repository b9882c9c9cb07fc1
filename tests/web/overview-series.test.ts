import fc from 'fast-check';
import { cents, negate } from '../../domain/money.ts';
import { addDays, businessDate } from '../../domain/time.ts';
import { cashFlowOption, tooltipLines } from '../../web/src/charts/cash-flow-option.ts';
import {
  bucketSeries,
  filterBehind,
  grainOf,
  sharesOf,
} from '../../web/src/overview/overview-series.ts';

const from = businessDate('2026-07-01');

function point(day: number, inCents: number, outCents: number) {
  return {
    date: addDays(from, day),
    inCents: cents(inCents),
    outCents: cents(outCents),
    netCents: cents(inCents - outCents),
  };
}

describe('bucketSeries', () => {
  test('days without a row are zero bars, so the time axis has no gaps', () => {
    const buckets = bucketSeries([point(2, 500, 200)], { from, to: addDays(from, 3) }, 'day');

    expect(buckets.map((bucket) => bucket.inCents)).toEqual([0, 0, 500, 0]);
  });

  test('weeks break on Monday and the first and last one end with the period', () => {
    const period = { from: businessDate('2026-07-02'), to: businessDate('2026-07-14') };

    const buckets = bucketSeries([], period, 'week');

    expect(buckets.map(({ from, to }) => [from, to])).toEqual([
      ['2026-07-02', '2026-07-05'],
      ['2026-07-06', '2026-07-12'],
      ['2026-07-13', '2026-07-14'],
    ]);
  });

  test('months break on the first, over the end of a year too', () => {
    const period = { from: businessDate('2026-12-15'), to: businessDate('2027-02-01') };

    const buckets = bucketSeries([], period, 'month');

    expect(buckets.map((bucket) => bucket.from)).toEqual([
      '2026-12-15',
      '2027-01-01',
      '2027-02-01',
    ]);
  });

  test('no shilling is lost or counted twice, whatever the grain', () => {
    const days = fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 364 }),
        inCents: fc.integer({ min: 0, max: 1e9 }),
        outCents: fc.integer({ min: 0, max: 1e9 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(days, fc.constantFrom('day', 'week', 'month'), (rows, grain) => {
        const series = rows.map((row) => point(row.day, row.inCents, row.outCents));

        const buckets = bucketSeries(series, { from, to: addDays(from, 364) }, grain);

        const total = (pick: 'inCents' | 'outCents' | 'netCents') => [
          buckets.reduce((sum, bucket) => sum + bucket[pick], 0),
          series.reduce((sum, row) => sum + row[pick], 0),
        ];
        for (const pick of ['inCents', 'outCents', 'netCents'] as const) {
          const [kept, given] = total(pick);
          expect(kept).toBe(given);
        }
      }),
    );
  });

  test('bars stay readable: days, then weeks, then months', () => {
    expect([1, 62, 63, 250, 251].map(grainOf)).toEqual(['day', 'day', 'week', 'week', 'month']);
  });
});

describe('sharesOf', () => {
  test('in and out of one name share a row, and the longest bar is the largest amount', () => {
    const shares = sharesOf([
      { name: 'till', direction: 'in', count: 3, amountCents: cents(4000) },
      { name: 'till', direction: 'out', count: 1, amountCents: cents(1000) },
      { name: 'paybill', direction: 'out', count: 2, amountCents: cents(8000) },
    ]);

    expect(shares).toEqual([
      { name: 'paybill', inCents: 0, outCents: 8000, count: 2, widthPercent: 100 },
      { name: 'till', inCents: 4000, outCents: 1000, count: 4, widthPercent: 50 },
    ]);
  });

  test('nothing in gives nothing out', () => {
    expect(sharesOf([])).toEqual([]);
  });
});

describe('the cash-flow chart', () => {
  const colors = { ink: '#1', inkSoft: '#2', rule: '#3', sheet: '#4', accent: '#5', margin: '#6' };
  const buckets = bucketSeries([point(0, 500, 200)], { from, to: from }, 'day');
  const words = { in: 'In', out: 'Out', net: 'Net' };
  const option = cashFlowOption({
    buckets,
    labelOf: () => '1 Jul',
    words,
    colors,
    description: 'Cash flow',
  });

  test('money out is drawn below the line', () => {
    const { series } = option as { series: { data: number[] }[] };

    expect(series.map(({ data }) => data)).toEqual([[500], [negate(cents(200))], [300]]);
  });

  test('tooltips are rich text, so data can never become markup', () => {
    expect((option as { tooltip: { renderMode: string } }).tooltip.renderMode).toBe('richText');
  });

  test('a point is told in full amounts', () => {
    const [bucket] = buckets;

    expect(bucket && tooltipLines(bucket, '1 Jul', words)).toEqual([
      '1 Jul',
      'In: KES 5.00',
      'Out: KES 2.00',
      'Net: KES 3.00',
    ]);
  });
});

test('each figure links to the rows it counts', () => {
  expect(filterBehind('in')).toEqual({ direction: 'in', nature: 'ordinary' });
  expect(filterBehind('fees')).toEqual({ nature: 'charge' });
  expect(filterBehind('balance')).toEqual({});
});
