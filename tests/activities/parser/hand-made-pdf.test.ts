import PDFDocument from 'pdfkit';
import { closePdf } from '../../../simulators/statements/layouts/pdf-document.ts';
import { readBytes } from './samples.ts';

const edges = [30, 95, 175, 330, 400, 455, 515, 565];
const headings = [
  'Receipt No.',
  'Completion Time',
  'Details',
  'Status',
  'Paid In',
  'Withdrawn',
  'Balance',
];

type Draw = (page: {
  row: (y: number, cells: string[]) => void;
  text: (x: number, y: number, text: string) => void;
  next: () => void;
}) => void;

/** An empty page, and what puts words somewhere on it. */
function anEmptyPage() {
  const doc = new PDFDocument({ size: 'A4', margin: 0 }).fontSize(7);
  const text = (x: number, y: number, words: string): void => {
    doc.text(words, x, y, { lineBreak: false });
  };
  return { doc, text };
}

/** Draws a small unruled statement; the column header stands at y 100 of the first page. */
function drawn(draw: Draw): Promise<Uint8Array> {
  const { doc, text } = anEmptyPage();
  const row = (y: number, cells: string[]): void => {
    for (const [column, cell] of cells.entries()) {
      const right = edges[column + 1] ?? 0;
      const x = column >= 4 ? right - 3 - doc.widthOfString(cell) : (edges[column] ?? 0) + 3;
      if (cell !== '') text(x, y, cell);
    }
  };
  text(30, 40, 'M-PESA STATEMENT');
  row(100, headings);
  draw({ row, text, next: () => doc.addPage() });
  return closePdf(doc);
}

const first = [
  'TFU1AAAA01',
  '2025-06-30 10:00:00',
  'Funds received from - 07******678',
  'Completed',
  '100.00',
  '',
  '350.00',
];
const second = [
  'TFU1AAAA02',
  '2025-06-30 09:00:00',
  'Airtime Purchase',
  'Completed',
  '',
  '-50.00',
  '250.00',
];

test('a row broken by the page is joined again, and footers are not glued to it', async () => {
  const bytes = await drawn(({ row, text, next }) => {
    row(112, first);
    text(30, 800, 'Page 1 of 2');
    next();
    row(40, ['', '', 'JANE WANJIKU DOE', '', '', '', '']);
    row(54, second);
    text(30, 66, 'Disclaimer: This record is produced for your personal use.');
    text(30, 74, 'It is not transferable.');
  });
  const whole = await readBytes(bytes, 'pdf');
  expect(whole.lines.map((line) => line.details)).toEqual([
    'Funds received from - 07******678 JANE WANJIKU DOE',
    'Airtime Purchase',
  ]);
  expect(whole.lines.map((line) => [line.page, line.line])).toEqual([
    [1, 1],
    [2, 1],
  ]);
  expect(whole.counts).toMatchObject({ candidates: 2, countedInText: 2 });
});

test('the page number of a browser is not taken for the rest of a balance', async () => {
  const bytes = await drawn(({ row, text }) => {
    row(112, first);
    row(126, second);
    text(30, 140, 'file:///home/jane/statement.html');
    text(553, 140, '2/10');
  });
  const whole = await readBytes(bytes, 'pdf');
  expect(whole.rejects).toEqual([]);
  expect(whole.lines.map((line) => line.balanceCents)).toEqual([35_000, 25_000]);
});

test('what stands below a whole figure is no part of its row', async () => {
  const bytes = await drawn(({ row, text }) => {
    row(112, first);
    row(126, second);
    text(30, 140, 'Printed for J. Doe');
    text(540, 140, '17');
  });
  const whole = await readBytes(bytes, 'pdf');
  expect(whole.lines.map((line) => line.details)).toEqual([first[2], second[2]]);
  expect(whole.lines.map((line) => line.balanceCents)).toEqual([35_000, 25_000]);
});

test('details that begin above their receipt belong to it', async () => {
  const bytes = await drawn(({ row, text }) => {
    text(178, 115, 'Funds received from -');
    row(119, first.with(2, ''));
    text(178, 123, '07******678 JANE DOE');
    text(178, 143, 'Merchant Payment to');
    row(147, second.with(2, ''));
    text(178, 151, '512345 - DUKA LA JANE');
  });
  const whole = await readBytes(bytes, 'pdf');
  expect(whole.lines.map((line) => line.details)).toEqual([
    'Funds received from - 07******678 JANE DOE',
    'Merchant Payment to 512345 - DUKA LA JANE',
  ]);
});

test('headings wider than their columns are read as the columns they name', async () => {
  const { doc, text } = anEmptyPage();
  const print = (y: number, cells: readonly string[]): void => {
    for (const [at, x] of [30, 95, 175, 330, 385, 440, 500].entries()) text(x, y, cells[at] ?? '');
  };
  print(100, headings.with(3, 'Transaction Status'));
  print(112, first);
  print(126, second);
  const whole = await readBytes(await closePdf(doc), 'pdf');
  expect(doc.widthOfString('Transaction Status')).toBeGreaterThan(385 - 330);
  expect(whole.lines.map((line) => [line.inCents, line.outCents, line.balanceCents])).toEqual([
    [10_000, 0, 35_000],
    [0, 5_000, 25_000],
  ]);
});

test('an amount that prints in the wrong place or shape is rejected, never guessed', async () => {
  const bytes = await drawn(({ row }) => {
    row(112, first.with(4, '1OO.00'));
    row(126, second);
  });
  const whole = await readBytes(bytes, 'pdf');
  expect(whole.rejects).toEqual([
    expect.objectContaining({ page: 1, line: 1, reason: 'amount-malformed' }),
  ]);
  expect(whole.lines).toHaveLength(1);
});

test('a spoilt receipt is a rejected row and not the rest of the row above', async () => {
  const bytes = await drawn(({ row }) => {
    row(112, first);
    row(126, second.with(0, 'TF?1AAAA'));
  });
  const whole = await readBytes(bytes, 'pdf');
  expect(whole.rejects.map((reject) => reject.reason)).toEqual(['receipt-malformed']);
  expect(whole.lines[0]?.details).toBe('Funds received from - 07******678');
});

test('a row that only the text shows fails the row count, never passes in silence', async () => {
  const bytes = await drawn(({ row, text }) => {
    row(112, first);
    row(126, second);
    text(30, 300, 'Disclaimer: This record is produced for your personal use.');
    // Far below the table and with nothing but its beginning: no row, but not nothing either.
    text(400, 500, 'TFU1AAAA03 2025-06-30 08:00:00 Airtime');
  });
  const whole = await readBytes(bytes, 'pdf');
  const rowCount = whole.report?.checks.find((check) => check.name === 'row-count');
  expect(whole.rejects.length > 0 || rowCount?.outcome === 'failed').toBe(true);
  expect(whole.report?.verdict).not.toBe('proven');
});

test('a table that lacks a column is refused by the name of the column', async () => {
  const { doc, text } = anEmptyPage();
  headings.forEach((heading, column) => {
    if (heading !== 'Status') text(edges[column] ?? 0, 100, heading);
  });
  const whole = await readBytes(await closePdf(doc), 'pdf');
  expect(whole.problem).toEqual({ problem: 'columns', detail: expect.stringContaining('Status') });
});
