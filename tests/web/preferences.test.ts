import { parsePreferences } from '../../web/src/session/preference-values.ts';
import { columnNames, defaultColumns } from '../../web/src/transactions/columns.ts';

describe('saved preferences', () => {
  test('what was saved is read back', () => {
    const saved = {
      theme: 'dark',
      locale: 'sw',
      hasShortcuts: false,
      density: 'compact',
      columns: ['receipt', 'balance'],
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
      isSetupDismissed: false,
    });
  });

  test('saved columns keep the drawing order', () => {
    const shuffled = JSON.stringify({ columns: [...columnNames].reverse() });

    expect(parsePreferences(shuffled).columns).toEqual(columnNames);
  });
});
