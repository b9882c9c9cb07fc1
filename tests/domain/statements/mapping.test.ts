import {
  applyMapping,
  headerFingerprint,
  isCarriedBalance,
  validateMapping,
} from '../../../domain/statements/mapping.ts';
import { proposeMapping } from '../../../domain/statements/mapping-proposal.ts';
import { readRow } from '../../../domain/statements/rows.ts';
import type { ColumnMapping } from '../../../domain/statements/terms.ts';

const equity = 'Transaction Date,Value Date,Narrative,Reference,Debit,Credit,Running Balance'.split(
  ',',
);
const row = ['14/11/2026', '14/11/2026', 'POS NAIVAS', 'FT1', '1,200.00', '', '8,800.00'];

function proposed(header: readonly string[], rows: readonly (readonly string[])[]) {
  const proposal = proposeMapping(header, rows);
  if (!proposal) throw new Error('nothing was proposed');
  return proposal;
}

describe('proposeMapping', () => {
  test('finds two amount columns of a bank and decides the date order', () => {
    const { mapping, isDateOrderCertain, reasons } = proposed(equity, [row]);

    expect(mapping).toEqual({
      headerRow: 0,
      delimiter: ',',
      dateOrder: 'day-first',
      columns: {
        completionTime: 'Transaction Date',
        details: 'Narrative',
        receipt: 'Reference',
        paidIn: 'Credit',
        withdrawn: 'Debit',
        balance: 'Running Balance',
      },
      signRule: 'negative-is-out',
    });
    expect(isDateOrderCertain).toBe(true);
    expect(reasons).toContain('“Narrative” is read as the details.');
  });

  test.each([
    ['KCB', 'Transaction Date,Value Date,Description,Debit,Credit,Running Balance', 'Description'],
    [
      'Co-operative',
      'Trans Date,Transaction Details,Reference No,Value Date,Debit,Credit,Book Balance',
      'Transaction Details',
    ],
    ['Absa', 'Txn Date,Description,User Narrative,Money Out,Money In,Balance', 'Description'],
  ])('knows the columns of %s', (_, header, details) => {
    const { mapping } = proposed(header.split(','), []);

    expect(mapping.columns.details).toBe(details);
    expect(validateMapping(mapping, header.split(',')).ok).toBe(true);
  });

  test('finds one signed amount column and a time of day', () => {
    const header = ['Date', 'Time', 'Details', 'Amount'];
    const { mapping, reasons } = proposed(header, [['11/14/2026', '09:35', 'X', '-5.00']]);

    expect(mapping).toMatchObject({
      dateOrder: 'month-first',
      columns: { completionTime: 'Date', timeOfDay: 'Time', amount: 'Amount' },
    });
    expect(reasons).toContain('A minus sign is read as money out.');
  });

  test('reads years of two digits, and says so', () => {
    const header = ['Date', 'Time', 'Details', 'Amount'];
    const { mapping, reasons } = proposed(header, [['14-11-26', '09:35 PM', 'X', '-5.00']]);

    expect(mapping.dateOrder).toBe('day-first');
    expect(reasons).toContain('Years have two digits and stand last: 14-11-26 is read as 2026.');
  });

  test('asks when the sample settles neither dates nor signs', () => {
    const { isDateOrderCertain, reasons } = proposed(
      ['Date', 'Details', 'Amount'],
      [['05/11/2026', 'X', '5.00']],
    );

    expect(isDateOrderCertain).toBe(false);
    expect(reasons.filter((reason) => reason.startsWith('Please check'))).toHaveLength(2);
  });

  test.each([
    ['no date', ['Details', 'Amount']],
    ['no details', ['Date', 'Amount']],
    ['no amount', ['Date', 'Details']],
    ['half a pair', ['Date', 'Details', 'Credit']],
    ['a reserved word', ['Date', 'Details', 'Amount', '__proto__']],
  ])('proposes nothing with %s', (_, header) => {
    expect(proposeMapping(header, [])).toBeUndefined();
  });
});

describe('validateMapping', () => {
  const { mapping } = proposed(equity, [row]);
  const withColumns = (columns: Partial<ColumnMapping['columns']>): ColumnMapping => ({
    ...mapping,
    columns: { ...mapping.columns, ...columns },
  });

  test('accepts headings whatever their case and spacing', () => {
    expect(
      validateMapping(
        mapping,
        equity.map((name) => ` ${name.toUpperCase()} `),
      ).ok,
    ).toBe(true);
  });

  test.each<[string, ColumnMapping, readonly string[], string]>([
    ['a missing column', mapping, equity.slice(1), 'not in the file: Transaction Date'],
    ['a repeated column', mapping, [...equity, 'Debit'], 'more than once: Debit'],
    ['a shared column', withColumns({ receipt: 'Narrative' }), equity, 'two purposes: Narrative'],
    ['two kinds of amount', withColumns({ amount: 'Value Date' }), equity, 'either one amount'],
    ['a reserved word', mapping, [...equity, 'constructor'], 'not allowed: constructor'],
  ])('refuses %s', (_, given, header, message) => {
    const outcome = validateMapping(given, header);

    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'columns' } });
    expect(outcome.ok ? '' : outcome.refusal.message).toContain(message);
  });
});

describe('applyMapping', () => {
  const { mapping } = proposed(equity, [row]);

  test('gives a candidate that reads as a line, without an invented receipt', () => {
    const candidate = applyMapping(mapping, equity, row, 9);
    const { receipt: _reference, ...columns } = mapping.columns;
    const bare = applyMapping({ ...mapping, columns }, equity, row, 9);
    const outcome = readRow(bare, { format: 'mapped-csv', dateOrder: 'day-first' });

    expect(candidate).toMatchObject({ line: 9, receipt: 'FT1', raw: row.join(' | ') });
    expect(outcome).toMatchObject({
      ok: true,
      line: {
        receipt: '',
        completedAt: '2026-11-13T21:00:00.000Z',
        outCents: 120000,
        balanceCents: 880000,
      },
    });
  });

  test('joins a time of day that stands apart', () => {
    const columns = { ...mapping.columns, timeOfDay: 'Time' };
    const header = [...equity, 'Time'];

    expect(applyMapping({ ...mapping, columns }, header, [...row, '9:35 AM'], 9)).toMatchObject({
      completionTime: '14/11/2026 9:35 AM',
    });
  });

  test.each([
    ['14/11/26', '14/11/2026 00:00:00'],
    ['14-Nov-26', '14-Nov-2026 00:00:00'],
    ['14-11-26 9:35 AM', '14-11-2026 9:35 AM'],
    ['14/11/2026', '14/11/2026 00:00:00'],
    ['2026-11-14', '2026-11-14 00:00:00'],
    ['46340', '46340'],
  ])('the date %s is completed to %s', (printed, completed) => {
    expect(applyMapping(mapping, equity, [printed], 9)).toMatchObject({
      completionTime: completed,
    });
  });

  test('sums below the columns are no transaction; with a date they are', () => {
    const read = (date: string) =>
      applyMapping(mapping, equity, [date, '', 'Total Value', '', '1,200.00', '900.00', ''], 2);

    expect(isCarriedBalance(read(''))).toBe(true);
    expect(isCarriedBalance(read('14/11/2026'))).toBe(false);
  });

  test('a short row leaves cells empty', () => {
    expect(applyMapping(mapping, equity, ['14/11/2026'], 9)).toMatchObject({
      details: '',
      paidIn: '',
      balance: '',
    });
  });

  test.each([
    ['Opening Balance', '', true],
    ['Brought Forward Balance', '0.00', true],
    ['BALANCE B/F', '', true],
    ['Total Value', '', true],
    ['Total Energies station', '500.00', false],
    ['POS NAIVAS', '', false],
  ])('%s with %j carries a balance: %s', (details, debit, expected) => {
    const cells = ['14/11/2026', '', details, '', debit, '', '1.00'];

    expect(isCarriedBalance(applyMapping(mapping, equity, cells, 2))).toBe(expected);
  });
});

describe('headerFingerprint', () => {
  test('is the same for the same header however it is spelled', () => {
    const other = ['\ufeffTransaction  Date', 'VALUE DATE', ...equity.slice(2), '', ''];

    expect(headerFingerprint(other)).toBe(headerFingerprint(equity));
  });

  test('differs when columns differ or move, and a bar in a name joins nothing', () => {
    expect(headerFingerprint(equity.toReversed())).not.toBe(headerFingerprint(equity));
    expect(headerFingerprint(['a|b', 'c'])).not.toBe(headerFingerprint(['a', 'b|c']));
  });
});
