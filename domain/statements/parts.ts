/** One row split into parts: what each was for, and its amount. */
import { subtract, sum, type Cents } from '../money.ts';

/** What a split row says in place of its category. */
export const split = 'split';
export const partsMin = 2;
export const partsMax = 20;
/** As many characters as the note of a part may have. */
export const partNoteLengthMax = 200;

/** What of an amount no part has yet; below zero where the parts have more than there is. */
export function remainder(amountCents: Cents, parts: readonly { amountCents: Cents }[]): Cents {
  return subtract(amountCents, sum(parts.map((part) => part.amountCents)));
}
