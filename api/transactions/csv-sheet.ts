import { byteOrderMark, csvLines } from '../guarded-csv.ts';
import { amountText, cellsOf, sheetHeader, type Cell } from './sheet-cells.ts';
import type { Transaction } from '../../db/transactions.ts';

/** CSV text (RFC 4180, UTF-8 with a byte order mark so that Excel reads it) in pieces. */
export async function* csvSheet(
  batches: AsyncIterable<readonly Transaction[]>,
): AsyncGenerator<string> {
  yield byteOrderMark + csvLines([[...sheetHeader]]);
  for await (const batch of batches) yield csvLines(batch.map((row) => cellsOf(row).map(cellText)));
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  return 'text' in cell ? cell.text : amountText(cell.amountCents);
}
