/** Reads .xlsx and real .xls workbooks: cells as the text a person would have typed. */
import { read, SSF, type CellObject, type WorkBook, type WorkSheet } from '@e965/xlsx';
import { fromSpreadsheetNumber } from '../../domain/statements/amounts.ts';
import { recogniseHeader } from '../../domain/statements/columns.ts';
import { fromSpreadsheetSerial } from '../../domain/statements/times.ts';
import { readMappedTable } from './foreign-csv.ts';
import { needs } from './frames.ts';
import type { ReaderFrame, ReaderRequest } from './frames.ts';
import { maxPreambleRows, readTable, type TableEvent } from './read-table.ts';
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
  const opened = openBook(bytes, request.maxRows + spareRows);
  if (typeof opened === 'string') {
    yield needs('malformed-workbook', opened);
    return;
  }
  const events = sheetEvents(opened);
  yield* request.mapping
    ? readMappedTable(events, { ...request, mapping: request.mapping })
    : readTable(events, request);
}

interface OpenedBook {
  sheets: readonly WorkSheet[];
  /** Added to the day numbers of books that count from 1904, which makes them count from 1900. */
  daysLater: number;
}

/** Days between the two beginnings of time that spreadsheets know. */
const days1904 = 1462;

/** The book, or why it cannot be opened. */
function openBook(bytes: Buffer, sheetRows: number): OpenedBook | string {
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
    const daysLater = book.Workbook?.WBProps?.date1904 === true ? days1904 : 0;
    return { sheets: sheetsToRead(book), daysLater };
  } catch (error) {
    const isLocked = error instanceof Error && /password/i.test(error.message);
    return tellFile(isLocked ? 'workbook-locked' : 'workbook-damaged');
  }
}

/**
 * The sheets a person sees; a hidden one is often a copy of them, and would count every row twice.
 * Only where no other sheet has a table we know, the hidden ones are read as well.
 */
function sheetsToRead(book: WorkBook): WorkSheet[] {
  const all = book.SheetNames.flatMap((name, at) => {
    const sheet = Object.hasOwn(book.Sheets, name) ? book.Sheets[name] : undefined;
    const isHidden = (book.Workbook?.Sheets?.[at]?.Hidden ?? 0) !== 0;
    return sheet ? [{ sheet, isHidden }] : [];
  });
  const visible = all.filter(({ isHidden }) => !isHidden);
  const isHiddenOnly = !visible.some(hasKnownTable) && all.some(hasKnownTable);
  return (isHiddenOnly ? all : visible).map(({ sheet }) => sheet);
}

function hasKnownTable({ sheet }: { sheet: WorkSheet }): boolean {
  return rowsOf(sheet)
    .slice(0, maxPreambleRows)
    .some((row) => row !== undefined && recogniseHeader(cellTexts(row, 0)) !== undefined);
}

/** Sparse: rows and cells that hold nothing are not there at all. */
type SheetRow = (CellObject | undefined)[] | undefined;

function rowsOf(sheet: WorkSheet): SheetRow[] {
  return sheet['!data'] ?? [];
}

async function* sheetEvents({
  sheets,
  daysLater,
}: OpenedBook): AsyncGenerator<TableEvent, void, void> {
  for (const [index, sheet] of sheets.entries()) {
    const rows = rowsOf(sheet);
    for (const [at, row] of rows.entries()) {
      if (row === undefined || row.length === 0) continue;
      const cells = cellTexts(row, daysLater);
      // Read rows are let go: a large sheet and its lines would not fit into the cage together.
      rows[at] = [];
      yield { ok: true, records: [{ page: index + 1, line: at + 1, cells }] };
    }
  }
}

function cellTexts(row: readonly (CellObject | undefined)[], daysLater: number): string[] {
  return Array.from(row, (cell) => cellText(cell, daysLater));
}

/** Text stays text; a date becomes `YYYY-MM-DD HH:MM:SS`; a number its shortest decimal form. */
function cellText(cell: CellObject | undefined, daysLater: number): string {
  if (cell?.v === undefined || cell.t === 'e' || cell.t === 'z') return '';
  if (typeof cell.v !== 'number') return String(cell.v);
  if (typeof cell.z === 'string' && SSF.is_date(cell.z)) {
    return fromSpreadsheetSerial(cell.v + daysLater) ?? String(cell.v);
  }
  return fromSpreadsheetNumber(cell.v);
}
