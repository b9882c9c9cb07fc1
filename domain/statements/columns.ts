/**
 * Column headings of the statement tables we know. Columns are found by name only, never by
 * position, and names are kept in a `Map`, so no heading can reach an object's prototype.
 */
import { accepted, refused } from '../refusal.ts';
import type { Outcome } from '../refusal.ts';
import type { CandidateRow, StatementFormat } from './terms.ts';
import { tellFile } from './file-phrases.ts';

export type ColumnField = Exclude<keyof CandidateRow, 'page' | 'line' | 'raw'>;
/** Where each field stands in a row, counted from 0. */
export type ColumnMap = ReadonlyMap<ColumnField, number>;

export interface RecognisedHeader {
  /** The layout by its headings; the title of a PDF is the better witness for A against B. */
  format: StatementFormat;
  columns: ColumnMap;
  hasBalanceColumn: boolean;
  /** Headings that mean nothing to us; their cells are kept in `raw` only. */
  unknown: readonly string[];
}

const aliases: readonly (readonly [ColumnField, readonly string[]])[] = [
  ['receipt', ['receipt no', 'receipt number', 'receipt', 'transaction receipt']],
  ['completionTime', ['completion time', 'completed time', 'completiontime']],
  ['initiationTime', ['initiation time']],
  ['details', ['details', 'transaction details']],
  ['status', ['transaction status', 'status']],
  ['paidIn', ['paid in', 'paid in amount', 'paidin']],
  ['withdrawn', ['withdrawn', 'withdraw n', 'withdraw', 'withdrawn amount', 'paid out']],
  ['balance', ['balance']],
  ['reasonType', ['reason type']],
  ['otherParty', ['other party info', 'other party', 'otherpartyinfo']],
  ['linkedReceipt', ['linked transaction id', 'linkedtransaction id']],
  ['accountReference', ['a/c no', 'account no', 'account reference']],
  ['transactionType', ['transaction type', 'tx typ']],
  ['currency', ['currency']],
];

/** Headings of the pipe-separated drop that are too short to be trusted anywhere else. */
const dropAliases: ReadonlyMap<string, ColumnField> = new Map([
  ['id', 'receipt'],
  ['amt', 'amount'],
]);

const knownWithoutField = new Set(['balance confirmed', 'remarks']);
const classicOnly: readonly ColumnField[] = ['initiationTime', 'reasonType', 'linkedReceipt'];
const fieldByHeading: ReadonlyMap<string, ColumnField> = new Map(
  aliases.flatMap(([field, names]) => names.map((name) => [name, field] as const)),
);

const required: readonly (readonly [ColumnField, string])[] = [
  ['receipt', 'Receipt No'],
  ['completionTime', 'Completion Time'],
  ['details', 'Details'],
  ['status', 'Transaction Status'],
];

const reservedHeadings = new Set([
  '__proto__',
  'prototype',
  'constructor',
  'tostring',
  'valueof',
  'hasownproperty',
  '__definegetter__',
  '__definesetter__',
]);

/** True for headings that are property names of every object; no honest file carries one. */
export function isReservedHeading(cell: string): boolean {
  return reservedHeadings.has(cell.trim().toLowerCase());
}

/** True for a cell that is the heading of a column we know. */
export function isHeading(cell: string): boolean {
  return fieldByHeading.has(normaliseHeading(cell));
}

/**
 * One spelling for a heading: lower case, single spaces, no byte order mark, final dot, colon or
 * currency in brackets. `Paid In (KSHs)` and `PAID_IN` are both `paid in`.
 */
export function normaliseHeading(cell: string): string {
  return cell
    .replace(/^\ufeff/, '')
    .replace(/[_\s]+/g, ' ')
    .trim()
    .toLowerCase()
    .replace(/ ?\((?:kshs?|kes)\.?\)$/, '')
    .replace(/[.:]+$/, '')
    .trim();
}

/**
 * Recognises the header row of a statement table. Undefined when the cells are no such header;
 * refused with `columns`, naming them, when columns are missing, repeated or reserved words.
 */
export function recogniseHeader(
  cells: readonly string[],
): Outcome<RecognisedHeader, 'columns'> | undefined {
  const headings = cells.map(normaliseHeading);
  const isDrop = headings.includes('completion time') && headings.includes('amt');
  const fieldOf = (heading: string) =>
    fieldByHeading.get(heading) ?? (isDrop ? dropAliases.get(heading) : undefined);
  const fields = headings.map(fieldOf);
  const found = new Set(fields.filter((field) => field !== undefined));
  const reserved = cells.filter(isReservedHeading);
  if (reserved.includes('__proto__') || (reserved.length > 0 && found.size > 0)) {
    return refused('columns', tellFile('columns-forbidden', { columns: reserved.join(', ') }));
  }
  if (!looksLikeHeader(found)) return undefined;
  const repeated = cells.filter((_, at) => isRepeat(fields, at));
  if (repeated.length > 0) {
    return refused('columns', tellFile('columns-repeated', { columns: repeated.join(', ') }));
  }
  const missing = missingColumns(found);
  if (missing.length > 0) {
    return refused('columns', tellFile('columns-missing', { columns: missing.join(', ') }));
  }
  return accepted(describeHeader(cells, fields));
}

function looksLikeHeader(found: ReadonlySet<ColumnField>): boolean {
  return (found.has('receipt') && found.has('completionTime')) || found.size >= 4;
}

function isRepeat(fields: readonly (ColumnField | undefined)[], at: number): boolean {
  return fields[at] !== undefined && fields.indexOf(fields[at]) !== at;
}

function missingColumns(found: ReadonlySet<ColumnField>): string[] {
  const missing = required.filter(([field]) => !found.has(field)).map(([, name]) => name);
  if (found.has('amount') && found.has('paidIn')) return missing;
  if (!found.has('paidIn')) missing.push('Paid In');
  if (!found.has('withdrawn')) missing.push('Withdrawn');
  return missing;
}

function describeHeader(
  cells: readonly string[],
  fields: readonly (ColumnField | undefined)[],
): RecognisedHeader {
  const columns = new Map<ColumnField, number>();
  fields.forEach((field, at) => {
    if (field !== undefined) columns.set(field, at);
  });
  const isUnknown = (cell: string, at: number) =>
    fields[at] === undefined &&
    cell.trim() !== '' &&
    !knownWithoutField.has(normaliseHeading(cell));
  return {
    format: formatOf(cells, columns),
    columns,
    hasBalanceColumn: columns.has('balance'),
    unknown: cells.filter(isUnknown),
  };
}

function formatOf(cells: readonly string[], columns: ColumnMap): StatementFormat {
  if (classicOnly.some((field) => columns.has(field))) return 'organisation-classic';
  if (columns.has('transactionType') && columns.has('otherParty')) return 'till-pdf';
  if (cells.some((cell) => /\((?:kshs?|kes)\)/i.test(cell))) return 'organisation-newer';
  if (columns.has('accountReference') || columns.has('otherParty')) return 'organisation-classic';
  return cells.some((cell) => /^Paid in$|^Withdraw\s+n$/.test(cell.trim()))
    ? 'personal-a'
    : 'personal-b';
}

/** Picks the cells of one row by the header's columns; an absent cell is the empty text. */
export function candidateFromCells(
  columns: ColumnMap,
  row: { cells: readonly string[]; page: number; line: number; raw?: string },
): CandidateRow {
  const cell = (field: ColumnField): string => {
    const at = columns.get(field);
    return at === undefined ? '' : (row.cells[at] ?? '').trim();
  };
  const candidate: CandidateRow = {
    page: row.page,
    line: row.line,
    raw: row.raw ?? row.cells.join(' | '),
    receipt: cell('receipt'),
    completionTime: cell('completionTime'),
    details: cell('details').replace(/\s+/g, ' '),
    status: cell('status'),
    paidIn: cell('paidIn'),
    withdrawn: cell('withdrawn'),
    balance: columns.has('balance') ? cell('balance') : undefined,
  };
  for (const field of optionalFields) if (columns.has(field)) candidate[field] = cell(field);
  return candidate;
}

const optionalFields = [
  'amount',
  'initiationTime',
  'reasonType',
  'otherParty',
  'linkedReceipt',
  'accountReference',
  'transactionType',
  'currency',
] as const;
