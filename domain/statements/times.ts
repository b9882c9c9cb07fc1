/**
 * Printed dates and times. Statements print Nairobi wall-clock time without an offset, so East
 * Africa Time is assumed and the result is an `Instant`.
 */
import { accepted, refused } from '../refusal.ts';
import type { Outcome } from '../refusal.ts';
import { instantFromNairobi, isCalendarDay, parseBusinessDate } from '../time.ts';
import type { BusinessDate, CivilTime, Instant } from '../time.ts';
import { tellRow } from './row-phrases.ts';

export type DateOrder = 'day-first' | 'month-first' | 'year-first';
export type TimeProblem = 'time-malformed' | 'time-impossible' | 'time-out-of-range';

/** The years a statement can be of; outside them a typing error is likelier than a payment. */
const earliestYear = 2000;
const latestYear = 2099;

type CivilDay = Pick<CivilTime, 'year' | 'month' | 'day'>;

const datePattern =
  String.raw`(?<a>\d{1,4})(?<mark>[-/.])(?<b>\d{1,2})\k<mark>(?<c>\d{1,4})` +
  String.raw`|(?<namedDay>\d{1,2})[- /](?<name>[A-Za-z]{3,9})[- /](?<namedYear>\d{4})`;
const clockPattern =
  String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d{1,9})?)?` +
  String.raw`(?: ?(?<half>[AaPp][Mm]))?`;
const timePattern = new RegExp(`^(?:${datePattern})(?: |T)${clockPattern}$`);
const serialPattern = /^\d{5}(?:\.\d{1,12})?$/;

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * Reads a completion time such as `2026-11-14 09:35:41`, `14-11-2026 09:35`, `11/14/2026 9:35 AM`,
 * `14 Nov 2026 09:35:41` or a spreadsheet's serial number. Texts that begin with the year mean the
 * same in every order. Fractions of a second are dropped.
 */
export function parseCompletionTime(
  text: string,
  dateOrder: DateOrder,
): Outcome<Instant, TimeProblem> {
  const civil = fixedWidth(text, dateOrder) ?? readFreely(text, dateOrder);
  if (civil === 'no-year') {
    return refused('time-malformed', tellRow('time-yearless'));
  }
  if (civil === undefined) return refused('time-malformed', tellRow('time-shape'));
  if (civil.year < earliestYear || civil.year > latestYear) {
    return refused('time-out-of-range', tellRow('time-out-of-range', { year: civil.year }));
  }
  const instant = instantFromNairobi(civil);
  if (instant) return accepted(instant);
  return refused('time-impossible', tellRow('time-impossible'));
}

const fixedIso = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const fixedNumeric = /^\d\d([-/])\d\d\1\d{4} \d\d:\d\d:\d\d$/;

/** The two spellings that make up whole files, without the cost of the general grammar. */
function fixedWidth(text: string, order: DateOrder): CivilTime | undefined {
  const isIso = fixedIso.test(text);
  if (!isIso && (order === 'year-first' || !fixedNumeric.test(text))) return undefined;
  const two = (at: number) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
  const yearAt = isIso ? 0 : 6;
  const isMonthFirst = order === 'month-first';
  return {
    year: two(yearAt) * 100 + two(yearAt + 2),
    month: two(isIso ? 5 : isMonthFirst ? 0 : 3),
    day: two(isIso ? 8 : isMonthFirst ? 3 : 0),
    hour: two(11),
    minute: two(14),
    second: two(17),
  };
}

function readFreely(text: string, order: DateOrder): CivilTime | 'no-year' | undefined {
  const tidy = text.replace(/\s+/g, ' ').trim();
  const serial = serialPattern.test(tidy) ? fromSpreadsheetSerial(Number(tidy)) : undefined;
  const groups = timePattern.exec(serial ?? tidy)?.groups;
  if (!groups) return undefined;
  const day = civilDay(groups, order);
  if (!day) return 'no-year';
  const second = Number(groups['second'] ?? 0);
  return { ...day, hour: hourOf(groups), minute: Number(groups['minute']), second };
}

type Groups = Record<string, string | undefined>;

/** Undefined when the digits do not show which part is the year. */
function civilDay(groups: Groups, order: DateOrder): CivilDay | undefined {
  const { a = '', b = '', c = '', name } = groups;
  if (name !== undefined) {
    const month = monthNames.indexOf(name.slice(0, 3).toLowerCase()) + 1;
    return { year: Number(groups['namedYear']), month, day: Number(groups['namedDay']) };
  }
  if (a.length === 4 && c.length <= 2) return { year: Number(a), month: Number(b), day: Number(c) };
  if (c.length !== 4 || a.length > 2 || order === 'year-first') return undefined;
  const year = Number(c);
  if (order === 'month-first') return { year, month: Number(a), day: Number(b) };
  return { year, month: Number(b), day: Number(a) };
}

/** The hour on a 24-hour clock; one that no clock has when a 12-hour clock has no such hour. */
function hourOf(groups: Groups): number {
  const hour = Number(groups['hour']);
  const half = groups['half']?.toLowerCase();
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return 24;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

/**
 * A spreadsheet's day number (1900 system, 25569 is 1970-01-01) as `YYYY-MM-DD HH:MM:SS`, rounded
 * to the second; undefined outside 2000–2099.
 */
export function fromSpreadsheetSerial(serial: number): string | undefined {
  const seconds = Math.round((serial - 25569) * 86400);
  if (!Number.isSafeInteger(seconds)) return undefined;
  if (seconds < Date.UTC(earliestYear, 0, 1) / 1000) return undefined;
  if (seconds >= Date.UTC(latestYear + 1, 0, 1) / 1000) return undefined;
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * A date printed in a heading: `01st 2 2025`, `01 Aug 2026`, `14/08/2026`, `14-08-2026 00:00:00`
 * (day first, as in Kenya) or `2026-08-14`. Undefined when it is none of them.
 */
export function parsePrintedDate(text: string): BusinessDate | undefined {
  const tidy = text.replace(/\s+/g, ' ').trim();
  const withoutClock = tidy.replace(new RegExp(`[ T]${clockPattern}$`), '');
  const ordinal = /^(\d{1,2})(?:st|nd|rd|th)? (\d{1,2}|[A-Za-z]{3,9})\.?,? (\d{4})$/.exec(
    withoutClock,
  );
  if (ordinal) {
    const [, day = '', month = '', year = ''] = ordinal;
    const named = monthNames.indexOf(month.slice(0, 3).toLowerCase()) + 1;
    return dateOf({ year: Number(year), month: Number(month) || named, day: Number(day) });
  }
  const numeric = new RegExp(`^(?:${datePattern})$`).exec(withoutClock);
  const day = numeric?.groups ? civilDay(numeric.groups, 'day-first') : undefined;
  return day && dateOf(day);
}

function dateOf({ year, month, day }: CivilDay): BusinessDate | undefined {
  if (!isCalendarDay(year, month, day)) return undefined;
  const two = (n: number) => String(n).padStart(2, '0');
  return parseBusinessDate(`${year}-${two(month)}-${two(day)}`);
}

export interface Period {
  from: BusinessDate;
  to: BusinessDate;
}

/**
 * A printed period, two dates joined by a spaced hyphen, an en dash or `to`:
 * `01st 2 2025 - 28th 2 2025`. Undefined when a date is unreadable or the period ends before it starts.
 */
export function parsePeriod(text: string): Period | undefined {
  const parts = text.trim().split(/\s+(?:-|–|to)\s+/i);
  const [from, to] = parts.map(parsePrintedDate);
  if (parts.length !== 2 || from === undefined || to === undefined || to < from) return undefined;
  return { from, to };
}
