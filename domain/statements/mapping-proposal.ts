/** Guesses how a foreign CSV is to be read; a person confirms or corrects the guess. */
import { parseAmount } from './amounts.ts';
import { isReservedHeading, normaliseHeading } from './columns.ts';
import { decideDateOrder } from './date-order.ts';
import type { DateOrderDecision } from './date-order.ts';
import { hasShortYear, withClock } from './mapping-cells.ts';
import { columnMeanings, tellMapping } from './mapping-phrases.ts';
import type { ColumnMapping } from './terms.ts';

export interface MappingProposal {
  mapping: ColumnMapping;
  /** False when the sample fits both orders; a person has to say. */
  isDateOrderCertain: boolean;
  /** Why each column was chosen and what to check, in plain words. */
  reasons: readonly string[];
}

type MappedField = keyof ColumnMapping['columns'];

/** Headings seen in the exports of Kenyan banks and wallets, the most telling first. */
const headings: readonly (readonly [MappedField, readonly string[]])[] = [
  [
    'completionTime',
    [
      'completion time',
      'transaction date',
      'trans date',
      'txn date',
      'transaction time',
      'date and time',
      'date/time',
      'posting date',
      'date',
      'value date',
    ],
  ],
  ['timeOfDay', ['time', 'time of day']],
  [
    'details',
    [
      'details',
      'transaction details',
      'description',
      'narrative',
      'narration',
      'particulars',
      'user narrative',
      'to message',
      'type',
    ],
  ],
  [
    'receipt',
    [
      'receipt no',
      'receipt',
      'transaction id',
      'transaction ref',
      'reference no',
      'reference',
      'ref no',
      'ref',
      'id',
      'external id',
    ],
  ],
  ['paidIn', ['paid in', 'credit', 'credit amount', 'money in', 'deposits', 'cr']],
  [
    'withdrawn',
    ['withdrawn', 'debit', 'debit amount', 'money out', 'paid out', 'withdrawals', 'dr'],
  ],
  ['amount', ['amount', 'transaction amount', 'amt']],
  ['balance', ['running balance', 'balance', 'book balance', 'account balance', 'ledger balance']],
  ['status', ['transaction status', 'status']],
  [
    'counterparty',
    ['other party', 'counterparty', 'beneficiary', 'payee', 'to name', 'from name', 'name'],
  ],
  ['accountReference', ['a/c no', 'account no', 'account reference']],
];

/**
 * Proposes a mapping from a header and some rows below it. Undefined when no date, details or amount
 * column can be told, or when a heading is a reserved word. `source` says where the header stood.
 */
export function proposeMapping(
  header: readonly string[],
  sampleRows: readonly (readonly string[])[],
  source: Pick<ColumnMapping, 'headerRow' | 'delimiter'> = { headerRow: 0, delimiter: ',' },
): MappingProposal | undefined {
  if (header.some(isReservedHeading)) return undefined;
  const reasons: string[] = [];
  const columns = chooseColumns(header, reasons);
  const { completionTime, details } = columns;
  const hasBoth = columns.paidIn !== undefined && columns.withdrawn !== undefined;
  if (completionTime === undefined || details === undefined) return undefined;
  if (hasBoth) delete columns.amount;
  else if (columns.amount === undefined) return undefined;
  else dropHalfPair(columns);
  const order = sampleOrder(header, sampleRows, { ...columns, completionTime });
  const isDateOrderCertain = order !== 'ambiguous' && order !== 'none';
  reasons.push(orderReason(order));
  if (printsShortYears(header, sampleRows, completionTime)) reasons.push(tellMapping('short-year'));
  if (!hasBoth) reasons.push(signReason(header, sampleRows, columns.amount));
  const mapping: ColumnMapping = {
    ...source,
    dateOrder: isDateOrderCertain ? order : 'day-first',
    columns: { ...columns, completionTime, details },
    signRule: 'negative-is-out',
  };
  return { mapping, isDateOrderCertain, reasons };
}

type Columns = Partial<ColumnMapping['columns']>;

function chooseColumns(header: readonly string[], reasons: string[]): Columns {
  const free = new Map<string, string>();
  for (const cell of header) {
    const heading = normaliseHeading(cell);
    if (heading !== '' && !free.has(heading)) free.set(heading, cell.trim());
  }
  const columns: Columns = {};
  for (const [field, names] of headings) {
    const name = names.find((candidate) => free.has(candidate));
    const cell = name === undefined ? undefined : free.get(name);
    if (name === undefined || cell === undefined) continue;
    free.delete(name);
    columns[field] = cell;
    reasons.push(tellMapping('column', { column: cell, meaning: columnMeanings[field].en }));
  }
  return columns;
}

function dropHalfPair(columns: Columns): void {
  delete columns.paidIn;
  delete columns.withdrawn;
}

function column(header: readonly string[], name: string | undefined): number {
  return name === undefined ? -1 : header.findIndex((cell) => cell.trim() === name);
}

function sampleOrder(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns: Columns,
): DateOrderDecision {
  const at = column(header, columns.completionTime);
  const timeAt = column(header, columns.timeOfDay);
  const receiptAt = column(header, columns.receipt);
  return decideDateOrder(
    rows.map((row) => ({
      text: withClock(row[at] ?? '', row[timeAt] ?? ''),
      receipt: row[receiptAt] ?? '',
    })),
  );
}

function printsShortYears(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  completionTime: string,
): boolean {
  const at = column(header, completionTime);
  return rows.some((row) => hasShortYear(row[at] ?? ''));
}

function orderReason(order: DateOrderDecision): string {
  return tellMapping(order === 'ambiguous' || order === 'none' ? 'order-unsettled' : order);
}

function signReason(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  amount: string | undefined,
): string {
  const at = column(header, amount);
  const isNegative = (row: readonly string[]) => {
    const parsed = parseAmount(row[at] ?? '');
    return parsed.ok && parsed.value !== undefined && parsed.value < 0;
  };
  return tellMapping(rows.some(isNegative) ? 'minus-is-out' : 'no-minus');
}
