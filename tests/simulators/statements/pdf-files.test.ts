import { formatAmount } from '../../../domain/money.ts';
import { nairobiText } from '../../../domain/time.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';
import type { TruthRow } from '../../../simulators/statements/truth.ts';
import { readPdfs, statementRows } from './read-pdfs.ts';

const size = { seed: 31, rows: 220, months: 3 };

/** A row of truth the way each layout prints it. */
const printed = {
  'personal-a': (row: TruthRow) => [formatAmount(row.inCents), formatAmount(row.outCents)],
  'personal-b': (row: TruthRow) => {
    const amount = (row.attemptedCents ?? 0) + row.outCents;
    return [
      row.inCents === 0 ? '' : formatAmount(row.inCents),
      amount === 0
        ? ''
        : `-${(amount / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`,
    ];
  },
};

describe.each(['personal-a', 'personal-b', 'till'] as const)('%s', (layout) => {
  test('is found row by row and cell by cell by a table reader', async () => {
    const { bytes, truth } = await generateStatement({ layout, ...size });
    const [reading] = readPdfs([{ bytes }]);
    const rows = reading === undefined ? [] : statementRows(reading);
    expect(rows).toHaveLength(size.rows);
    const cellCount = layout === 'till' ? 9 : 7;
    for (const [index, cells] of rows.entries()) {
      const row = truth.rows[index];
      expect(cells).toHaveLength(cellCount);
      if (row === undefined || row.balanceCents === null) throw new Error('no such row');
      expect(cells.slice(0, 3)).toEqual([row.receipt, nairobiText(row.completedAt), row.details]);
      expect(cells[3]?.toLowerCase()).toBe(row.status);
      expect(cells[6]).toBe(formatAmount(row.balanceCents));
      if (layout !== 'till') expect(cells.slice(4, 6)).toEqual(printed[layout](row));
    }
    expect(reading?.pageCount).toBe(truth.pageCount);
  });

  test('has a summary whose lines add up to its total and to the truth', async () => {
    const { bytes, truth } = await generateStatement({ layout, ...size });
    const [reading] = readPdfs([{ bytes }]);
    const lines = reading?.tables.find((table) => table[0]?.length === 3)?.slice(1) ?? [];
    const cents = (text = ''): number => Math.round(Number(text.replaceAll(',', '')) * 100);
    const sum = (column: number): number =>
      lines.slice(0, -1).reduce((total, line) => total + cents(line[column]), 0);
    expect([sum(1), sum(2)]).toEqual([truth.totals.inCents, truth.totals.outCents]);
    expect(lines.at(-1)?.[0]).toBe('TOTAL:');
    expect([cents(lines.at(-1)?.[1]), cents(lines.at(-1)?.[2])]).toEqual([sum(1), sum(2)]);
  });

  test('keeps all its text when the borders are not drawn, but has no table', async () => {
    const { bytes, truth } = await generateStatement({ layout, ...size, borders: false });
    const [reading] = readPdfs([{ bytes }]);
    expect(reading === undefined ? undefined : statementRows(reading)).toEqual([]);
    const text = reading?.lines.join('\n') ?? '';
    expect(truth.rows.filter((row) => !text.includes(row.receipt))).toEqual([]);
  });

  test('can be printed without its balance column', async () => {
    const { bytes, truth } = await generateStatement({ layout, ...size, balanceColumn: false });
    const [reading] = readPdfs([{ bytes }]);
    const rows = reading === undefined ? [] : statementRows(reading);
    expect(rows).toHaveLength(size.rows);
    expect(new Set(rows.map((cells) => cells.length))).toEqual(
      new Set([layout === 'till' ? 8 : 6]),
    );
    expect(truth.rows.every((row) => row.balanceCents === null)).toBe(true);
  });
});

test('layout A prints its period with ordinal days and names its usual producer', async () => {
  const { bytes } = await generateStatement({ layout: 'personal-a', ...size, months: 1 });
  const [reading] = readPdfs([{ bytes }]);
  expect(reading?.lines.join('\n')).toContain('01st 1 2025 - 31st 1 2025');
  expect(reading?.info['Producer']).toBe('OpenPDF 1.3.26');
  expect(reading?.info['CreationDate']).toBe(reading?.info['ModDate']);
});

test('layout B masks with six stars and prints its verification code on every page', async () => {
  const { bytes, truth } = await generateStatement({ layout: 'personal-b', ...size });
  const [reading] = readPdfs([{ bytes }]);
  const text = reading?.lines.join('\n') ?? '';
  expect(truth.verificationCode).toMatch(/^[A-Z0-9]{8}$/);
  const codes = text.match(/Statement Verification Code [A-Z0-9]{8}/g) ?? [];
  expect(codes).toEqual(
    Array(truth.pageCount).fill(`Statement Verification Code ${truth.verificationCode}`),
  );
  expect(truth.rows.some((row) => /to - 07?1?\*{6}\d{3} /.test(row.details))).toBe(true);
});

describe.each(['rc4-40', 'rc4-128', 'aes-128', 'aes-256'] as const)('locked with %s', (cipher) => {
  test('opens with its password only', async () => {
    const options = {
      layout: 'personal-a',
      ...size,
      rows: 60,
      password: '290441',
      cipher,
    } as const;
    const { bytes, truth } = await generateStatement(options);
    const [right, wrong, none] = readPdfs([
      { bytes, password: '290441' },
      { bytes, password: '000000' },
      { bytes },
    ]);
    const receipts = right === undefined ? [] : statementRows(right).map(([receipt]) => receipt);
    expect(receipts).toEqual(truth.rows.map((row) => row.receipt));
    expect(wrong?.error).toContain('PasswordException');
    expect(none?.error).toContain('PasswordException');
  });
});
