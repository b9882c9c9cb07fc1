import PDFDocument from 'pdfkit';
import { readBytes } from './samples.ts';

const [width, height] = [595, 842];
const lefts = [30, 95, 175, 330, 400, 455, 515];
const rights = [0, 0, 0, 0, 452, 512, 562];

const rows = [
  ['Receipt No.', 'Completion Time', 'Details', 'Status', 'Paid In', 'Withdrawn', 'Balance'],
  [
    'TFU1AAAA01',
    '2025-06-30 10:00:00',
    'Funds received from - JANE',
    'Completed',
    '100.00',
    '',
    '350.00',
  ],
  ['TFU1AAAA02', '2025-06-30 09:00:00', 'Airtime Purchase', 'Completed', '', '-50.00', '250.00'],
] as const;

interface Sheet {
  /** Degrees the viewer turns the page by. */
  rotate?: number;
  /** Points of one unit of the page. */
  userUnit?: number;
  /** Degrees the text is turned by, counted clockwise as it lies on the sheet. */
  written?: 0 | 90 | 180 | 270;
  watermark?: boolean;
}

/** Draws the statement so that it fills an A4 page whichever way it is written. */
async function drawn({ rotate, userUnit = 1, written = 0, watermark }: Sheet): Promise<Buffer> {
  const isWide = written === 90 || written === 270;
  const size: [number, number] = isWide ? [height, width] : [width, height];
  const doc = new PDFDocument({ size: [size[0] / userUnit, size[1] / userUnit], margin: 0 });
  const chunks: Uint8Array[] = [];
  doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise((resolve) => doc.on('end', resolve));
  if (rotate !== undefined) Object.assign(doc.page.dictionary.data, { Rotate: rotate });
  if (userUnit !== 1) Object.assign(doc.page.dictionary.data, { UserUnit: userUnit });
  doc.scale(1 / userUnit);
  if (written === 90) doc.translate(height, 0);
  if (written === 180) doc.translate(width, height);
  if (written === 270) doc.translate(0, width);
  doc.rotate(written);
  doc.fontSize(7);
  const text = (x: number, y: number, words: string): void => {
    doc.text(words, x, y, { lineBreak: false });
  };
  text(30, 40, 'M-PESA STATEMENT');
  for (const [at, cells] of rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      const right = rights[column] ?? 0;
      const x = right === 0 || at === 0 ? (lefts[column] ?? 0) : right - doc.widthOfString(cell);
      if (cell !== '') text(x, 100 + at * 14, cell);
    }
  }
  if (watermark === true) {
    doc.rotate(-45, { origin: [300, 120] }).fontSize(40);
    text(180, 100, 'COPY 1,000.00');
  }
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

const sheets: readonly [string, Sheet][] = [
  ['as it is', {}],
  ['on a page turned by 90°', { rotate: 90, written: 270 }],
  ['on a page turned by 180°', { rotate: 180, written: 180 }],
  ['on a page turned by 270°', { rotate: 270, written: 90 }],
  ['sideways on a page that is not turned', { written: 90 }],
  ['sideways the other way', { written: 270 }],
  ['upside down', { written: 180 }],
  ['in units of two points', { userUnit: 2 }],
  ['in units of ten points', { userUnit: 10 }],
  ['on a turned page in units of two points', { rotate: 90, written: 270, userUnit: 2 }],
  ['under a watermark', { watermark: true }],
];

test.each(sheets)('a statement printed %s is read to the cent', async (_, sheet) => {
  const whole = await readBytes(await drawn(sheet), 'pdf');

  expect(whole.problem).toBeUndefined();
  expect(whole.rejects).toEqual([]);
  expect(
    whole.lines.map(({ receipt, details, inCents, outCents, balanceCents }) => [
      ...[receipt, details, inCents, outCents, balanceCents],
    ]),
  ).toEqual([
    ['TFU1AAAA01', 'Funds received from - JANE', 10_000, 0, 35_000],
    ['TFU1AAAA02', 'Airtime Purchase', 0, 5_000, 25_000],
  ]);
});
