/** Payment card numbers must never be stored; statements carry them when people type them in. */
import { hasCheckDigit } from '../card-number.ts';

/** Sixteen digits, bare or in groups, beginning like a card and standing apart from other digits. */
const candidate = /(?<![\d*])[2-6](?:[ -]?\d){15}(?![\d*])/g;

/**
 * Replaces 16-digit card numbers (spaces or hyphens between groups allowed, check digit valid) by
 * their first six and last four digits around stars; `found` counts them. Shorter and longer runs
 * stay, because bank accounts and meter numbers look like that.
 */
export function maskCardNumbers(text: string): { text: string; found: number } {
  if (text.length < 16) return { text, found: 0 };
  let masked = '';
  let kept = 0;
  let found = 0;
  candidate.lastIndex = 0;
  for (let match = candidate.exec(text); match; match = candidate.exec(text)) {
    const digits = match[0].replace(/[ -]/g, '');
    if (hasCheckDigit(digits)) {
      masked += `${text.slice(kept, match.index)}${digits.slice(0, 6)}******${digits.slice(-4)}`;
      kept = candidate.lastIndex;
      found += 1;
    } else {
      // A card may begin in the next group of the same run.
      candidate.lastIndex = match.index + 1;
    }
  }
  return { text: found === 0 ? text : masked + text.slice(kept), found };
}
