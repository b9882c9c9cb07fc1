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

/** How the digits of a card are put into groups, besides not at all. */
const groupings = new Set([
  ...['4-4-4-1', '4-4-4-2', '4-4-4-3', '4-4-4-4', '4-6-4', '4-6-5', '8-8'],
  ...['4-4-4-4-1', '4-4-4-4-2', '4-4-4-4-3'],
]);
const groupsMax = 5;

/**
 * Digits and what may stand between their groups. What hangs on an id in hexadecimal, a decimal, a
 * phone number or a mask is none: those end by chance in a right check digit, one in ten. A run is
 * bounded, so that no text takes more time than its length.
 */
const digitRun =
  /(?<![\d_+*])(?<!\d[a-f]{1,8})(?<![\da-f]{8}-)(?<!\d\.)\d(?:[ -]?\d){12,60}(?![\w*]|\.\d)/g;

/** Whether a text holds the number of a card, with or without blanks or dashes in it. */
export function hasCardNumber(text: string): boolean {
  return maskCardNumbers(text).found > 0;
}

/**
 * Replaces the numbers of cards by their first six and last four digits around stars; `found` counts
 * them. Everything else stays as it is, and so does a text without any.
 */
export function maskCardNumbers(text: string): { text: string; found: number } {
  if (text.length < 13) return { text, found: 0 };
  let found = 0;
  const masked = text.replaceAll(digitRun, (run) => {
    const inRun = maskRun(run);
    found += inRun.found;
    return inRun.text;
  });
  return { text: found === 0 ? text : masked, found };
}

/** A card may begin and end at any group of the run, so that a date before it does not hide it. */
function maskRun(run: string): { text: string; found: number } {
  const parts = run.split(/([ -])/);
  const kept: string[] = [];
  let found = 0;
  for (let at = 0; at < parts.length;) {
    const length = cardAt(parts, at);
    if (length === 0) {
      kept.push(parts[at] ?? '', parts[at + 1] ?? '');
      at += 2;
      continue;
    }
    const digits = digitsOf(parts.slice(at, at + length));
    const stars = '*'.repeat(digits.length - 10);
    kept.push(`${digits.slice(0, 6)}${stars}${digits.slice(-4)}`, parts[at + length] ?? '');
    found += 1;
    at += length + 1;
  }
  return { text: kept.join(''), found };
}

/** How many parts, groups and what is between them, are a card that begins here; 0 for none. */
function cardAt(parts: readonly string[], at: number): number {
  for (let groups = groupsMax; groups > 0; groups -= 1) {
    const length = 2 * groups - 1;
    const own = parts.slice(at, at + length);
    if (own.length < length) continue;
    const sizes = own.filter((_part, index) => index % 2 === 0).map((group) => group.length);
    if (groups > 1 && !groupings.has(sizes.join('-'))) continue;
    if (isCardNumber(digitsOf(own))) return length;
  }
  return 0;
}

function digitsOf(parts: readonly string[]): string {
  return parts.filter((_part, index) => index % 2 === 0).join('');
}

function isCardNumber(digits: string): boolean {
  return (
    issuers.some(({ starts, lengths }) => lengths.includes(digits.length) && starts.test(digits)) &&
    hasCheckDigit(digits)
  );
}

/** Whether the last of these digits fits the others, by the formula of Luhn (ISO/IEC 7812-1 annex B). */
function hasCheckDigit(digits: string): boolean {
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
