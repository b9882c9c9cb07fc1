/** Guesses how a foreign CSV is to be read; a person confirms or corrects the guess. */
import { parseAmount } from './amounts.ts';
import { isReservedHeading, normaliseHeading } from './columns.ts';
import { decideDateOrder } from './date-order.ts';
import type { DateOrderDecision } from './date-order.ts';
import { withClock } from './mapping-cells.ts';
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
const headings: readonly (readonly [MappedField, string, readonly string[]])[] = [
  [
    'completionTime',
    'the date',
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
  ['timeOfDay', 'the time of day', ['time', 'time of day']],
  [
    'details',
    'the details',
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
    'the receipt or reference',
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
  ['paidIn', 'money in', ['paid in', 'credit', 'credit amount', 'money in', 'deposits', 'cr']],
  [
    'withdrawn',
    'money out',
    ['withdrawn', 'debit', 'debit amount', 'money out', 'paid out', 'withdrawals', 'dr'],
  ],
  ['amount', 'the signed amount', ['amount', 'transaction amount', 'amt']],
  [
    'balance',
    'the running balance',
    ['running balance', 'balance', 'book balance', 'account balance', 'ledger balance'],
  ],
  ['status', 'the status', ['transaction status', 'status']],
  [
    'counterparty',
    'the other side',
    ['other party', 'counterparty', 'beneficiary', 'payee', 'to name', 'from name', 'name'],
  ],
  ['accountReference', 'the account reference', ['a/c no', 'account no', 'account reference']],
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
  for (const [field, meaning, names] of headings) {
    const name = names.find((candidate) => free.has(candidate));
    const cell = name === undefined ? undefined : free.get(name);
    if (name === undefined || cell === undefined) continue;
    free.delete(name);
    columns[field] = cell;
    reasons.push(`“${cell}” is read as ${meaning}.`);
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

function orderReason(order: DateOrderDecision): string {
  if (order === 'year-first') return 'Dates begin with the year.';
  if (order === 'day-first') return 'Dates begin with the day: no other order fits the sample.';
  if (order === 'month-first') return 'Dates begin with the month: no other order fits the sample.';
  return 'Please check the order of day and month: the sample does not settle it.';
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
  if (rows.some(isNegative)) return 'A minus sign is read as money out.';
  return 'Please check: no amount of the sample is negative, so all are read as money in.';
}
