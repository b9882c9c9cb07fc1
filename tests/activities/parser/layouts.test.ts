import { generateStatement } from '../../../simulators/statements/statement.ts';
import type { StatementOptions } from '../../../simulators/statements/options.ts';
import type { MediaKind } from '../../../domain/statements/terms.ts';
import { sniffStatement } from '../../../activities/parser/sniff.ts';
import type { WholeStatement } from '../../../activities/parser/whole-statement.ts';
import { readBytes } from './samples.ts';
import { expectTruth } from './statement-truth.ts';

const pdfLayouts = ['personal-a', 'personal-b', 'till'] as const;
const ciphers = ['rc4-40', 'rc4-128', 'aes-128', 'aes-256'] as const;

function sniffed(bytes: Uint8Array): MediaKind {
  const found = sniffStatement(bytes.subarray(0, 65_536), bytes.byteLength);
  if (!found.ok) throw new Error(found.detail);
  return found.mediaKind;
}

async function readGenerated(options: StatementOptions): Promise<WholeStatement> {
  const { bytes, truth } = await generateStatement(options);
  const password = options.password === undefined ? {} : { password: options.password };
  const whole = await readBytes(bytes, sniffed(bytes), password);
  expectTruth(whole, truth);
  expect(whole.facts?.format).toBe(truth.format);
  return whole;
}

describe('a statement PDF', () => {
  test.each(pdfLayouts)('in layout %s equals its truth to the cent', async (layout) => {
    const whole = await readGenerated({ layout, rows: 400 });
    expect(whole.report?.verdict).toBe('proven');
    expect(whole.facts?.summary.length).toBeGreaterThan(3);
    expect(whole.facts?.customerName).toBeDefined();
    expect(whole.facts?.periodFrom).toBe('2025-01-01');
    expect(whole.evidence?.amountFonts).toEqual([{ font: 'Helvetica', cells: expect.any(Number) }]);
  });

  test.each(pdfLayouts)('in layout %s without borders equals its truth', async (layout) => {
    const whole = await readGenerated({ layout, rows: 400, borders: false });
    expect(whole.report?.verdict).toBe('proven');
  });

  test.each(pdfLayouts)('in layout %s without a balance column is read', async (layout) => {
    const ruled = await readGenerated({ layout, rows: 120, balanceColumn: false });
    const unruled = await readGenerated({
      layout,
      rows: 120,
      balanceColumn: false,
      borders: false,
    });
    for (const whole of [ruled, unruled]) {
      const chain = whole.report?.checks.find((check) => check.name === 'balance-chain');
      expect(chain?.outcome).toBe('not-printed');
    }
  });
});

describe('a locked or large statement PDF', () => {
  const locked = pdfLayouts.flatMap((layout) => ciphers.map((cipher) => ({ layout, cipher })));
  test.each(locked)('in layout $layout locked with $cipher equals its truth', async (lock) => {
    const whole = await readGenerated({ ...lock, rows: 40, password: '29044117' });
    expect(whole.evidence?.isEncrypted).toBe(true);
  });

  test('that is locked says so, and says when the password is wrong', async () => {
    const { bytes } = await generateStatement({
      layout: 'personal-b',
      rows: 10,
      password: '290441',
    });
    const none = await readBytes(bytes, 'pdf');
    expect(none.problem?.problem).toBe('password-needed');
    const wrong = await readBytes(bytes, 'pdf', { password: '000000' });
    expect(wrong.problem?.problem).toBe('password-wrong');
    expect(JSON.stringify(wrong)).not.toContain('000000');
  });

  test('can be inspected without reading its rows', async () => {
    const { bytes } = await generateStatement({ layout: 'personal-b', rows: 60 });
    const whole = await readBytes(bytes, 'pdf', { mode: 'inspect' });
    expect(whole.facts?.format).toBe('personal-b');
    expect(whole.facts?.verificationCode).toMatch(/^[A-Z0-9]{8}$/);
    expect(whole.lines).toEqual([]);
    expect(whole.report).toBeUndefined();
  });

  test('of 5 000 rows is read within the limits of a small file', async () => {
    const whole = await readGenerated({ layout: 'personal-a', rows: 5_000, months: 12 });
    expect(whole.facts?.pageCount).toBeGreaterThan(100);
  });
});

describe('an organisation export', () => {
  test.each(['classic-csv', 'classic-xlsx', 'classic-xls', 'newer-csv', 'newer-xlsx'] as const)(
    '%s equals its truth to the cent',
    async (layout) => {
      const whole = await readGenerated({ layout, rows: 400 });
      expect(whole.report?.verdict).toBe('proven');
    },
  );

  test.each([
    { encoding: 'utf-8', hasBom: true, delimiter: ';', lineEnding: '\r\n' },
    { encoding: 'windows-1252', delimiter: '|' },
    { encoding: 'utf-16le', hasBom: true, delimiter: '\t', lineEnding: '\r\n' },
  ] as const)('as text in $encoding with $delimiter equals its truth', async (csv) => {
    await readGenerated({ layout: 'classic-csv', rows: 120, csv });
  });

  test('can be inspected: facts and the first rows, nothing more', async () => {
    const { bytes } = await generateStatement({ layout: 'classic-csv', rows: 200 });
    const whole = await readBytes(bytes, 'csv', { mode: 'inspect' });
    expect(whole.facts).toMatchObject({ format: 'organisation-classic', accountNumber: '600984' });
    expect(whole.preview?.rows).toHaveLength(20);
    expect(whole.lines).toEqual([]);
  });
});

describe('a table of another source', () => {
  test.each(['equity', 'kcb'] as const)(
    'of %s is offered with a mapping and read with it',
    async (bankShape) => {
      const { bytes, truth } = await generateStatement({
        layout: 'bank-csv',
        rows: 150,
        bankShape,
      });
      const offered = await readBytes(bytes, 'csv', { mode: 'inspect' });
      expect(offered.problem?.problem).toBe('mapping-needed');
      const mapping = offered.preview?.proposed;
      if (!mapping) throw new Error('nothing proposed');
      const whole = await readBytes(bytes, 'csv', { mapping });
      expectTruth(whole, truth);
      const first = await readBytes(bytes, 'csv', { mapping, mode: 'inspect' });
      expect(first.lines).toEqual(whole.lines.slice(0, 20));
      expect(first.report).toBeUndefined();
    },
  );

  test('with a mapping that names other columns is refused, naming them', async () => {
    const { bytes } = await generateStatement({ layout: 'bank-csv', rows: 20 });
    const offered = await readBytes(bytes, 'csv', { mode: 'inspect' });
    const mapping = offered.preview?.proposed;
    if (!mapping) throw new Error('nothing proposed');
    const columns = { ...mapping.columns, details: 'Nowhere' };
    const whole = await readBytes(bytes, 'csv', { mapping: { ...mapping, columns } });
    expect(whole.problem).toEqual({
      problem: 'columns',
      detail: expect.stringContaining('Nowhere'),
    });
  });
});
