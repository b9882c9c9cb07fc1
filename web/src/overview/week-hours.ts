/** The hours of a week as a table of seven days: how busy each is beside the busiest. */
import type { Patterns } from '../../../api/analytics/schema.ts';
import type { Locale } from '../format.ts';

type Hour = Patterns['hours'][number];

export interface WeekHour {
  weekday: number;
  hour: number;
  count: number;
  amountCents: number;
  /** 0–100: how busy it is beside the busiest. */
  percent: number;
}

const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;

/** Seven rows of 24 hours, Monday first, and the busiest of them; undefined when all are empty. */
export function weekOf(
  hours: readonly Hour[],
  direction: Hour['direction'],
): { days: WeekHour[][]; busiest: WeekHour | undefined } {
  const known = new Map(
    hours
      .filter((hour) => hour.direction === direction)
      .map((hour) => [`${hour.weekday}/${hour.hour}`, hour]),
  );
  const most = Math.max(0, ...[...known.values()].map(({ count }) => count));
  const days = weekdays.map((weekday) =>
    Array.from({ length: 24 }, (_, hour) => {
      const { count = 0, amountCents = 0 } = known.get(`${weekday}/${hour}`) ?? {};
      const percent = most === 0 ? 0 : Math.round((count / most) * 100);
      return { weekday, hour, count, amountCents, percent };
    }),
  );
  return { days, busiest: days.flat().find(({ count }) => most > 0 && count === most) };
}

const names: Record<Locale, Record<'short' | 'long', readonly string[]>> = {
  en: {
    short: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
    long: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  },
  sw: {
    short: ['Jtt', 'Jnn', 'Jtn', 'Alh', 'Iju', 'Jmo', 'Jpl'],
    long: ['Jumatatu', 'Jumanne', 'Jumatano', 'Alhamisi', 'Ijumaa', 'Jumamosi', 'Jumapili'],
  },
};

/** The name of a weekday; 1 is Monday. */
export function weekdayName(weekday: number, locale: Locale, width: 'short' | 'long'): string {
  return names[locale][width][weekday - 1] ?? '';
}

/** `17:00–18:00`. */
export function hourName(hour: number): string {
  const clock = (at: number) => `${String(at).padStart(2, '0')}:00`;
  return `${clock(hour)}–${clock(hour + 1)}`;
}
