/** Where the pieces of a page's text stand for somebody who looks at the page the right way up. */
import type { TextItem } from './pdf-document.ts';

/** A piece of text as pdf.js gives it; places are in the page's own units. */
export interface JsTextItem {
  str: string;
  transform: number[];
  width: number;
  fontName: string;
}

export interface Placing {
  /** Pieces taken so far. */
  readonly count: number;
  /** Takes a piece; false for one that leans. */
  add(item: JsTextItem): boolean;
  /** All pieces that run the way most of the text does, on a page turned so that they read. */
  items(): TextItem[];
}

/** Text that leans by more than this share of its length (a watermark) is no part of any line. */
const straight = 0.05;

/**
 * Collects the pieces of one page. `view` turns page units into points on the screen, with y growing
 * downwards; it carries the page's rotation and its unit. Statements printed sideways are read by
 * turning the page, and what runs across the text of the page is left out.
 */
export function createPlacing(view: readonly number[]): Placing {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = view;
  const unit = Math.hypot(a, b);
  /** Pieces by the quarter turns of their writing, clockwise. */
  const byTurn: TextItem[][] = [[], [], [], []];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add({ str, transform, width, fontName }) {
      count += 1;
      const [along = 1, up = 0, skew = 0, rise = 0, left = 0, base = 0] = transform;
      const turn = quarterTurns(a * along + c * up, b * along + d * up);
      if (turn === undefined) return false;
      const [x, y] = turned(a * left + c * base + e, b * left + d * base + f, turn);
      const size = Math.hypot(skew, rise) * unit;
      byTurn[turn]?.push({ text: str, x, right: x + width * unit, y, size, font: fontName });
      return true;
    },
    items: () => byTurn.reduce((most, items) => (weight(items) > weight(most) ? items : most)),
  };
}

/** How often text of this direction is turned by a quarter, clockwise; undefined when it leans. */
function quarterTurns(x: number, y: number): number | undefined {
  const length = Math.hypot(x, y);
  if (Math.abs(y) <= length * straight) return x >= 0 ? 0 : 2;
  if (Math.abs(x) <= length * straight) return y >= 0 ? 1 : 3;
  return undefined;
}

function turned(x: number, y: number, turn: number): [x: number, y: number] {
  switch (turn) {
    case 1:
      return [y, -x];
    case 2:
      return [-x, -y];
    case 3:
      return [-y, x];
    default:
      return [x, y];
  }
}

function weight(items: readonly TextItem[]): number {
  return items.reduce((sum, item) => sum + item.text.length, 0);
}
