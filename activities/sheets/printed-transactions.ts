/**
 * Transactions as a PDF to print or hand on. Its sums are those of the rows on its pages, so they are
 * written at the top of the first page when the last row is known; until then the pages are kept,
 * which is why the rows of one file are limited.
 */
import { setImmediate as breath } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { TransactionFilter } from '../../db/transaction-filter.ts';
import type { Transaction } from '../../db/transactions.ts';
import { add, cents, formatMoney, type Cents } from '../../domain/money.ts';
import { epochMsOf, nairobiText, type Instant } from '../../domain/time.ts';
import { amountText } from './cells.ts';
import { fitted, printable } from './printed-text.ts';

/** Rows one PDF may have: about 150 pages. */
export const printedRowsMax = 5_000;

export interface PrintedList {
  business: string;
  filter: TransactionFilter;
  printedAt: Instant;
}

interface Sums {
  count: number;
  inCents: Cents;
  outCents: Cents;
  first?: Transaction;
  last?: Transaction;
}

type Column = readonly [
  title: string,
  width: number,
  text: (row: Transaction) => string,
  align?: 'right',
];

const columns: readonly Column[] = [
  ['Receipt', 66, (row) => row.receipt],
  ['Time (Nairobi)', 92, (row) => nairobiText(row.occurredAt)],
  ['Details', 244, (row) => row.details],
  ['Counterparty', 128, (row) => row.counterparty?.name ?? row.counterparty?.shortcode ?? ''],
  ['Category', 80, categoriesOf],
  ['Paid in', 80, (row) => amountOf(row, 'in'), 'right'],
  ['Withdrawn', 80, (row) => amountOf(row, 'out'), 'right'],
];

/** Rows that are laid out at a stretch; other requests are not kept waiting longer. */
const rowsABreath = 40;

/** Points: the margin, the height of a row, and where tables begin. */
const margin = 36;
const rowHeight = 14;
const tableWidth = columns.reduce((sum, [, width]) => sum + width, 0);
const tops = { first: margin + 76, later: margin };
/** Points from the top of a lying A4 page to where its rows end. */
const bottom = 595 - margin - 20;

/** The bytes of the file in pieces. Throws what reading the rows throws. */
export async function* printedTransactions(
  list: PrintedList,
  batches: AsyncIterable<readonly Transaction[]>,
): AsyncGenerator<Uint8Array> {
  const doc = open(list);
  const sums: Sums = { count: 0, inCents: cents(0), outCents: cents(0) };
  let y = writeTitles(doc, tops.first);
  for await (const batch of batches) {
    for (const row of batch) {
      if (y + rowHeight > bottom) {
        doc.addPage();
        y = writeTitles(doc, tops.later);
      }
      writeCells(doc, y, ([, , text]) => text(row));
      y += rowHeight;
      count(sums, row);
      if (sums.count % rowsABreath === 0) await breath();
    }
  }
  writeHead(doc, list, sums);
  writeFeet(doc, list);
  doc.end();
  for await (const piece of doc) yield Buffer.from(piece);
}

function open({ business, printedAt }: PrintedList): PDFKit.PDFDocument {
  const CreationDate = new Date(epochMsOf(printedAt));
  const info = { Title: 'Transactions', Author: business, CreationDate };
  const page = { size: 'A4', layout: 'landscape', margin } as const;
  return new PDFDocument({ ...page, info, bufferPages: true });
}

function count(sums: Sums, row: Transaction): void {
  sums.count += 1;
  if (row.direction === 'in') sums.inCents = add(sums.inCents, row.amountCents);
  else sums.outCents = add(sums.outCents, row.amountCents);
  sums.first ??= row;
  sums.last = row;
}

function writeTitles(doc: PDFKit.PDFDocument, y: number): number {
  doc.font('Helvetica-Bold').fontSize(8);
  writeCells(doc, y, ([title]) => title);
  const under = y + rowHeight - 3;
  doc
    .lineWidth(0.5)
    .moveTo(margin, under)
    .lineTo(margin + tableWidth, under)
    .stroke();
  doc.font('Helvetica');
  return y + rowHeight + 2;
}

function writeCells(doc: PDFKit.PDFDocument, y: number, textOf: (column: Column) => string): void {
  const widthOf = (text: string) => doc.widthOfString(text);
  let x = margin;
  for (const column of columns) {
    const [, width, , align] = column;
    const text = fitted(printable(textOf(column)), width - 6, widthOf);
    const at = align === 'right' ? x + width - widthOf(text) : x;
    if (text !== '') doc.text(text, at, y, { lineBreak: false });
    x += width;
  }
}

function writeHead(doc: PDFKit.PDFDocument, list: PrintedList, sums: Sums): void {
  const line = (text: string, y: number) =>
    doc.text(
      fitted(printable(text), tableWidth, (part) => doc.widthOfString(part)),
      margin,
      y,
      {
        lineBreak: false,
      },
    );
  doc.switchToPage(0);
  doc.font('Helvetica-Bold').fontSize(14);
  line(list.business, margin);
  doc.font('Helvetica').fontSize(9);
  line(`Transactions, ${periodOf(list.filter, sums)}`, margin + 20);
  line(`Shown: ${filterWords(list.filter, sums)}`, margin + 33);
  const { inCents, outCents } = sums;
  doc.font('Helvetica-Bold');
  const money = `Paid in ${formatMoney(inCents)} · Withdrawn ${formatMoney(outCents)}`;
  line(`${sums.count} transactions · ${money}`, margin + 50);
}

function writeFeet(doc: PDFKit.PDFDocument, { printedAt }: PrintedList): void {
  const { start, count: pages } = doc.bufferedPageRange();
  for (let page = start; page < start + pages; page += 1) {
    doc.switchToPage(page);
    // The foot lies in the margin, where text would otherwise begin another page.
    doc.page.margins.bottom = 0;
    doc.font('Helvetica').fontSize(8);
    const text = `Page ${page + 1} of ${pages} · Made ${nairobiText(printedAt)} (Nairobi) by Daftari`;
    doc.text(text, margin, bottom + 12, { lineBreak: false });
  }
}

function periodOf({ from, to }: TransactionFilter, { first, last }: Sums): string {
  const days = [first, last].flatMap((row) => (row === undefined ? [] : [row.businessDate])).sort();
  const [begins, ends] = [from ?? days.at(0), to ?? days.at(-1)];
  return begins === undefined || ends === undefined ? 'no days' : `${begins} to ${ends}`;
}

function filterWords(filter: TransactionFilter, { first }: Sums): string {
  const { direction, channel, category, nature, purpose, confidence, tag, q } = filter;
  const { amountFrom, amountTo, accountId, statementId } = filter;
  const lists = { direction, channel, category, nature, purpose, confidence, tag };
  const words = Object.entries(lists).flatMap(([name, values]) =>
    values === undefined ? [] : [`${name} ${values.join(' or ')}`],
  );
  if (accountId !== undefined) words.push(`account ${first?.account.label ?? 'chosen'}`);
  if (statementId !== undefined) words.push('one statement');
  if (amountFrom !== undefined) words.push(`at least ${formatMoney(amountFrom)}`);
  if (amountTo !== undefined) words.push(`at most ${formatMoney(amountTo)}`);
  if (q !== undefined) words.push(`with the words "${q}"`);
  return words.length === 0 ? 'everything' : words.join('; ');
}

/** Of a split row, those of its parts. */
function categoriesOf({ category, parts }: Transaction): string {
  return parts.length === 0 ? (category ?? '') : parts.map((part) => part.category).join(', ');
}

function amountOf(row: Transaction, direction: 'in' | 'out'): string {
  return row.direction === direction ? amountText(row.amountCents) : '';
}
