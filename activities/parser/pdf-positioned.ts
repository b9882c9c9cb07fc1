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
const wholeFigure = /\.\d{2}$/;

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
  const led = linesAbove(page.lines);
  let ahead: string[] = [];
  for (const [index, line] of page.lines.entries()) {
    const cells = cellsOf(line, page);
    const step = stepBetween(lastY, line);
    // Right below a row and not at the margin, even a word such as `Withdraw` is wrapped text.
    const isWrapped = open !== undefined && step <= 1.3 && cells[page.receiptColumn] === '';
    if (led.has(index)) {
      append(ahead, cells);
      open = undefined;
    } else if (isNoise(line.text) && !isWrapped) {
      open = undefined;
    } else if (beginsRow(line, cells, page)) {
      open = cells.map((cell, column) => join(ahead[column] ?? '', cell));
      rows.push({ cells: open });
      ahead = [];
    } else if (open && step <= rowEndsAfter && !printsFigureTwice(open, cells, page)) {
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

/** A row is closer to its own lines than to those of another by at least this factor. */
const clearlyWider = 1.3;

/**
 * Lines that belong to the row that begins below them: some tables stand each cell in the middle of
 * its row, so that wrapped details begin above the receipt. Between two receipts the widest gap then
 * parts the rows; where rows begin at the top, that gap is the one above the next receipt.
 */
function linesAbove(lines: readonly VisualLine[]): ReadonlySet<number> {
  const above = new Set<number>();
  const starts = lines.flatMap((line, at) => (startsRow(line) ? [at] : []));
  for (const [place, start] of starts.entries()) {
    const before = starts[place - 1];
    if (before === undefined) continue;
    for (let at = firstBelowWidestGap(lines, before, start); at < start; at += 1) above.add(at);
  }
  return above.size === 0 ? above : withFirst(lines, above, starts[0] ?? 0);
}

/** The line after the widest gap between two rows' receipts; `start` when that gap is the last one. */
function firstBelowWidestGap(lines: readonly VisualLine[], before: number, start: number): number {
  const gapAbove = (at: number): number => (lines[at]?.y ?? 0) - (lines[at - 1]?.y ?? 0);
  let widest = start;
  for (let at = start - 1; at > before; at -= 1) {
    const isWider = gapAbove(at) > gapAbove(widest) * (widest === start ? clearlyWider : 1);
    if (isWider) widest = at;
  }
  return widest;
}

/** The first row of a page has no row before it: what touches its receipt from above is its own. */
function withFirst(
  lines: readonly VisualLine[],
  above: Set<number>,
  first: number,
): ReadonlySet<number> {
  for (let at = first - 1; at >= 0; at -= 1) {
    const [line, below] = [lines[at], lines[at + 1]];
    if (!line || !below || stepBetween(line.y, below) > clearlyWider || isNoise(line.text)) break;
    above.add(at);
  }
  return above;
}

/** From a baseline down to a line, in heights of a line. */
function stepBetween(fromY: number, line: VisualLine): number {
  return (line.y - fromY) / ((line.runs[0]?.size ?? 8) * lineHeightShare);
}

/** By its text; or, when the receipt is spoilt, by having a receipt cell and filled cells beside. */
function beginsRow(line: VisualLine, cells: readonly string[], page: PageText): boolean {
  if (startsRow(line)) return true;
  const filled = cells.filter((cell) => cell !== '').length;
  return cells[page.receiptColumn] !== '' && filled >= 4;
}

/** A figure is never printed in two lines: what stands below a whole one is a footer's. */
function printsFigureTwice(
  open: readonly string[],
  cells: readonly string[],
  { places }: PageText,
): boolean {
  return places.amounts.some(
    ({ column }) => cells[column] !== '' && wholeFigure.test(open[column] ?? ''),
  );
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
