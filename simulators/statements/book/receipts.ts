/**
 * M-PESA receipt numbers: three characters for the Nairobi day (year, month, day), seven opaque
 * ones. The rule was measured on real statements; see docs on statement formats.
 */
import { nairobiText } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Random } from '../random.ts';

const dayCharacters = '123456789ABCDEFGHIJKLMNOPQRSTUV';
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const firstYear = 2006;
const perDay = alphabet.length ** 4;
/** Coprime to 36⁴, so that multiplying by it visits every four-character tail once a day. */
const stride = 1_000_003;

/** The three characters every receipt of that Nairobi day starts with; throws before 2006 and after 2031. */
export function receiptPrefix(at: Instant): string {
  const text = nairobiText(at);
  const year = Number(text.slice(0, 4)) - firstYear;
  if (year < 0 || year > 25) throw new RangeError(`receipts of ${text} have no year letter`);
  const month = Number(text.slice(5, 7)) - 1;
  const day = Number(text.slice(8, 10)) - 1;
  return letter(year) + letter(month) + dayCharacters.charAt(day);
}

/** Hands out receipts, each unique within its day; `random` only decorates the opaque part. */
export function createReceiptSeries(random: Random): (at: Instant) => string {
  const days = new Map<string, { issued: number; offset: number }>();
  return (at) => {
    const prefix = receiptPrefix(at);
    const day = days.get(prefix) ?? { issued: 0, offset: random.int(0, perDay - 1) };
    days.set(prefix, day);
    day.issued += 1;
    const tail = (day.issued * stride + day.offset) % perDay;
    const decoration = alphabet.charAt(random.int(0, 35)) + alphabet.charAt(random.int(0, 35));
    return prefix + decoration + base36(tail) + alphabet.charAt(random.int(0, 35));
  };
}

function letter(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

function base36(value: number): string {
  return value.toString(36).toUpperCase().padStart(4, '0');
}
