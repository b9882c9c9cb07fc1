/** A list as a file, in pieces, and how many of its rows were read for it. */
import type { FileFormat } from '../../domain/downloads/terms.ts';
import type { Sheet } from './cells.ts';
import { csvSheet } from './csv-sheet.ts';
import { xlsxSheet } from './xlsx-sheet.ts';

export type Pieces = AsyncIterable<string | Uint8Array>;

/** The sheet as CSV or as a workbook; printing is for lists that say how. */
export function sheetFile<Row>(
  sheet: Sheet<Row>,
  format: FileFormat,
  batches: AsyncIterable<readonly Row[]>,
): Pieces {
  switch (format) {
    case 'csv':
      return csvSheet(sheet, batches);
    case 'xlsx':
      return xlsxSheet(sheet, batches);
    case 'pdf':
      throw new Error(`${sheet.name} is not printed`);
  }
}

/** The same batches; `onRows` hears how many rows each brings. */
export async function* counted<Row>(
  batches: AsyncIterable<readonly Row[]>,
  onRows: (count: number) => void,
): AsyncGenerator<readonly Row[]> {
  for await (const batch of batches) {
    onRows(batch.length);
    yield batch;
  }
}
