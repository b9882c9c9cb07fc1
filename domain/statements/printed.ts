/** Reads what a statement prints about itself: headings, summary table, preamble and footers. */
import { cents, zero } from '../money.ts';
import type { Cents } from '../money.ts';
import { parseAmount } from './amounts.ts';
import { parsePeriod, parsePrintedDate } from './times.ts';
import type { PrintedFacts, StatementFormat, SummaryRow } from './terms.ts';

export type PrintedPieces = Partial<Omit<PrintedFacts, 'format'>>;

/** Facts of which nothing is known yet; readers spread the pieces they find over it. */
export function emptyFacts(format: StatementFormat): PrintedFacts {
  return {
    format,
    customerName: undefined,
    accountNumber: undefined,
    accountName: undefined,
    periodFrom: undefined,
    periodTo: undefined,
    requestedOn: undefined,
    summary: [],
    totalInCents: undefined,
    totalOutCents: undefined,
    openingCents: undefined,
    closingCents: undefined,
    verificationCode: undefined,
    hasBalanceColumn: true,
    balancesPerSubAccount: format === 'organisation-newer',
    pageCount: 1,
  };
}

/** The personal layout a title line announces: A writes MPESA without the hyphen, B with it. */
export function recogniseTitle(line: string): 'personal-a' | 'personal-b' | undefined {
  const tidy = line.replace(/\s+/g, ' ').trim();
  if (/^MPESA (?:FULL )?STATEMENT$/i.test(tidy)) return 'personal-a';
  if (/^M ?- ?PESA (?:FULL )?STATEMENT$/i.test(tidy)) return 'personal-b';
  return undefined;
}

type PieceReader = (value: string) => PrintedPieces;

const text = (value: string): string | undefined => (value === '' ? undefined : value);

const readers: ReadonlyMap<string, PieceReader> = new Map<string, PieceReader>([
  ['customer name', (value) => ({ customerName: text(value) })],
  ['account holder', (value) => ({ customerName: text(value) })],
  ['organization name', (value) => ({ customerName: text(value) })],
  ['organisation name', (value) => ({ customerName: text(value) })],
  ['organization', (value) => ({ customerName: text(value) })],
  ['business name', (value) => ({ customerName: text(value) })],
  ['mobile number', (value) => ({ accountNumber: text(value.replace(/\s/g, '')) })],
  ['short code', (value) => ({ accountNumber: text(value.replace(/\s/g, '')) })],
  ['shortcode', (value) => ({ accountNumber: text(value.replace(/\s/g, '')) })],
  ['till number', (value) => ({ accountNumber: text(value.replace(/\s/g, '')) })],
  ['account', (value) => ({ accountName: text(value) })],
  ['statement period', readPeriod],
  ['time period', readPeriod],
  ['from', (value) => ({ periodFrom: parsePrintedDate(value) })],
  ['to', (value) => ({ periodTo: parsePrintedDate(value) })],
  ['date of statement', (value) => ({ requestedOn: parsePrintedDate(value) })],
  ['request date', (value) => ({ requestedOn: parsePrintedDate(value) })],
  ['date of report', (value) => ({ requestedOn: parsePrintedDate(value) })],
  ['opening balance', (value) => ({ openingCents: amount(value) })],
  ['closing balance', (value) => ({ closingCents: amount(value) })],
  ['total paid in', (value) => ({ totalInCents: magnitude(value) })],
  ['total withdrawn', (value) => ({ totalOutCents: magnitude(value) })],
  ['statement verification code', (value) => ({ verificationCode: codeAlone(value) })],
]);

function codeAlone(value: string): string | undefined {
  return /^[A-Z0-9]{8}$/.test(value) ? value : undefined;
}

function readPeriod(value: string): PrintedPieces {
  const period = parsePeriod(value);
  return period ? { periodFrom: period.from, periodTo: period.to } : {};
}

function amount(value: string): Cents | undefined {
  const parsed = parseAmount(value);
  return parsed.ok ? parsed.value : undefined;
}

function magnitude(value: string): Cents | undefined {
  const signed = amount(value);
  return signed === undefined ? undefined : cents(Math.abs(signed));
}

/**
 * One `label: value` of a heading or preamble. An unknown label, and a value that cannot be read,
 * give no piece: a fact is either read exactly or counts as not printed.
 */
export function readPrintedPair(label: string, value: string): PrintedPieces {
  const reader = readers.get(normaliseLabel(label));
  return reader ? definedOnly(reader(value.replace(/\s+/g, ' ').trim())) : {};
}

function normaliseLabel(label: string): string {
  const tidy = label
    .replace(/^\ufeff/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return tidy.replace(/[:.\s]+$/, '').toLowerCase();
}

/** Drops undefined members, so that spreading a later unreadable repeat cannot erase a fact. */
function definedOnly(pieces: PrintedPieces): PrintedPieces {
  return Object.fromEntries(Object.entries(pieces).filter(([, value]) => value !== undefined));
}

/** A heading on one line: `Customer Name: JANE DOE`, or the title of a newer export. */
export function readPrintedLine(line: string): PrintedPieces {
  const title = /^Statements for (\d+) from (.+) to (.+)$/i.exec(line.trim());
  if (title) {
    const [, accountNumber, from = '', to = ''] = title;
    const period = { periodFrom: parsePrintedDate(from), periodTo: parsePrintedDate(to) };
    return definedOnly({ accountNumber, ...period });
  }
  const colon = line.indexOf(':');
  return colon < 0 ? {} : readPrintedPair(line.slice(0, colon), line.slice(colon + 1));
}

/**
 * The lines above the header of an organisation export: cells alternate between labels and values,
 * in any number and order. A label without a value is followed by the next label.
 */
export function readPreamble(rows: readonly (readonly string[])[]): PrintedPieces {
  const pieces: PrintedPieces = {};
  for (const row of rows) {
    row.forEach((cell, at) => {
      const next = row[at + 1] ?? '';
      const value = readers.has(normaliseLabel(next)) && next.trim().endsWith(':') ? '' : next;
      Object.assign(pieces, readPrintedPair(cell, value));
    });
  }
  return pieces;
}

export interface PrintedSummaryRow {
  row: SummaryRow;
  isTotal: boolean;
}

/** One row of the SUMMARY table: label, paid in, paid out. Undefined for its heading and for text. */
export function readSummaryRow(cells: readonly string[]): PrintedSummaryRow | undefined {
  const [rawLabel = '', paidIn = '', paidOut = ''] = cells;
  const label = rawLabel.replace(/\s+/g, ' ').replace(/:\s*$/, '').trim();
  if (label === '' || cells.length < 3) return undefined;
  const first = parseAmount(paidIn);
  const second = parseAmount(paidOut);
  if (!first.ok || !second.ok) return undefined;
  if (first.value === undefined && second.value === undefined) return undefined;
  const row = { label, inCents: absolute(first.value), outCents: absolute(second.value) };
  return { row, isTotal: /^total$/i.test(label) };
}

function absolute(value: Cents | undefined): Cents {
  return value === undefined ? zero : cents(Math.abs(value));
}

/** Summary rows and the TOTAL row apart, as pieces; the last TOTAL wins. */
export function readSummary(rows: readonly (readonly string[])[]): PrintedPieces {
  const read = rows.map(readSummaryRow).filter((row) => row !== undefined);
  const total = read.findLast((entry) => entry.isTotal)?.row;
  return {
    summary: read.filter((entry) => !entry.isTotal).map((entry) => entry.row),
    ...(total && { totalInCents: total.inCents, totalOutCents: total.outCents }),
  };
}

/** The 8 capitals or digits printed after `Statement Verification Code` on one line. */
export function verificationCodeIn(line: string): string | undefined {
  return /verification code\s*[:.-]?\s*([A-Z0-9]{8})\b/i.exec(line)?.[1]?.toUpperCase();
}
