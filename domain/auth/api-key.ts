/**
 * The text of an API key: `dft_live_<8 id>_<43 secret>_<6 check>`. The check tells a mistyped or cut
 * key from a wrong one without asking the database, and lets scanners recognise leaked keys.
 */
export type KeyEnvironment = 'live' | 'test';

export interface KeyText {
  environment: KeyEnvironment;
  lookup: string;
  secret: string;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const pattern = /^dft_(live|test)_([0-9A-Za-z]{8})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** Writes a key; 62 to the power of 43 secrets are 256 bits. */
export function renderApiKey({ environment, lookup, secret }: KeyText): string {
  const head = `dft_${environment}_${lookup}_${secret}`;
  return `${head}_${checkOf(head)}`;
}

/** The parts of a key; undefined when its form or its check is wrong. */
export function parseApiKey(text: string): KeyText | undefined {
  const [, environment, lookup, secret, check] = pattern.exec(text) ?? [];
  if (environment !== 'live' && environment !== 'test') return undefined;
  if (lookup === undefined || secret === undefined) return undefined;
  return checkOf(text.slice(0, -7)) === check ? { environment, lookup, secret } : undefined;
}

/** Base 62 of numbers below 62, as random bytes give them. */
export function base62(digits: readonly number[]): string {
  return digits.map((digit) => alphabet.charAt(digit % 62)).join('');
}

/** CRC-32 (the one of zip files) in six digits of base 62. */
function checkOf(text: string): string {
  let crc = 0xffffffff;
  for (const character of text) {
    crc ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  const digits: number[] = [];
  for (let place = 0; place < 6; place += 1) {
    digits.unshift(rest % 62);
    rest = Math.floor(rest / 62);
  }
  return base62(digits);
}
