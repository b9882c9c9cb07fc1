/** Finds the column headings of a statement on a page and learns where its columns lie. */
import { recogniseHeader, type ColumnField } from '../../domain/statements/columns.ts';
import type { RecognisedHeader } from '../../domain/statements/columns.ts';
import type { Outcome } from '../../domain/refusal.ts';
import type { TextItem } from './pdf-document.ts';
import { startsRow, type VisualLine } from './pdf-lines.ts';

export interface PrintedHeader {
  recognised: Outcome<RecognisedHeader, 'columns'>;
  cells: readonly HeaderCell[];
  /** Index of its first line on the page, and of the line after its last. */
  from: number;
  to: number;
}

export interface HeaderCell {
  text: string;
  x: number;
  right: number;
}

export interface ColumnPlaces {
  /** Left edges of the text columns, by column number; amounts are found by their right edge. */
  textEdges: readonly { column: number; x: number }[];
  amounts: readonly { column: number; x: number }[];
}

const amountFields = new Set<ColumnField>(['paidIn', 'withdrawn', 'balance', 'amount']);
const tallestHeader = 3;

/** The header of the detail table: one to three lines whose words, read downwards, are columns. */
export function findHeader(lines: readonly VisualLine[]): PrintedHeader | undefined {
  let refusedHeader: PrintedHeader | undefined;
  for (let from = 0; from < lines.length; from += 1) {
    for (let height = 1; height <= tallestHeader && from + height <= lines.length; height += 1) {
      const cells = stackedCells(lines.slice(from, from + height));
      const recognised = recogniseHeader(cells.map((cell) => cell.text));
      if (recognised === undefined) continue;
      const header = { recognised, cells, from, to: from + height };
      if (recognised.ok) return withTails(header, lines);
      refusedHeader ??= header;
    }
  }
  return refusedHeader;
}

/** Takes lines into the header that only finish its words, such as the `n` of `Withdraw n`. */
function withTails(header: PrintedHeader, lines: readonly VisualLine[]): PrintedHeader {
  const next = lines[header.to];
  const last = lines[header.to - 1];
  if (!next || !last || header.to - header.from >= tallestHeader) return header;
  const size = next.runs[0]?.size ?? 0;
  if (startsRow(next) || next.y - last.y > size * 1.6) return header;
  const cells = stackedCells(lines.slice(header.from, header.to + 1));
  const recognised = recogniseHeader(cells.map((cell) => cell.text));
  return recognised?.ok ? { ...header, recognised, cells, to: header.to + 1 } : header;
}

/** Words of several lines that lie above each other form one heading; those beside each other never. */
function stackedCells(lines: readonly VisualLine[]): HeaderCell[] {
  const cells: HeaderCell[] = [];
  for (const { runs } of lines) {
    const above = [...cells];
    for (const run of runs) {
      const cell = mostCovered(above, run);
      if (cell === undefined) {
        cells.push({ text: run.text, x: run.x, right: run.right });
      } else {
        cell.text += ` ${run.text}`;
        cell.x = Math.min(cell.x, run.x);
        cell.right = Math.max(cell.right, run.right);
      }
    }
  }
  return cells.sort((one, other) => one.x - other.x);
}

/** The cell that lies over most of a run; undefined when none does. */
function mostCovered(cells: readonly HeaderCell[], run: TextItem): HeaderCell | undefined {
  const covered = (cell: HeaderCell): number =>
    Math.min(cell.right, run.right) - Math.max(cell.x, run.x);
  return cells
    .filter((cell) => covered(cell) > 0)
    .sort((one, other) => covered(other) - covered(one))[0];
}

/** Learns the columns' places from the headings and from the rows printed below them. */
export function learnPlaces(
  header: RecognisedHeader,
  cells: readonly HeaderCell[],
  lines: readonly VisualLine[],
): ColumnPlaces {
  const amountColumns = new Set<number>();
  for (const [field, column] of header.columns) {
    if (amountFields.has(field)) amountColumns.add(column);
  }
  const starts = commonStarts(lines.filter(startsRow).flatMap((line) => line.runs));
  const textEdges: { column: number; x: number }[] = [];
  const amounts: { column: number; x: number }[] = [];
  for (const [column, cell] of cells.entries()) {
    if (amountColumns.has(column)) amounts.push({ column, x: cell.x });
    else textEdges.push({ column, x: leftEdge(cell, cells[column - 1]?.right ?? 0, starts) });
  }
  return { textEdges, amounts };
}

/** Left edges that many rows share, with how often. */
function commonStarts(runs: readonly TextItem[]): number[] {
  const tally = new Map<number, number>();
  for (const run of runs) {
    const x = Math.round(run.x * 2) / 2;
    tally.set(x, (tally.get(x) ?? 0) + 1);
  }
  const most = Math.max(0, ...tally.values());
  return [...tally].filter(([, count]) => count * 3 >= most).map(([x]) => x);
}

/** The shared left edge nearest to the heading, between the heading before it and its own end. */
function leftEdge(cell: HeaderCell, after: number, starts: readonly number[]): number {
  const possible = starts.filter((x) => x >= after - 1 && x < cell.right);
  const distance = (x: number): number => Math.abs(x - cell.x);
  return possible.sort((one, other) => distance(one) - distance(other))[0] ?? cell.x;
}

/**
 * The column a run belongs to. Figures are aligned to the right while headings are not, so an
 * amount belongs to the last amount heading that begins before the figure ends, unless a text column
 * further right begins before it.
 */
export function columnOf(run: TextItem, places: ColumnPlaces): number | undefined {
  const amount = places.amounts.findLast((place) => place.x < run.right - 1)?.column;
  const text = places.textEdges.findLast((edge) => edge.x <= run.x + 2)?.column;
  if (amount === undefined || text === undefined) return amount ?? text;
  return Math.max(amount, text);
}
