/**
 * An `Instant` is a UTC ISO-8601 string with milliseconds and `Z`; a `BusinessDate` is a calendar
 * day in Africa/Nairobi, which is UTC+3 without daylight saving. Both are strings because a `Date`
 * silently turns into a string when it crosses a Temporal payload. The clock is never read here.
 */
declare const instantBrand: unique symbol;
declare const businessDateBrand: unique symbol;
export type Instant = string & { readonly [instantBrand]: true };
export type BusinessDate = string & { readonly [businessDateBrand]: true };

const nairobiOffsetHours = 3;
const nairobiOffsetMs = nairobiOffsetHours * 60 * 60 * 1000;
/** Characters of an instant whose year has four digits. */
const instantLength = 24;
const dayMs = 24 * 60 * 60 * 1000;

export interface CivilTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** Brands an epoch in milliseconds as an `Instant`. */
export function instantFromEpochMs(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}

/** Milliseconds since 1970 of an `Instant`. */
export function epochMsOf(instant: Instant): number {
  return Date.parse(instant);
}

/** Brands a `YYYY-MM-DD` string; throws when it names no day of the calendar. */
export function businessDate(text: string): BusinessDate {
  const date = parseBusinessDate(text);
  if (date === undefined) throw new RangeError(`not a business date: ${text}`);
  return date;
}

/** `YYYY-MM-DD` → `BusinessDate`, or undefined when it names no day between 1900 and 2199. */
export function parseBusinessDate(text: string): BusinessDate | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day] = match.map(Number);
  return isCalendarDay(year ?? 0, month ?? 0, day ?? 0) ? (text as BusinessDate) : undefined;
}

export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  if (month === 2) return day === 29 && isLeapYear(year);
  return day <= 30 || (day === 31 && longMonths.has(month));
}

const longMonths: ReadonlySet<number> = new Set([1, 3, 5, 7, 8, 10, 12]);

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** A wall-clock time in Nairobi → `Instant`; undefined when the calendar has no such time. */
export function instantFromNairobi(civil: CivilTime): Instant | undefined {
  const { year, month, day, hour, minute, second } = civil;
  if (!isCalendarDay(year, month, day)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  if (hour < 0 || minute < 0 || second < 0) return undefined;
  if (hour < nairobiOffsetHours) {
    return instantFromEpochMs(
      Date.UTC(year, month - 1, day, hour, minute, second) - nairobiOffsetMs,
    );
  }
  // The same day in UTC: no calendar is needed, and files have hundreds of thousands of times.
  const date = `${year}-${padded(month)}-${padded(day)}`;
  const time = `${padded(hour - nairobiOffsetHours)}:${padded(minute)}:${padded(second)}`;
  return `${date}T${time}.000Z` as Instant;
}

function padded(figure: number): string {
  return figure < 10 ? `0${figure}` : String(figure);
}

/** The wall-clock time in Nairobi of an instant, as `YYYY-MM-DD HH:MM:SS`. */
export function nairobiText(instant: Instant): string {
  return new Date(epochMsOf(instant) + nairobiOffsetMs)
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ');
}

/** The calendar day in Nairobi on which an instant falls. */
export function businessDateOf(instant: Instant): BusinessDate {
  // Before 21:00 UTC both clocks show the same day.
  if (instant.length === instantLength && instant.slice(11, 13) < '21') {
    return instant.slice(0, 10) as BusinessDate;
  }
  return nairobiText(instant).slice(0, 10) as BusinessDate;
}

/** The instant at which a business date begins (00:00 in Nairobi). */
export function startOfBusinessDate(date: BusinessDate): Instant {
  return instantFromEpochMs(Date.parse(`${date}T00:00:00.000Z`) - nairobiOffsetMs);
}

/** The business date `days` later (or earlier, when negative). */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  const epochMs = Date.parse(`${date}T00:00:00.000Z`) + days * dayMs;
  return new Date(epochMs).toISOString().slice(0, 10) as BusinessDate;
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: BusinessDate, to: BusinessDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

/**
 * The whole calendar months between two dates, both included, as a half-open span of first days:
 * 2026-01-15 to 2026-04-02 holds `{ from: 2026-02-01, until: 2026-04-01 }`. Undefined when the dates
 * hold no whole month.
 */
export function wholeMonths(
  from: BusinessDate,
  to: BusinessDate,
): { from: BusinessDate; until: BusinessDate } | undefined {
  const first = from.endsWith('-01') ? from : firstOfNextMonth(from);
  const next = firstOfNextMonth(to);
  const until = addDays(next, -1) === to ? next : (`${to.slice(0, 7)}-01` as BusinessDate);
  return first < until ? { from: first, until } : undefined;
}

function firstOfNextMonth(date: BusinessDate): BusinessDate {
  // The 28th exists in every month, and four days later it is another one.
  return `${addDays(`${date.slice(0, 7)}-28` as BusinessDate, 4).slice(0, 7)}-01` as BusinessDate;
}
