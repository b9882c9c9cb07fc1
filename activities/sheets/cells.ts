/** What an export is made of; the same for CSV and XLSX. */
import type { Cents } from '../../domain/money.ts';
import { guarded } from '../../domain/spreadsheet.ts';
import type { Language } from '../../domain/tenants/settings.ts';

/** Amounts are numbers in the sheet; everything else is text that must never act as a formula. */
export type Cell = { text: string } | { amountCents: Cents } | undefined;

export interface Sheet<Row> {
  /** The name of the sheet in a workbook. */
  name: Readonly<Record<Language, string>>;
  columns: readonly (readonly [english: string, swahili: string, cell: (row: Row) => Cell])[];
}

/** What stands at the top of each column. */
export function titlesOf<Row>({ columns }: Sheet<Row>, language: Language): string[] {
  return columns.map(([english, swahili]) => (language === 'sw' ? swahili : english));
}

export function cellsOf<Row>({ columns }: Sheet<Row>, row: Row): Cell[] {
  return columns.map(([, , cell]) => cell(row));
}

/** Whole shillings, a point and two digits: `-123456` is `-1234.56`. */
export function amountText(amountCents: Cents): string {
  const digits = String(Math.abs(amountCents)).padStart(3, '0');
  return `${amountCents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function amount(amountCents: Cents | null | undefined): Cell {
  return amountCents === null || amountCents === undefined ? undefined : { amountCents };
}

export function text(value: string | number | null | undefined): Cell {
  return value === null || value === undefined ? undefined : { text: guarded(String(value)) };
}
