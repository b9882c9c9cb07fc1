/**
 * Numbers of payment cards, which are never kept. A run of digits counts as one when an issuer gives
 * out numbers that begin and are as long like this, and its check digit is right.
 */

/** ISO/IEC 7812 ranges: beginnings, and the lengths they come in. */
const issuers: readonly { starts: RegExp; lengths: readonly number[] }[] = [
  { starts: /^4/, lengths: [13, 16, 19] },
  { starts: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { starts: /^3[47]/, lengths: [15] },
  { starts: /^3(?:0[0-5]|[68])/, lengths: [14] },
  { starts: /^6(?:011|4[4-9]|5)/, lengths: [16, 19] },
  { starts: /^35(?:2[89]|[3-8])/, lengths: [16, 19] },
  { starts: /^62/, lengths: [16, 17, 18, 19] },
];

/** Digits that stand alone, in groups or in one; not a part of a longer number, word or id. */
const digitRun = /(?<![\w+*.-])\d(?:[ -]?\d){12,18}(?![\w*-]|\.\d)/g;

/** Whether a text holds the number of a card, with or without blanks or dashes in it. */
export function hasCardNumber(text: string): boolean {
  return [...text.matchAll(digitRun)].some(([run]) => isCardNumber(run.replaceAll(/\D/g, '')));
}

function isCardNumber(digits: string): boolean {
  return (
    issuers.some(({ starts, lengths }) => lengths.includes(digits.length) && starts.test(digits)) &&
    hasCheckDigit(digits)
  );
}

/** Whether the last of these digits fits the others, by the formula of Luhn (ISO/IEC 7812-1 annex B). */
export function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, isDoubled = false; at >= 0; at -= 1, isDoubled = !isDoubled) {
    const digit = digits.charCodeAt(at) - 48;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += isDoubled ? doubled : digit;
  }
  return sum % 10 === 0;
}

/** Where in a value as JSON holds it the first such number stands, as a pointer of RFC 6901. */
export function pointerToCard(value: unknown): string | undefined {
  if (typeof value === 'string') return hasCardNumber(value) ? '' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const within = pointerToCard(item);
    const step = key.replaceAll('~', '~0').replaceAll('/', '~1');
    if (within !== undefined) return `/${step}${within}`;
  }
  return undefined;
}
