/** Workbooks with one sheet of text cells. */
import { utils, write } from '@e965/xlsx';

/** Writes records as `.xlsx` or as real BIFF8 `.xls`; the bytes depend on the records alone. */
export function workbookBytes(
  records: readonly (readonly string[])[],
  kind: { extension: 'xlsx' | 'xls'; sheetName: string },
): Uint8Array {
  const book = utils.book_new();
  const sheet = utils.aoa_to_sheet(records.map((cells) => [...cells]));
  utils.book_append_sheet(book, sheet, kind.sheetName);
  const bookType = kind.extension === 'xls' ? 'biff8' : 'xlsx';
  const bytes: unknown = write(book, { type: 'buffer', bookType, compression: true });
  if (!(bytes instanceof Uint8Array)) throw new Error('the workbook was not written as bytes');
  return new Uint8Array(bytes);
}
