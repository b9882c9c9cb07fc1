/**
 * Transactions as a PDF to print or hand on. Its sums are those of the rows on its pages, so they are
 * written at the top of the first page when the last row is known; until then the pages are kept,
 * which is why the rows of one file are limited.
 */
import { setImmediate as breath } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { TenantRecord } from '../../db/tenant-record.ts';
import type { TransactionFilter } from '../../db/transaction-filter.ts';
import type { Transaction } from '../../db/transactions.ts';
import { add, cents, formatMoney, type Cents } from '../../domain/money.ts';
import type { Language } from '../../domain/tenants/settings.ts';
import { epochMsOf, nairobiText, type Instant } from '../../domain/time.ts';
import { amountText } from './cells.ts';
import { fitted, printable } from './printed-text.ts';
import { printedWords, type PrintedColumn } from './printed-words.ts';

/** Rows one PDF may have: about 150 pages. */
export const printedRowsMax = 5_000;

export interface PrintedList {
  business: string;
  language: Language;
  filter: TransactionFilter;
  printedAt: Instant;
}

/** What a page says of the business, in the language it set for what is sent in its name. */
export function printedHead(
  { name, settings }: Pick<TenantRecord, 'name' | 'settings'>,
  printedAt: Instant,
): Omit<PrintedList, 'filter'> {
  return { business: name, language: settings.language, printedAt };
}

interface Sums {
  count: number;
  inCents: Cents;
  outCents: Cents;
  first?: Transaction;
  last?: Transaction;
}

type Column = readonly [
  name: PrintedColumn,
  width: number,
  text: (row: Transaction) => string,
  align?: 'right',
];

const columns: readonly Column[] = [
  ['receipt', 66, (row) => row.receipt],
  ['time', 92, (row) => nairobiText(row.occurredAt)],
  ['details', 244, (row) => row.details],
  ['counterparty', 128, (row) => row.counterparty?.name ?? row.counterparty?.shortcode ?? ''],
  ['category', 80, categoriesOf],
  ['paidIn', 80, (row) => amountOf(row, 'in'), 'right'],
  ['withdrawn', 80, (row) => amountOf(row, 'out'), 'right'],
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
  let y = writeTitles(doc, list, tops.first);
  for await (const batch of batches) {
    for (const row of batch) {
      if (y + rowHeight > bottom) {
        doc.addPage();
        y = writeTitles(doc, list, tops.later);
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

function open({ business, language, printedAt }: PrintedList): PDFKit.PDFDocument {
  const CreationDate = new Date(epochMsOf(printedAt));
  const info = { Title: printedWords[language].title, Author: business, CreationDate };
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

function writeTitles(
  doc: PDFKit.PDFDocument,
  { language }: Pick<PrintedList, 'language'>,
  y: number,
): number {
  doc.font('Helvetica-Bold').fontSize(8);
  writeCells(doc, y, ([name]) => printedWords[language].columns[name]);
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
  const words = printedWords[list.language];
  line(`${words.title}, ${periodOf(list, sums)}`, margin + 20);
  line(words.shown(filterWords(list, sums)), margin + 33);
  const { count: rows, inCents, outCents } = sums;
  doc.font('Helvetica-Bold');
  const money = { paidIn: formatMoney(inCents), withdrawn: formatMoney(outCents) };
  line(words.sums({ count: rows, ...money }), margin + 50);
}

function writeFeet(doc: PDFKit.PDFDocument, { language, printedAt }: PrintedList): void {
  const { start, count: pages } = doc.bufferedPageRange();
  for (let page = start; page < start + pages; page += 1) {
    doc.switchToPage(page);
    // The foot lies in the margin, where text would otherwise begin another page.
    doc.page.margins.bottom = 0;
    doc.font('Helvetica').fontSize(8);
    const made = nairobiText(printedAt);
    const text = printedWords[language].foot({ page: page + 1, pages, made });
    doc.text(text, margin, bottom + 12, { lineBreak: false });
  }
}

function periodOf({ language, filter }: PrintedList, { first, last }: Sums): string {
  const words = printedWords[language];
  const days = [first, last].flatMap((row) => (row === undefined ? [] : [row.businessDate])).sort();
  const [begins, ends] = [filter.from ?? days.at(0), filter.to ?? days.at(-1)];
  return begins === undefined || ends === undefined ? words.noDays : words.period(begins, ends);
}

/** In the order in which the page tells them. */
const chosenByList = [
  ...(['direction', 'channel', 'category', 'nature'] as const),
  ...(['purpose', 'confidence', 'tag'] as const),
];

function filterWords({ language, filter }: PrintedList, { first }: Sums): string[] {
  const say = printedWords[language];
  const { amountFrom, amountTo, accountId, statementId, q } = filter;
  const words = chosenByList.flatMap((name) => {
    const values = filter[name];
    return values === undefined ? [] : [`${say.chosen[name]} ${values.join(say.or)}`];
  });
  if (accountId !== undefined) {
    words.push(`${say.chosen.account} ${first?.account.label ?? say.someAccount}`);
  }
  if (statementId !== undefined) words.push(say.oneStatement);
  if (amountFrom !== undefined) words.push(say.atLeast(formatMoney(amountFrom)));
  if (amountTo !== undefined) words.push(say.atMost(formatMoney(amountTo)));
  if (q !== undefined) words.push(say.withWords(q));
  return words;
}

/** Of a split row, those of its parts. */
function categoriesOf({ category, parts }: Transaction): string {
  return parts.length === 0 ? (category ?? '') : parts.map((part) => part.category).join(', ');
}

function amountOf(row: Transaction, direction: 'in' | 'out'): string {
  return row.direction === direction ? amountText(row.amountCents) : '';
}
