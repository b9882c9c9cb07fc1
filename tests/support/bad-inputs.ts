/**
 * The bad inputs of the statements corpus as journeys send them: each small export gets receipts of
 * its own, so that no file hides behind rows another one has posted, and files that want to reach
 * out are pointed at a listener of the test.
 */
import { badInputs } from '../../simulators/statements/corpus.ts';
import { text, type BadInput } from '../../simulators/statements/corpus/bad-input.ts';
import {
  catalog,
  onePage,
  page,
  pdfOf,
  showText,
} from '../../simulators/statements/corpus/pdf-objects.ts';
import {
  csvText,
  honestRows,
  smallRecords,
  type SmallRow,
} from '../../simulators/statements/corpus/small-export.ts';

export type { BadInput } from '../../simulators/statements/corpus/bad-input.ts';

const commonReceipt = 'UCE7Q2XA';
const trapAddress = 'http://127.0.0.1:9/fetched';
/** A number that passes the check digit of payment cards; a well-known test card. */
export const cardNumber = '4111111111111111';

/** All inputs of the corpus and our own, in the order of the list; `port` is the listener's. */
export function journeyInputs(port: number): BadInput[] {
  const inputs = [...badInputs(), ...reachingOut(port), ...oddDates, ...formulas, ...cards];
  return inputs
    .toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))
    .map((input, index) => ({
      ...input,
      bytes: async () => aimed(withOwnReceipts(await input.bytes(), index), port),
    }));
}

/** A small export with these rows on top of five honest ones; `mark` is three letters or digits. */
export function smallExport(mark: string, rows: readonly SmallRow[]): Uint8Array {
  const content = csvText(smallRecords([...rows, ...honestRows(5)]));
  return new Uint8Array(Buffer.from(content.replaceAll(commonReceipt, receiptStem(mark)), 'utf8'));
}

/** The first eight characters of the receipts of `smallExport(mark, …)`. */
export function receiptStem(mark: string): string {
  return `UCE7Q${mark}`;
}

/** Gives the small exports of the corpus receipts that no other input has. */
function withOwnReceipts(bytes: Uint8Array, index: number): Uint8Array {
  const stem = receiptStem(`Z${index.toString(36).toUpperCase().padStart(2, '0')}`);
  const spellings = [
    (receipt: string) => Buffer.from(receipt, 'latin1'),
    (receipt: string) => Buffer.from(receipt, 'utf16le'),
    (receipt: string) => Buffer.from(receipt, 'utf16le').swap16(),
  ];
  for (const spell of spellings) replaceInPlace(bytes, spell(commonReceipt), spell(stem));
  return bytes;
}

/** Points the corpus' address of nobody at the listener; the length of the file stays. */
function aimed(bytes: Uint8Array, port: number): Uint8Array {
  const address = `http://127.0.0.1:${port}/`.padEnd(trapAddress.length, 'x');
  replaceInPlace(bytes, Buffer.from(trapAddress), Buffer.from(address));
  return bytes;
}

function replaceInPlace(bytes: Uint8Array, from: Buffer, to: Buffer): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = view.indexOf(from); at >= 0; at = view.indexOf(from, at + to.length)) {
    to.copy(view, at);
  }
}

function csv(id: string, name: string, rows: readonly SmallRow[]): BadInput {
  const content = csvText(smallRecords([...rows, ...honestRows(5)]));
  return { id, name, fileName: `${name}.csv`, bytes: text(content), expect: {} };
}

/** A font matrix that would call the listener if anything in it were run. */
function reachingOut(port: number): readonly BadInput[] {
  const script = `0\\); fetch\\('http://127.0.0.1:${port}/ran'\\); //`;
  const font =
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FontMatrix ' +
    `[0.001 0 0 0.001 0 (${script})] >>`;
  const objects = [catalog, onePage, page(), showText('marker'), font];
  const bytes = async () => new Uint8Array(pdfOf(objects));
  const name = 'font-matrix-fetch';
  return [{ id: 'S11', name, fileName: `${name}.pdf`, bytes, expect: {} }];
}

const oddDates: readonly BadInput[] = [
  csv('S22', 'neither-day-nor-month', [{ time: '25/13/2026 10:00:00' }]),
  {
    id: 'S22',
    name: 'day-or-month',
    fileName: 'day-or-month.csv',
    // Receipts that name no day cannot decide it either.
    bytes: text(
      csvText(
        smallRecords(
          Array.from({ length: 4 }, (_, row) => ({
            receipt: `0${row}`,
            time: `0${row + 3}/04/2026 10:00:00`,
          })),
        ),
      ),
    ),
    expect: {},
  },
];

/** Texts that begin the whole cell, where a spreadsheet would run them. */
export const formulaDetails: readonly string[] = [
  '=HYPERLINK("http://127.0.0.1:9","pay here")',
  "=cmd|' /C calc'!A0",
  '+254-20-4',
  '-1+1',
  '@SUM(1)',
];

const formulas: readonly BadInput[] = [
  csv(
    'S29',
    'formula-cells',
    formulaDetails.map((details) => ({ details })),
  ),
];

const groupedCard = cardNumber.replace(/(\d{4})(?=\d)/g, '$1 ');

const cards: readonly BadInput[] = [
  csv('S32', 'cards-everywhere', [
    { details: `Pay Bill from 25471****678 - ${groupedCard} Acc. INV-1` },
    { details: `paid with ${cardNumber.replace(/(\d{4})(?=\d)/g, '$1-')} thanks` },
    { status: cardNumber },
    { receipt: cardNumber },
    { time: cardNumber },
  ]),
];
