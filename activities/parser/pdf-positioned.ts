/** Reads the rows of a page from positioned text alone, for statements without drawn borders. */
import { isNoise } from '../../domain/statements/noise.ts';
import { columnOf, type ColumnPlaces } from './pdf-columns.ts';
import type { TextItem } from './pdf-document.ts';
import { startsRow, type VisualLine } from './pdf-lines.ts';
import {
  linesAboveByBottom,
  linesAboveByGaps,
  linesAboveByMiddle,
  rowEndsAfter,
  stepBetween,
  type RowStarts,
} from './pdf-row-lines.ts';

export interface PageRow {
  /** Cell texts in the order of the header; wrapped lines joined by one space. */
  cells: string[];
}

export interface PageRows {
  /** Cells at the top of the page that go on with the last row of the page before. */
  continued: string[] | undefined;
  rows: PageRow[];
}

const wholeFigure = /\.\d{2}$/;

export interface PageText {
  lines: readonly VisualLine[];
  places: ColumnPlaces;
  columnCount: number;
  receiptColumn: number;
  detailsColumn: number;
  /** The lines stand right below the column headings, so that no row of a page before goes on here. */
  isBelowHeader: boolean;
  /** True for details that begin as statements word them. */
  isKnownWording: (details: string) => boolean;
}

/** The page's lines with their cells, cut once for all ways of telling rows apart. */
interface CutPage extends PageText {
  cells: readonly string[][];
}

/** Reads the rows of one page; `lines` are those below the header. */
export function readPositionedRows(text: PageText): PageRows {
  const page = { ...text, cells: text.lines.map((line) => cellsOf(line, text)) };
  const starts = startsOf(page);
  const byGaps = linesAboveByGaps(page.lines);
  const places = rowStarts(page, starts);
  let best = { above: byGaps, read: rowsOf(page, byGaps) };
  for (const above of [linesAboveByMiddle(places), linesAboveByBottom(places)]) {
    if (!above || isSame(best.above, above)) continue;
    const read = rowsOf(page, above);
    const gain = knownWordings(page, read) - knownWordings(page, best.read);
    const isBetter = gain > 0 || (gain === 0 && beginsAbove(page, starts, above));
    // Between two places of the receipt nothing but the words can decide.
    if (isBetter && (gain > 0 || best.above === byGaps)) best = { above, read };
  }
  return best.read;
}

function rowStarts(page: CutPage, starts: readonly number[]): RowStarts {
  const yIn = (at: number, column: number): number | undefined => {
    const isInColumn = (run: TextItem): boolean => columnOf(run, page.places) === column;
    return page.lines[at]?.runs.find(isInColumn)?.y;
  };
  return {
    ...{ lines: page.lines, starts },
    receiptY: (at) => yIn(at, page.receiptColumn),
    detailsY: (at) => yIn(at, page.detailsColumn),
    isAtMargin: (at) => page.cells[at]?.[page.receiptColumn] !== '',
  };
}

function startsOf(page: CutPage): number[] {
  return page.lines.flatMap((line, at) =>
    beginsRow(line, page.cells[at] ?? [], page) ? [at] : [],
  );
}

function isSame(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  return one.size === other.size && [...one].every((at) => other.has(at));
}

/** Details given to the wrong row begin in the middle of a sentence. */
function knownWordings({ detailsColumn, isKnownWording }: CutPage, { rows }: PageRows): number {
  return rows.filter(({ cells }) => isKnownWording(cells[detailsColumn] ?? '')).length;
}

/** Some details cannot have begun beside their receipt: none stand there, or no row is above them. */
function beginsAbove(
  page: CutPage,
  starts: readonly number[],
  above: ReadonlySet<number>,
): boolean {
  if (page.isBelowHeader && above.has(0)) return true;
  const hasDetails = (at: number): boolean => (page.cells[at]?.[page.detailsColumn] ?? '') !== '';
  return starts.some(
    (start) => above.has(start - 1) && hasDetails(start - 1) && !hasDetails(start),
  );
}

function rowsOf(page: CutPage, led: ReadonlySet<number>): PageRows {
  const rows: PageRow[] = [];
  let continued: string[] | undefined;
  let open: string[] | undefined;
  let lastY = page.lines[0]?.y ?? 0;
  let ahead: string[] = [];
  for (const [index, line] of page.lines.entries()) {
    const cells = page.cells[index] ?? [];
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
      continued = [...cells];
      open = continued;
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
