import { csvLines } from './csv-lines.ts';
import { byteOrderMark } from '../../domain/spreadsheet.ts';
import type { Language } from '../../domain/tenants/settings.ts';
import { amountText, cellsOf, titlesOf, type Cell, type Sheet } from './cells.ts';

/** CSV text (RFC 4180, UTF-8 with a byte order mark so that Excel reads it) in pieces. */
export async function* csvSheet<Row>(
  sheet: Sheet<Row>,
  language: Language,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield byteOrderMark + csvLines([titlesOf(sheet, language)]);
  for await (const batch of batches)
    yield csvLines(batch.map((row) => cellsOf(sheet, row).map(cellText)));
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  return 'text' in cell ? cell.text : amountText(cell.amountCents);
}
