/** Texts as a printed page can show them: in the letters the standard fonts of PDF have. */

const beyondLatin = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** The text in Windows-1252: accents the fonts lack are dropped, other letters become `?`. */
export function printable(text: string): string {
  const line = text.normalize('NFC').replace(/\s+/g, ' ');
  let shown = '';
  for (const letter of line) shown += isShown(letter) ? letter : plainOf(letter);
  return shown;
}

function isShown(letter: string): boolean {
  return /^[\u0020-\u007e\u00a0-\u00ff]$/.test(letter) || beyondLatin.has(letter);
}

function plainOf(letter: string): string {
  const [base = ''] = letter.normalize('NFKD');
  return isShown(base) ? base : '?';
}

/** As much of a text as is no wider than `width`, by what `widthOf` measures; `…` ends a cut one. */
export function fitted(text: string, width: number, widthOf: (text: string) => number): string {
  const whole = widthOf(text);
  if (whole <= width) return text;
  let length = Math.floor((text.length * width) / whole);
  while (length > 0 && widthOf(`${text.slice(0, length)}…`) > width) length -= 1;
  return `${text.slice(0, length).trimEnd()}…`;
}
