import { csvLines } from './csv-lines.ts';
import { byteOrderMark } from '../../domain/spreadsheet.ts';
import { amountText, type Cell, type Sheet } from './cells.ts';

/** CSV text (RFC 4180, UTF-8 with a byte order mark so that Excel reads it) in pieces. */
export async function* csvSheet<Row>(
  sheet: Sheet<Row>,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield byteOrderMark + csvLines([sheet.columns.map(([title]) => title)]);
  for await (const batch of batches)
    yield csvLines(batch.map((row) => sheet.columns.map(([, cell]) => cellText(cell(row)))));
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  return 'text' in cell ? cell.text : amountText(cell.amountCents);
}
