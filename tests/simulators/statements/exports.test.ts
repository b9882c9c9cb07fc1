import { generateStatement } from '../../../simulators/statements/statement.ts';
import { exportRecords } from './judge-statement.ts';

const size = { seed: 41, rows: 120, months: 2 };

test('the classic workbook of old is a real BIFF file', async () => {
  const { bytes } = await generateStatement({ layout: 'classic-xls', ...size });
  expect(Buffer.from(bytes.slice(0, 8)).toString('hex')).toBe('d0cf11e0a1b11ae1');
});

test.each([
  ['classic-csv', 'classic-xlsx'],
  ['classic-csv', 'classic-xls'],
  ['newer-csv', 'newer-xlsx'],
] as const)('%s and %s hold the same cells', async (text, workbook) => {
  const first = exportRecords(await generateStatement({ layout: text, ...size }));
  const second = exportRecords(await generateStatement({ layout: workbook, ...size }));
  const trimmed = (records: string[][]): string[] =>
    records.map((cells) => cells.join('|').replace(/\|+$/, ''));
  expect(trimmed(second)).toEqual(trimmed(first));
});

test('the classic export prints its totals, and every charge above its payment', async () => {
  const file = await generateStatement({ layout: 'classic-csv', ...size });
  const records = exportRecords(file);
  const [, , , , , figures = []] = records;
  expect(figures).toContain((file.truth.totals.inCents / 100).toFixed(2));
  const at = records.findIndex(([, , , details]) => details === 'Pay Bill Charge');
  const [charge = [], payment = []] = records.slice(at, at + 2);
  expect(charge[0]).toBe(payment[0]);
  expect(charge[10]).toBe('SP');
  expect(payment[3]).toMatch(/^.+ - .+ Acc\./);
});

test('sweeps of the newer export come in and go out under one receipt', async () => {
  const { truth } = await generateStatement({ layout: 'newer-csv', ...size, rows: 600 });
  const sweeps = truth.rows.filter((row) => row.purpose === 'settlement.internal');
  expect(sweeps.length).toBeGreaterThan(2);
  for (const legs of Map.groupBy(sweeps, (row) => row.receipt).values()) {
    expect(legs.reduce((sum, leg) => sum + leg.inCents - leg.outCents, 0)).toBe(0);
  }
});

test('a till has no account references, a pay bill has mistyped ones', async () => {
  const till = await generateStatement({ layout: 'classic-csv', ...size, organisation: 'till' });
  const paybill = await generateStatement({ layout: 'classic-csv', ...size, rows: 600 });
  const references = exportRecords(paybill)
    .slice(7)
    .map((cells) => cells[12] ?? '');
  expect(till.truth.account.kind).toBe('till');
  expect(
    exportRecords(till)
      .slice(7)
      .every((cells) => cells[12] === ''),
  ).toBe(true);
  expect(references.some((reference) => /^INV-\d{5}$/.test(reference))).toBe(true);
  expect(references.some((reference) => /^(?:INV\d|inv )/.test(reference))).toBe(true);
});

describe('text shapes', () => {
  const layout = 'newer-csv';

  test.each(['utf-8', 'utf-16le', 'windows-1252'] as const)(
    '%s carries the same text',
    async (encoding) => {
      const plain = await generateStatement({ layout, ...size, rows: 1500 });
      const other = await generateStatement({ layout, ...size, rows: 1500, csv: { encoding } });
      const text = new TextDecoder(encoding).decode(other.bytes);
      expect(text === new TextDecoder().decode(plain.bytes)).toBe(true);
      expect(text.includes('ANDRÉ')).toBe(true);
    },
  );

  test('byte order mark, semicolons and Windows line endings are as asked', async () => {
    const csv = { hasBom: true, delimiter: ';', lineEnding: '\r\n' } as const;
    const { bytes } = await generateStatement({ layout, ...size, csv });
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [header = '', ...lines] = new TextDecoder().decode(bytes).split('\r\n');
    expect(header.split(';')).toHaveLength(7);
    expect(lines).toHaveLength(size.rows + 1);
  });

  test('banks print their own columns, with or without a reference', async () => {
    const equity = await generateStatement({ layout: 'bank-csv', ...size });
    const kcb = await generateStatement({ layout: 'bank-csv', ...size, bankShape: 'kcb' });
    expect(exportRecords(equity)[3]).toContain('Reference');
    expect(exportRecords(kcb)[3]).toEqual([
      'Transaction Date',
      'Value Date',
      'Description',
      'Debit',
      'Credit',
      'Running Balance',
    ]);
    expect(kcb.truth.rows.every((row) => row.receipt === '')).toBe(true);
  });
});
