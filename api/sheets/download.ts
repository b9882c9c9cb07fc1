/** An export as the answer to a request: the file, its media type and its name. */
import type { Streamed } from '../route.ts';
import { streamed } from '../stream-body.ts';
import type { Sheet } from './cells.ts';
import { csvSheet } from './csv-sheet.ts';
import { xlsxSheet } from './xlsx-sheet.ts';

export const sheetFormats = ['csv', 'xlsx'] as const;
export type SheetFormat = (typeof sheetFormats)[number];

const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The media types a route that answers with `download` declares. */
export const sheetMedia = ['text/csv', xlsxType] as const;

/** Streams rows as a sheet; texts that a spreadsheet would run as a formula start with `'`. */
export function download<Row>(
  sheet: Sheet<Row>,
  file: { name: string; format: SheetFormat; batches: () => AsyncIterable<readonly Row[]> },
): { status: 200; body: Streamed; headers: Record<string, string> } {
  const { name, format, batches } = file;
  const body =
    format === 'csv'
      ? streamed('text/csv; charset=utf-8', () => csvSheet(sheet, batches()))
      : streamed(xlsxType, () => xlsxSheet(sheet, batches()));
  const headers = { 'Content-Disposition': `attachment; filename="${name}.${format}"` };
  return { status: 200, body, headers };
}
