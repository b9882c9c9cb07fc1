/** Reads .xlsx and real .xls workbooks: cells as the text a person would have typed. */
import { read, SSF, type CellObject, type WorkSheet } from '@e965/xlsx';
import { fromSpreadsheetSerial } from '../../domain/statements/times.ts';
import { readMappedTable } from './foreign-csv.ts';
import { needs } from './frames.ts';
import type { ReaderFrame, ReaderRequest } from './frames.ts';
import { readTable, type TableEvent } from './read-table.ts';
import { zipProblem } from './zip-directory.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';

/** Rows beyond the limit that are still opened, so that the limit itself can be reported. */
const spareRows = 100;

/** Reads every sheet that has a table we know; the last frame ends the reading. */
export async function* readWorkbook(
  bytes: Buffer,
  request: ReaderRequest,
): AsyncGenerator<ReaderFrame, void, void> {
  const problem = request.mediaKind === 'xlsx' ? zipProblem(bytes) : undefined;
  if (problem !== undefined) {
    yield needs('malformed-workbook', tellFile('workbook-unopened', { why: problem }));
    return;
  }
  const sheets = openSheets(bytes, request.maxRows + spareRows);
  if (sheets === undefined) {
    yield needs('malformed-workbook', tellFile('workbook-damaged'));
    return;
  }
  const events = sheetEvents(sheets);
  yield* request.mapping
    ? readMappedTable(events, { ...request, mapping: request.mapping })
    : readTable(events, request);
}

function openSheets(bytes: Buffer, sheetRows: number): WorkSheet[] | undefined {
  try {
    const book = read(bytes, {
      type: 'buffer',
      dense: true,
      cellNF: true,
      cellText: false,
      cellHTML: false,
      cellFormula: false,
      sheetRows,
    });
    return book.SheetNames.flatMap((name) => {
      const sheet = Object.hasOwn(book.Sheets, name) ? book.Sheets[name] : undefined;
      return sheet ? [sheet] : [];
    });
  } catch {
    return undefined;
  }
}

async function* sheetEvents(sheets: readonly WorkSheet[]): AsyncGenerator<TableEvent, void, void> {
  for (const [index, sheet] of sheets.entries()) {
    const rows: (CellObject | undefined)[][] = sheet['!data'] ?? [];
    for (const [at, row] of rows.entries()) {
      // Sparse: rows and cells that hold nothing are not there at all.
      if (row === undefined || row.length === 0) continue;
      const cells = Array.from(row, (cell) => cellText(cell));
      // Read rows are let go: a large sheet and its lines would not fit into the cage together.
      rows[at] = [];
      yield { ok: true, records: [{ page: index + 1, line: at + 1, cells }] };
    }
  }
}

/** Text stays text; a date becomes `YYYY-MM-DD HH:MM:SS`; a number its shortest decimal form. */
function cellText(cell: CellObject | undefined): string {
  if (cell?.v === undefined || cell.t === 'e' || cell.t === 'z') return '';
  if (typeof cell.v !== 'number') return String(cell.v);
  if (typeof cell.z === 'string' && SSF.is_date(cell.z)) {
    return fromSpreadsheetSerial(cell.v) ?? String(cell.v);
  }
  // Spreadsheets drop the last zero of 12.50.
  return String(cell.v).replace(/^(-?\d+\.\d)$/, '$10');
}
