/**
 * M-PESA receipt numbers: ten characters, the first a letter, of which the first three encode the
 * day in Nairobi. The rest is opaque.
 */
import { accepted, refused } from '../refusal.ts';
import type { Outcome } from '../refusal.ts';
import { addDays, businessDateOf, daysBetween, epochMsOf, parseBusinessDate } from '../time.ts';
import { startOfBusinessDate } from '../time.ts';
import type { BusinessDate, Instant } from '../time.ts';
import { tellRow } from './row-phrases.ts';

const firstYear = 2006;
const days = '123456789ABCDEFGHIJKLMNOPQRSTUV';
const months = 'ABCDEFGHIJKL';
const years = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** How far from midnight a row may complete and still carry the neighbouring day's receipt. */
const midnightToleranceMs = 6 * 60 * 60 * 1000;

/**
 * Reads a receipt as typed or printed: spaces go and letters become capitals, nothing else is
 * repaired, because O and 0 are both possible in most places and a guess would name other money.
 */
export function parseReceipt(text: string): Outcome<string, 'receipt-malformed'> {
  const compact = text.replace(/\s/gu, '');
  // Tested before the change of case: some foreign letters have a plain capital (ı becomes I).
  if (/^[A-Za-z][A-Za-z0-9]{9}$/.test(compact)) return accepted(compact.toUpperCase());
  return refused('receipt-malformed', whyNoReceipt(compact));
}

/** True for a receipt in its normal form, as `parseReceipt` gives it. */
export function isReceipt(text: string): boolean {
  return /^[A-Z][A-Z0-9]{9}$/.test(text);
}

function whyNoReceipt(compact: string): string {
  if (compact === '') return tellRow('receipt-blank');
  if (/[^A-Za-z0-9]/.test(compact)) {
    return tellRow('receipt-alphabet');
  }
  const { length } = compact;
  if (length !== 10) return tellRow('receipt-length', { length });
  return tellRow('receipt-beginning');
}

/**
 * The Nairobi day a receipt was issued: letter for the year (A is 2006), letter for the month,
 * 1–9 or A–V for the day. Undefined when the first three characters name no day.
 */
export function receiptDay(receipt: string): BusinessDate | undefined {
  const year = years.indexOf(receipt.charAt(0));
  const month = months.indexOf(receipt.charAt(1));
  const day = days.indexOf(receipt.charAt(2));
  if (receipt.length < 3 || year < 0 || month < 0 || day < 0) return undefined;
  const two = (index: number) => String(index + 1).padStart(2, '0');
  return parseBusinessDate(`${firstYear + year}-${two(month)}-${two(day)}`);
}

/** The three characters a receipt issued on `date` begins with; throws outside 2006–2031. */
export function receiptPrefixFor(date: BusinessDate): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map((part) => Number(part));
  const yearLetter = years.charAt(year - firstYear);
  if (yearLetter === '') throw new RangeError(`receipts do not encode the year of ${date}`);
  return `${yearLetter}${months.charAt(month - 1)}${days.charAt(day - 1)}`;
}

export type ReceiptDayMatch = 'same' | 'adjacent' | 'different' | 'undecidable';

/**
 * Compares the day a receipt encodes with the day its row completed. `adjacent` is one day off and
 * within six hours of the midnight between them; a neighbouring day at noon is `different`.
 */
export function compareReceiptDay(receipt: string, completedAt: Instant): ReceiptDayMatch {
  const issued = receiptDay(receipt);
  if (issued === undefined) return 'undecidable';
  const completed = businessDateOf(completedAt);
  if (issued === completed) return 'same';
  const apart = daysBetween(issued, completed);
  if (Math.abs(apart) > 1) return 'different';
  const midnight = startOfBusinessDate(apart === 1 ? completed : addDays(completed, 1));
  const distanceMs = Math.abs(epochMsOf(completedAt) - epochMsOf(midnight));
  return distanceMs <= midnightToleranceMs ? 'adjacent' : 'different';
}
