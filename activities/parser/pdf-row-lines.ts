/**
 * Which lines above a receipt belong to it. Most statements print the first line of every cell beside
 * the receipt; some programs stand each cell in the middle of its row, so that wrapped details begin
 * above it, or at the bottom. One rule finds such lines by the gaps between rows, the others by where
 * the receipt stands in its row.
 */
import { isNoise } from '../../domain/statements/noise.ts';
import { startsRow, type VisualLine } from './pdf-lines.ts';

/** A larger step down than this many line heights leaves the row (a footer follows). */
export const rowEndsAfter = 2.2;
const lineHeightShare = 1.22;
/** A row is closer to its own lines than to those of another by at least this factor. */
const clearlyWider = 1.3;
/** Baselines of one line in several sizes differ by less than this share of the size. */
const sameBaseline = 0.25;

/** From a baseline down to a line, in heights of a line. */
export function stepBetween(fromY: number, line: VisualLine): number {
  return (line.y - fromY) / (sizeOf(line) * lineHeightShare);
}

function sizeOf(line: VisualLine): number {
  return line.runs[0]?.size ?? 8;
}

/**
 * By the gaps: between two receipts the widest one parts the rows; where rows begin at the top, that
 * gap is the one above the next receipt.
 */
export function linesAboveByGaps(lines: readonly VisualLine[]): ReadonlySet<number> {
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

export interface RowStarts {
  lines: readonly VisualLine[];
  /** The lines that hold a receipt, in order. */
  starts: readonly number[];
  /** The baseline of a line's receipt and of its details, in points; undefined where it has none. */
  receiptY: (at: number) => number | undefined;
  detailsY: (at: number) => number | undefined;
  /** True for a line that begins at the margin, as text below the table does. */
  isAtMargin: (at: number) => boolean;
}

/**
 * By the middle: a row reaches as far below its receipt as above it, so the first line of a row tells
 * its last, and the line after that is the first of the next row. Undefined when any row lacks its
 * last line or when lines are left over that no row broken by the page explains: then the rows do not
 * stand in the middle.
 */
export function linesAboveByMiddle(page: RowStarts): ReadonlySet<number> | undefined {
  const [firstStart] = page.starts;
  if (firstStart === undefined) return undefined;
  const top = topOfTable(page.lines, firstStart);
  for (const isBroken of [false, true]) {
    for (const drop of possibleDrops(page)) {
      for (let first = top; first <= firstStart; first += 1) {
        const above = mirrored(page, first, { drop, isBroken });
        if (above) return above;
      }
    }
  }
  return undefined;
}

/** By the bottom: all lines after a receipt belong to the next one; undefined when lines are left. */
export function linesAboveByBottom(page: RowStarts): ReadonlySet<number> | undefined {
  const { lines, starts } = page;
  const [firstStart] = starts;
  if (firstStart === undefined || isLeftOver(page, (starts.at(-1) ?? 0) + 1)) return undefined;
  const first = topOfTable(lines, firstStart);
  const above = new Set<number>();
  for (let at = first; at < (starts.at(-1) ?? 0); at += 1) if (!starts.includes(at)) above.add(at);
  return above;
}

const dropsTried = 6;

/**
 * How far details of one line may stand below their receipt, in points: some programs set them with
 * another leading, and then do so on the whole page.
 */
function possibleDrops({ starts, receiptY, detailsY }: RowStarts): number[] {
  const tally = new Map<number, number>([[0, starts.length]]);
  for (const start of starts) {
    const [receipt, details] = [receiptY(start), detailsY(start)];
    if (receipt === undefined || details === undefined) continue;
    const drop = Math.round((details - receipt) * 4) / 4;
    tally.set(drop, (tally.get(drop) ?? 0) + 1);
  }
  const drops = [...tally].sort((one, other) => other[1] - one[1]).map(([drop]) => drop);
  return drops.slice(0, dropsTried);
}

/** The highest line above the first receipt that may belong to it. */
function topOfTable(lines: readonly VisualLine[], firstStart: number): number {
  let top = firstStart;
  for (let at = firstStart - 1; at >= 0; at -= 1) {
    const [line, below] = [lines[at], lines[at + 1]];
    if (!line || !below || stepBetween(line.y, below) > rowEndsAfter || isNoise(line.text)) break;
    top = at;
  }
  return top;
}

interface Fit {
  drop: number;
  /** The last row goes on over the page, and then does not stand in the middle of what is here. */
  isBroken: boolean;
}

function mirrored(page: RowStarts, top: number, fit: Fit): ReadonlySet<number> | undefined {
  const { lines, starts } = page;
  const above = new Set<number>();
  let first = top;
  for (const [place, start] of starts.entries()) {
    const end = starts[place + 1] ?? lines.length;
    const last = first > start ? undefined : mirrorOf(page, { first, start, end, drop: fit.drop });
    if (last === undefined) return undefined;
    for (let at = first; at < start; at += 1) above.add(at);
    first = last + 1;
  }
  const isWhole = !isLeftOver(page, first) || (fit.isBroken && reachesEnd(page, first));
  return isWhole ? above : undefined;
}

/** The line as far below the receipt as `first` is above it, among those from `start` to `end`. */
function mirrorOf(
  page: RowStarts,
  { first, start, end, drop }: { first: number; start: number; end: number; drop: number },
): number | undefined {
  const middle = page.receiptY(start) ?? page.lines[start]?.y ?? 0;
  const textY = (at: number): number => {
    const details = page.detailsY(at);
    if (details !== undefined) return details - drop;
    return at === start ? middle : (page.lines[at]?.y ?? middle);
  };
  const y = 2 * middle - textY(first);
  for (let at = start; at < end; at += 1) {
    const line = page.lines[at];
    if (line && Math.abs(textY(at) - y) <= sizeOf(line) * sameBaseline) return at;
  }
  return undefined;
}

/** True when the line after the last row is too near, and too far from the margin, to be a footer. */
function isLeftOver({ lines, isAtMargin }: RowStarts, at: number): boolean {
  const [before, line] = [lines[at - 1], lines[at]];
  if (!before || !line || isNoise(line.text) || isAtMargin(at)) return false;
  return stepBetween(before.y, line) <= rowEndsAfter;
}

/** True when lines follow each other from here to the end of the table on this page. */
function reachesEnd({ lines, isAtMargin }: RowStarts, from: number): boolean {
  for (let at = from; at < lines.length; at += 1) {
    const [before, line] = [lines[at - 1], lines[at]];
    if (!before || !line || isNoise(line.text)) return true;
    if (stepBetween(before.y, line) > rowEndsAfter) return true;
    if (isAtMargin(at)) return false;
  }
  return true;
}
