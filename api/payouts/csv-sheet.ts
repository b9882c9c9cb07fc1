import type { BatchRow } from '../../db/payout-batches.ts';
import { csvLines } from '../guarded-csv.ts';
import { byteOrderMark, guarded } from '../../domain/spreadsheet.ts';
import { amountText } from '../transactions/sheet-cells.ts';
import { showRow } from './present.ts';

const header = ['row', 'state', 'payee', 'name', 'reference', 'amount', 'receipt', 'why', 'payout'];

/** CSV text with a line for every row, in the order of the file. */
export async function* batchSheet(rows: readonly BatchRow[]): AsyncGenerator<string> {
  yield byteOrderMark + csvLines([[...header]]);
  yield csvLines(rows.map(cellsOf));
}

function cellsOf(row: BatchRow): string[] {
  const shown = showRow(row);
  return [
    String(shown.ordinal),
    shown.state,
    shown.payeeMasked,
    guarded(shown.name),
    guarded(shown.reference),
    row.amountCents === null ? '' : amountText(row.amountCents),
    shown.receipt ?? '',
    guarded(shown.detail ?? ''),
    shown.disbursementId ?? '',
  ];
}
