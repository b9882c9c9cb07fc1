import { distance } from 'fastest-levenshtein';

/**
 * How many keystrokes apart two texts are: insertions, deletions and substitutions, and two
 * neighbours that changed places count once, as slips of the thumb do.
 */
export function typoDistance(left: string, right: string): number {
  const plain = distance(left, right);
  return plain === 2 && isSwap(left, right) ? 1 : plain;
}

function isSwap(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  const at = [...left].findIndex((character, index) => character !== right[index]);
  const swapped = left.slice(0, at) + (left[at + 1] ?? '') + (left[at] ?? '') + left.slice(at + 2);
  return swapped === right;
}
