/** Reads a printed amount by a strict grammar; anything unexpected is refused, never guessed. */
import { cents } from '../money.ts';
import type { Cents } from '../money.ts';
import { accepted, refused } from '../refusal.ts';
import type { Outcome } from '../refusal.ts';
import { tellRow } from './row-phrases.ts';

const currency = String.raw`(?:KES|KSHS?)\.?[ ]?`;
const grouped = String.raw`[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+`;
// A leading zero would let a phone number pass for an amount.
const digits = String.raw`(?<whole>${grouped}|0|[1-9]\d*)(?:\.(?<fraction>\d{1,2}))?`;
const plain = new RegExp(`^(?:${currency})?${digits}$`, 'i');
const minus = new RegExp(`^(?:-(?:${currency})?|${currency}-)${digits}$`, 'i');
const parentheses = new RegExp(String.raw`^(?:${currency})?\(${digits}\)$`, 'i');
const debitCredit = new RegExp(`^(?:${currency})?${digits} ?(?<side>DR|CR)$`, 'i');

/** Up to KES 999,999,999,999.99; wide enough for any account and far from the safe-integer limit. */
const widestDigits = 14;

/**
 * `1,234.50`, `KES 1,234.50`, `Ksh 2 000`, `-500`, `(1,234.50)`, `500 DR` → signed cents, where
 * parentheses and DR mean negative. Undefined for an empty cell and for a lone dash. Refuses other
 * decimal marks, malformed thousands groups, exponents, foreign digits and what exceeds 14 digits of cents.
 */
export function parseAmount(text: string): Outcome<Cents | undefined, 'amount-malformed'> {
  const tidy = text.replace(/[\u00a0\u2009\u202f]/g, ' ').trim();
  if (tidy === '' || tidy === '-' || tidy === '–') return accepted(undefined);
  const positive = plain.exec(tidy);
  if (positive) return fromDigits(positive, 1);
  const negative = minus.exec(tidy) ?? parentheses.exec(tidy);
  if (negative) return fromDigits(negative, -1);
  const sided = debitCredit.exec(tidy);
  if (sided) return fromDigits(sided, sided.groups?.['side']?.toUpperCase() === 'DR' ? -1 : 1);
  return refused('amount-malformed', tellRow('amount-shape'));
}

function fromDigits(match: RegExpExecArray, sign: 1 | -1): Outcome<Cents, 'amount-malformed'> {
  const whole = (match.groups?.['whole'] ?? '').replace(/[ ,]/g, '');
  const fraction = (match.groups?.['fraction'] ?? '').padEnd(2, '0');
  const inCents = whole + fraction;
  if (inCents.length > widestDigits) {
    return refused('amount-malformed', tellRow('amount-huge'));
  }
  let total = 0;
  for (let at = 0; at < inCents.length; at += 1) total = total * 10 + inCents.charCodeAt(at) - 48;
  return accepted(cents(sign * total));
}

/** How far a sum of binary fractions strays from what was added, as a share of its cents. */
const strayShare = 1e-14;
const leastStray = 1e-7;

/**
 * A number of a spreadsheet as its shortest text. Spreadsheets drop the last zero of 12.50, and sums leave a trace far
 * behind the cents (48205.950000000004), which nobody wrote; anything larger is kept and refused.
 */
export function fromSpreadsheetNumber(value: number): string {
  const text = String(value);
  if (/^-?\d+\.\d$/.test(text)) return `${text}0`;
  if (!/^-?\d+\.\d{3,}$/.test(text)) return text;
  const inCents = value * 100;
  const stray = Math.abs(inCents - Math.round(inCents));
  return stray <= Math.max(leastStray, Math.abs(inCents) * strayShare) ? value.toFixed(2) : text;
}
