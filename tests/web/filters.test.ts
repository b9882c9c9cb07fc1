import fc from 'fast-check';
import { channels } from '../../domain/statements/terms.ts';
import {
  columnNames,
  defaultColumns,
  gridOf,
  leastWidthOf,
  toggleColumn,
} from '../../web/src/transactions/columns.ts';
import {
  chipsOf,
  nextSort,
  parseFilters,
  parseSort,
  toQuery,
  toggleWord,
  withFilter,
  withoutChip,
  sorts,
  type Filters,
} from '../../web/src/transactions/filters.ts';
import { parseShillings } from '../../web/src/payments/shillings.ts';

const accountId = `acc_${'0'.repeat(31)}1`;

describe('filters in the address', () => {
  const someFilters: fc.Arbitrary<Filters> = fc.record(
    {
      from: fc.constantFrom('2026-01-01', '2026-11-21'),
      direction: fc.constantFrom('in', 'out'),
      channel: fc
        .uniqueArray(fc.constantFrom(...channels), { minLength: 1, maxLength: 4 })
        .map((list) => list.join(',')),
      'amountCents[gte]': fc.nat({ max: 1e12 }).map(String),
      q: fc.string({ minLength: 1, maxLength: 40 }),
      accountId: fc.constant(accountId),
    },
    { requiredKeys: [] },
  );

  test('what is written is read back, for every filter and order', () => {
    fc.assert(
      fc.property(someFilters, fc.constantFrom(...sorts), (filters, sort) => {
        const query = Object.fromEntries(new URLSearchParams(toQuery(filters, sort)));

        expect(parseFilters(query)).toEqual(filters);
        expect(parseSort(query['sort'])).toBe(sort);
      }),
    );
  });

  test('anything that is no filter is left out rather than sent', () => {
    const query = {
      from: '2026-02-30',
      direction: 'sideways',
      channel: 'till,pigeon',
      'amountCents[gte]': '-5',
      accountId: 'stm_1',
      q: 'x'.repeat(121),
      row: 'txn_1',
      constructor: 'x',
    };

    expect(parseFilters(query)).toEqual({});
    expect(parseFilters({ from: ['2026-01-01'] })).toEqual({});
    expect(parseSort('amount')).toBe('-occurredAt');
  });

  test('the default order is not written into the address', () => {
    expect(toQuery({}, '-occurredAt')).toEqual({});
    expect(toQuery({}, 'amountCents')).toEqual({ sort: 'amountCents' });
  });
});

describe('chips', () => {
  const filters: Filters = { channel: 'till,paybill', from: '2026-11-01', q: 'naivas' };

  test('every condition is one chip; the search text has its own field', () => {
    expect(chipsOf(filters)).toEqual([
      { name: 'from', value: '2026-11-01' },
      { name: 'channel', value: 'till' },
      { name: 'channel', value: 'paybill' },
    ]);
  });

  test('removing a chip takes out that condition alone', () => {
    expect(withoutChip(filters, { name: 'channel', value: 'till' })).toEqual({
      ...filters,
      channel: 'paybill',
    });
    expect(withoutChip(filters, { name: 'from', value: '2026-11-01' })).toEqual({
      channel: 'till,paybill',
      q: 'naivas',
    });
  });

  test('removing all chips one by one leaves only the search text', () => {
    const emptied = chipsOf(filters).reduce(withoutChip, filters);

    expect(emptied).toEqual({ q: 'naivas' });
  });

  test('a word is added to a list and taken out again', () => {
    expect(toggleWord(undefined, 'rent')).toBe('rent');
    expect(toggleWord('rent', 'fuel')).toBe('rent,fuel');
    expect(toggleWord('rent,fuel', 'rent')).toBe('fuel');
    expect(withFilter({ category: 'rent' }, 'category', '')).toEqual({});
  });

  test('a header sorts descending first, then turns around', () => {
    expect(nextSort('-occurredAt', 'amountCents')).toBe('-amountCents');
    expect(nextSort('-amountCents', 'amountCents')).toBe('amountCents');
    expect(nextSort('amountCents', 'amountCents')).toBe('-amountCents');
  });
});

describe('amounts as typed', () => {
  test.each([
    ['1,500', 150_000],
    ['1500.5', 150_050],
    ['KES 12.34', 1_234],
    [' 0.07 ', 7],
    ['999999999999.99', 99_999_999_999_999],
  ])('%s is %d cents', (text, amount) => {
    expect(parseShillings(text)).toBe(amount);
  });

  test.each(['', '12.345', '-5', '1.2.3', 'ten', '1e3', '9999999999999'])(
    '%s is no amount',
    (text) => {
      expect(parseShillings(text)).toBeUndefined();
    },
  );
});

describe('columns', () => {
  test('the drawing order survives hiding and showing', () => {
    const hidden = toggleColumn(columnNames, 'details');

    expect(hidden).not.toContain('details');
    expect(toggleColumn(hidden, 'details')).toEqual(columnNames);
  });

  test('the last column cannot be hidden', () => {
    expect(toggleColumn(['receipt'], 'receipt')).toEqual(['receipt']);
  });

  test('the grid has one track for each column', () => {
    expect(gridOf(defaultColumns).match(/minmax/g)).toHaveLength(defaultColumns.length);
    expect(Number.parseInt(leastWidthOf(defaultColumns), 10)).toBeLessThan(61);
  });
});
