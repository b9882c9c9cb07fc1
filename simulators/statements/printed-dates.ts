/** Dates and times the way the layouts print them. */
import { nairobiText } from '../../domain/time.ts';
import type { BusinessDate, Instant } from '../../domain/time.ts';

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `2025-02-01` → `01st 2 2025` (personal A). */
export function ordinalDate(date: BusinessDate): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}${ordinalSuffix(Number(day))} ${Number(month)} ${year}`;
}

function ordinalSuffix(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

/** `2025-02-01` → `01 Feb 2025` (personal B). */
export function namedDate(date: BusinessDate): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day} ${months[Number(month) - 1] ?? ''} ${year}`;
}

/** `2025-02-01` → `01-02-2025` with the given separator. */
export function dayFirstDate(date: BusinessDate, separator: '-' | '/'): string {
  return date.split('-').reverse().join(separator);
}

/** An instant as `DD-MM-YYYY HH:MM:SS` Nairobi time with the given separator. */
export function dayFirstTime(instant: Instant, separator: '-' | '/'): string {
  const text = nairobiText(instant);
  const date = text.slice(8, 10) + separator + text.slice(5, 7) + separator + text.slice(0, 4);
  return `${date} ${text.slice(11)}`;
}
