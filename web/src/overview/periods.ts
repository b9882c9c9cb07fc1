/** The periods a Kenyan business asks about. `from` and `to` are both part of the period. */
import { addDays, businessDate, daysBetween, type BusinessDate } from '../../../domain/time.ts';

export const presets = ['today', 'week', 'month', 'quarter', 'year', 'custom'] as const;
export type Preset = (typeof presets)[number];

export interface Period {
  from: BusinessDate;
  to: BusinessDate;
}

const aMonday = businessDate('1970-01-05');

/** The period of a preset that holds `today`, up to and with today; the week starts on Monday. */
export function periodOf(preset: Exclude<Preset, 'custom'>, today: BusinessDate): Period {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7));
  switch (preset) {
    case 'today':
      return { from: today, to: today };
    case 'week':
      return { from: addDays(today, -(daysBetween(aMonday, today) % 7)), to: today };
    case 'month':
      return { from: firstOf(year, month), to: today };
    case 'quarter':
      return { from: firstOf(year, month - ((month - 1) % 3)), to: today };
    case 'year':
      // The financial year of most Kenyan businesses and of KRA's public sector: July to June.
      return { from: firstOf(month >= 7 ? year : year - 1, 7), to: today };
  }
}

function firstOf(year: number, month: number): BusinessDate {
  return businessDate(`${year}-${String(month).padStart(2, '0')}-01`);
}
