/** A short newer export whose cells can be set one by one. */

export interface SmallRow {
  receipt?: string;
  time?: string;
  details?: string;
  status?: string;
  paidIn?: string;
  withdrawn?: string;
  balance?: string;
}

export const smallHeader = [
  'Receipt No',
  'Completion Time',
  'Details',
  'Transaction Status',
  'Paid In (KSHs)',
  'Withdrawn (KSHs)',
  'Balance (KSHs)',
];

/**
 * Records of an export, newest first, in which row `n` brings KES 100 on 14 March 2026. Cells that
 * are given replace the honest ones.
 */
export function smallRecords(rows: readonly SmallRow[]): string[][] {
  return [smallHeader, ...rows.map((row, index) => smallCells(row, rows.length - index))];
}

function smallCells(row: SmallRow, ordinal: number): string[] {
  const two = String(ordinal).padStart(2, '0');
  return [
    row.receipt ?? `UCE7Q2XA${two}`,
    row.time ?? `14/03/2026 10:${two}:00`,
    row.details ?? `Pay Bill from 25471****6${two} - WANJIKU DOE Acc. INV-10${two}`,
    row.status ?? 'Completed',
    row.paidIn ?? '100.00',
    row.withdrawn ?? '0.00',
    row.balance ?? `${100 * ordinal}.00`,
  ];
}

/** Joins records with commas, quoting where needed. */
export function csvText(records: readonly (readonly string[])[], lineEnding = '\n'): string {
  const quote = (cell: string): string =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return records.map((cells) => cells.map(quote).join(',')).join(lineEnding) + lineEnding;
}

/** `count` honest rows. */
export function honestRows(count: number): SmallRow[] {
  return Array.from({ length: count }, () => ({}));
}
