/**
 * Dates, sizes and shares as people read them. Times are always those of Nairobi (EAT), whatever
 * the device says. Money is formatted in domain/money.ts only.
 */
import type { BusinessDate, Instant } from '../../domain/time.ts';
import { businessDateOf, nairobiText } from '../../domain/time.ts';

export type Locale = 'en' | 'sw';

const months: Record<Locale, readonly string[]> = {
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  sw: ['Jan', 'Feb', 'Mac', 'Apr', 'Mei', 'Jun', 'Jul', 'Ago', 'Sep', 'Okt', 'Nov', 'Des'],
};

/** `2026-11-21` → `21 Nov 2026`. */
export function formatDate(date: BusinessDate, locale: Locale = 'en'): string {
  const [year = '', month = '1', day = '1'] = date.split('-');
  return `${Number(day)} ${months[locale][Number(month) - 1] ?? ''} ${year}`;
}

/** `2026-11-21` → `21 Nov`: where the year is told nearby. */
export function formatDay(date: BusinessDate, locale: Locale = 'en'): string {
  return formatDate(date, locale).replace(/ \d{4}$/, '');
}

/** An instant as Nairobi's clock shows it: `21 Nov 2026, 14:05`. */
export function formatInstant(instant: Instant, locale: Locale = 'en'): string {
  const time = nairobiText(instant).slice(11, 16);
  return `${formatDate(businessDateOf(instant), locale)}, ${time}`;
}

/** The time of day in Nairobi with seconds: `14:05:09`. */
export function formatTime(instant: Instant): string {
  return nairobiText(instant).slice(11);
}

/** `from – to`, without repeating what both share: `1–21 Nov 2026`, `1 Oct – 21 Nov 2026`. */
export function formatPeriod(from: BusinessDate, to: BusinessDate, locale: Locale = 'en'): string {
  if (from === to) return formatDate(from, locale);
  if (from.slice(0, 7) === to.slice(0, 7)) {
    return `${Number(from.slice(8))}–${formatDate(to, locale)}`;
  }
  const start =
    from.slice(0, 4) === to.slice(0, 4) ? formatDay(from, locale) : formatDate(from, locale);
  return `${start} – ${formatDate(to, locale)}`;
}

/** Bytes in the unit people expect: `512 B`, `34.2 kB`, `1.8 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1204` → `1,204`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * How much `amount` differs from `previous`, in whole per mille turned into one decimal: `+8.2 %`.
 * Undefined when there is nothing to compare with.
 */
export function formatChange(delta: number, previous: number): string | undefined {
  if (previous === 0) return undefined;
  const perMille = Math.round((delta * 1000) / Math.abs(previous));
  const sign = perMille > 0 ? '+' : perMille < 0 ? '−' : '';
  return `${sign}${(Math.abs(perMille) / 10).toFixed(1)} %`;
}

/** Milliseconds between two instants, in words that fit a stage list: `0.4 s`, `12 s`, `3 min`. */
export function formatElapsed(fromMs: number, toMs: number): string {
  const ms = Math.max(0, toMs - fromMs);
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** An amount for an axis, where two decimals would not fit: `950`, `12k`, `1.2M`, `−3k`. */
export function formatShort(cents: number): string {
  const sign = cents < 0 ? '−' : '';
  const shillings = Math.round(Math.abs(cents) / 100);
  if (shillings < 1000) return `${sign}${shillings}`;
  const [unit, letter] =
    shillings < 1_000_000 ? ([1000, 'k'] as const) : ([1_000_000, 'M'] as const);
  const tenths = Math.round((shillings * 10) / unit);
  return `${sign}${tenths % 10 === 0 || tenths >= 1000 ? Math.round(tenths / 10) : (tenths / 10).toFixed(1)}${letter}`;
}
