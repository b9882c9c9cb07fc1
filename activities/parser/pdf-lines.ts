/** Puts positioned text back into the lines a reader sees. */
import { isHeading } from '../../domain/statements/columns.ts';
import type { TextItem } from './pdf-document.ts';

export interface VisualLine {
  /** Baseline of the line, in points from the top of the page. */
  y: number;
  /** Left to right; pieces that touch are joined, so a run is at least a word. */
  runs: TextItem[];
  /** All runs with one space between them. */
  text: string;
}

/** Baselines closer than this belong to one line. */
const sameLinePoints = 2.5;
/** A gap narrower than this share of the type size is no gap between columns. */
const touchingShare = 0.3;

/** Groups the items of a page into lines, top to bottom. */
export function visualLines(items: readonly TextItem[]): VisualLine[] {
  const sorted = [...items].sort((one, other) => one.y - other.y || one.x - other.x);
  const lines: TextItem[][] = [];
  for (const item of sorted) {
    const line = lines.at(-1);
    const first = line?.[0];
    if (line && first && item.y - first.y <= sameLinePoints) line.push(item);
    else lines.push([item]);
  }
  return lines.map((line) => {
    const runs = joinTouching(line.sort((one, other) => one.x - other.x));
    const text = runs.map((run) => run.text).join(' ');
    return { y: line[0]?.y ?? 0, runs, text: text.replace(/\s+/g, ' ').trim() };
  });
}

function joinTouching(items: readonly TextItem[]): TextItem[] {
  const runs: TextItem[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last && isTouching(last, item)) {
      const gap = item.x - last.right > item.size * 0.1 ? ' ' : '';
      runs[runs.length - 1] = { ...last, text: last.text + gap + item.text, right: item.right };
    } else {
      runs.push(item);
    }
  }
  return runs;
}

/** Headings wider than their columns run into each other and stay two all the same. */
function isTouching(last: TextItem, next: TextItem): boolean {
  if (next.x - last.right >= next.size * touchingShare) return false;
  return !(isHeading(last.text) && isHeading(next.text));
}

/** A line that begins with something like a receipt and then a date: one row of the table. */
const rowStart = /^[A-Za-z0-9]{6,14}\s*(?:\d{4}-\d{2}-\d{2}|\d{1,2}[-/]\d{1,2}[-/]\d{4})/;

/** True for a line that begins a row, by its text alone; counts rows independently of any table. */
export function startsRow(line: VisualLine): boolean {
  return rowStart.test(line.text);
}
