import { parsePreferences } from '../../web/src/session/preference-values.ts';
import {
  columnMaxPx,
  columnMinPx,
  columnNames,
  defaultColumns,
  gridOf,
  leastWidthOf,
} from '../../web/src/transactions/columns.ts';

describe('saved preferences', () => {
  test('what was saved is read back', () => {
    const saved = {
      theme: 'dark',
      locale: 'sw',
      hasShortcuts: false,
      density: 'compact',
      columns: ['receipt', 'balance'],
      widths: { receipt: 200 },
      isSetupDismissed: true,
    };

    expect(parsePreferences(JSON.stringify(saved))).toEqual(saved);
  });

  test.each([
    null,
    '',
    '{',
    '[]',
    '"dark"',
    'null',
    '{"theme":"pink","columns":["nope"],"density":3}',
  ])('what cannot be understood gives the defaults: %s', (text) => {
    expect(parsePreferences(text)).toEqual({
      theme: 'system',
      locale: 'en',
      hasShortcuts: true,
      density: 'comfortable',
      columns: defaultColumns,
      widths: {},
      isSetupDismissed: false,
    });
  });

  test('saved widths stay readable and reachable, whatever was written there', () => {
    const widths = { receipt: -5, details: 99_999, balance: 'wide', nope: 100, category: 120.4 };

    expect(parsePreferences(JSON.stringify({ widths })).widths).toEqual({
      receipt: columnMinPx,
      details: columnMaxPx,
      category: 120,
    });
  });

  test('a chosen width is fixed while the others share what is left', () => {
    expect(gridOf(['receipt', 'balance'], { receipt: 200 })).toBe('200px minmax(7.25rem, 0.5fr)');
    expect(leastWidthOf(['receipt', 'balance'], { receipt: 200 })).toBe('calc(7.25rem + 200px)');
  });

  test('saved columns keep the drawing order', () => {
    const shuffled = JSON.stringify({ columns: [...columnNames].reverse() });

    expect(parsePreferences(shuffled).columns).toEqual(columnNames);
  });
});
