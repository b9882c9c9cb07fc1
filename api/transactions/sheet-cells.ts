/** The columns of an export and their cells; the same for CSV and XLSX. */
import type { Transaction } from '../../db/transactions.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import { nairobiText } from '../../domain/time.ts';
import { guarded } from '../guarded-csv.ts';

/** Amounts are numbers in the sheet; everything else is text that must never act as a formula. */
export type Cell = { text: string } | { amountCents: Cents } | undefined;

const columns: readonly (readonly [string, (row: Transaction) => Cell])[] = [
  ['Receipt', (row) => text(row.receipt)],
  ['Time (Nairobi)', (row) => text(nairobiText(row.occurredAt))],
  ['Details', (row) => text(row.details)],
  ['Paid in', (row) => (row.direction === 'in' ? amount(row.amountCents) : undefined)],
  ['Withdrawn', (row) => (row.direction === 'out' ? amount(row.amountCents) : undefined)],
  ['Balance', (row) => amount(row.balanceCents)],
  ['Currency', (row) => text(row.currency)],
  ['Purpose', (row) => text(row.purpose)],
  ['Channel', (row) => text(row.channel)],
  ['Nature', (row) => text(row.nature)],
  ['Category', (row) => text(row.category)],
  ['Confidence', (row) => text(row.confidence)],
  ['Counterparty', (row) => text(row.counterparty?.name)],
  ['Number', (row) => text(row.counterparty?.msisdn)],
  ['Shortcode', (row) => text(row.counterparty?.shortcode)],
  ['Account reference', (row) => text(row.counterparty?.accountReference)],
  ['Account', (row) => text(row.account.label)],
  ['File', (row) => text(row.statement.fileName)],
  ['Page', (row) => text(row.statement.page)],
  ['Line', (row) => text(row.statement.line)],
  ['Id', (row) => text(toPublicId('transaction', row.id))],
];

export const sheetHeader: readonly string[] = columns.map(([name]) => name);

/** The cells of a row, in the order of the header. */
export function cellsOf(row: Transaction): Cell[] {
  return columns.map(([, cell]) => cell(row));
}

/** Whole shillings, a point and two digits: `-123456` is `-1234.56`. */
export function amountText(amountCents: Cents): string {
  const digits = String(Math.abs(amountCents)).padStart(3, '0');
  return `${amountCents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function amount(amountCents: Cents | null): Cell {
  return amountCents === null ? undefined : { amountCents };
}

function text(value: string | number | null | undefined): Cell {
  return value === null || value === undefined ? undefined : { text: guarded(String(value)) };
}
