/** A list as a file, in pieces, and how many of its rows were read for it. */
import type { FileFormat } from '../../domain/downloads/terms.ts';
import type { Language, TenantSettings } from '../../domain/tenants/settings.ts';
import type { Sheet } from './cells.ts';
import { csvSheet } from './csv-sheet.ts';
import { xlsxSheet } from './xlsx-sheet.ts';

export type Pieces = AsyncIterable<string | Uint8Array>;

/** As what a list is written, and in which language its columns are named. */
export interface FileManner {
  format: FileFormat;
  headings: Language;
}

/**
 * The language of the names of columns. A person reads them in that of the business; a program, which
 * asks by a key, finds its columns by English names that stay.
 */
export function headingsFor(
  actor: string,
  { language }: Pick<TenantSettings, 'language'>,
): Language {
  return actor.startsWith('user:') ? language : 'en';
}

/** The sheet as CSV or as a workbook; printing is for lists that say how. */
export function sheetFile<Row>(
  sheet: Sheet<Row>,
  { format, headings }: FileManner,
  batches: AsyncIterable<readonly Row[]>,
): Pieces {
  switch (format) {
    case 'csv':
      return csvSheet(sheet, headings, batches);
    case 'xlsx':
      return xlsxSheet(sheet, headings, batches);
    case 'pdf':
      throw new Error(`${sheet.name.en} is not printed`);
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
