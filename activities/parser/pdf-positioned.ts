/** Reads the rows of a page from positioned text alone, for statements without drawn borders. */
import { isNoise } from '../../domain/statements/noise.ts';
import { columnOf, type ColumnPlaces } from './pdf-columns.ts';
import { startsRow, type VisualLine } from './pdf-lines.ts';

export interface PageRow {
  /** Cell texts in the order of the header; wrapped lines joined by one space. */
  cells: string[];
}

export interface PageRows {
  /** Cells at the top of the page that go on with the last row of the page before. */
  continued: string[] | undefined;
  rows: PageRow[];
}

/** A larger step down than this many line heights leaves the row (a footer follows). */
const rowEndsAfter = 2.2;
const lineHeightShare = 1.22;

export interface PageText {
  lines: readonly VisualLine[];
  places: ColumnPlaces;
  columnCount: number;
  /** The receipt's column. */
  receiptColumn: number;
}

/** Reads the rows of one page; `lines` are those below the header. */
export function readPositionedRows(page: PageText): PageRows {
  const rows: PageRow[] = [];
  let continued: string[] | undefined;
  let open: string[] | undefined;
  let lastY = page.lines[0]?.y ?? 0;
  for (const [index, line] of page.lines.entries()) {
    const cells = cellsOf(line, page);
    const step = (line.y - lastY) / ((line.runs[0]?.size ?? 8) * lineHeightShare);
    // Right below a row and not at the margin, even a word such as `Withdraw` is wrapped text.
    const isWrapped = open !== undefined && step <= 1.3 && cells[page.receiptColumn] === '';
    if (isNoise(line.text) && !isWrapped) {
      open = undefined;
    } else if (beginsRow(line, cells, page)) {
      rows.push({ cells });
      open = cells;
    } else if (open && step <= rowEndsAfter) {
      append(open, cells);
    } else if (index === 0 && isTail(cells, page)) {
      continued = cells;
      open = cells;
    } else {
      open = undefined;
    }
    lastY = line.y;
  }
  return { continued, rows };
}

/** By its text; or, when the receipt is spoilt, by having a receipt cell and filled cells beside. */
function beginsRow(line: VisualLine, cells: readonly string[], page: PageText): boolean {
  if (startsRow(line)) return true;
  const filled = cells.filter((cell) => cell !== '').length;
  return cells[page.receiptColumn] !== '' && filled >= 4;
}

/** The rest of a row from the page before has neither receipt nor most other cells. */
function isTail(cells: readonly string[], page: PageText): boolean {
  const filled = cells.filter((cell) => cell !== '').length;
  return cells[page.receiptColumn] === '' && filled > 0 && filled <= 4;
}

function cellsOf(line: VisualLine, page: PageText): string[] {
  const cells = Array.from({ length: page.columnCount }, () => '');
  for (const run of line.runs) {
    const column = columnOf(run, page.places);
    if (column === undefined) continue;
    cells[column] = join(cells[column] ?? '', run.text);
  }
  return cells;
}

/** Adds the cells of a following line to a row. */
export function append(row: string[], cells: readonly string[]): void {
  for (const [column, text] of cells.entries()) {
    if (text !== '') row[column] = join(row[column] ?? '', text);
  }
}

function join(before: string, after: string): string {
  return `${before} ${after.trim()}`.trim();
}
