/** When things happen in a day: few at night, peaks at noon and in the evening, weekends busier. */
import {
  addDays,
  businessDate,
  daysBetween,
  epochMsOf,
  instantFromEpochMs,
  startOfBusinessDate,
} from '../../../domain/time.ts';
import type { BusinessDate, Instant } from '../../../domain/time.ts';
import type { Random } from '../random.ts';

/** Relative traffic of the 24 hours of a day in Nairobi. */
const hourWeights = [
  1, 0, 0, 0, 1, 3, 8, 12, 12, 11, 11, 13, 16, 15, 12, 11, 12, 15, 18, 17, 13, 9, 5, 2,
];
const totalWeight = hourWeights.reduce((a, b) => a + b, 0);
/** Sunday to Saturday. */
const weekdayWeights = [7, 10, 9, 9, 10, 14, 13];
const aSunday = businessDate('1970-01-04');
const lastSecond = 86_399;
/** Rows keep distinct seconds, so a day cannot hold more than this with room to jitter. */
export const mostRowsPerDay = 40_000;

/** Spreads `rows` over the days from `from` on, by weekday; the parts add up to `rows`. */
export function rowsPerDay(from: BusinessDate, days: number, rows: number): number[] {
  const weights = Array.from({ length: days }, (_, day) => weekdayWeight(addDays(from, day)));
  const total = weights.reduce((a, b) => a + b, 0);
  let weight = 0;
  let given = 0;
  return weights.map((own) => {
    weight += own;
    const due = Math.round((rows * weight) / total);
    const today = due - given;
    given = due;
    return today;
  });
}

function weekdayWeight(date: BusinessDate): number {
  const weekday = ((daysBetween(aSunday, date) % 7) + 7) % 7;
  return weekdayWeights[weekday] ?? 1;
}

export interface DayClock {
  /** The next moment; `progress` is the share of the day's rows written so far, `left` those to come. */
  advance(progress: number, left: number): Instant;
}

/**
 * A clock that starts at midnight of a day and only moves forward, one second at least. The fewer
 * rows the day has, the more freely they fall.
 */
export function openDayClock(date: BusinessDate, rows: number, random: Random): DayClock {
  const jitter = 1 / Math.max(1, rows);
  const midnight = epochMsOf(startOfBusinessDate(date));
  let second = -1;
  return {
    advance(progress, left) {
      const wanted = secondAt(Math.min(1, progress + random.next() * jitter));
      second = Math.min(Math.max(second + 1, wanted), lastSecond - left);
      return instantFromEpochMs(midnight + second * 1000);
    },
  };
}

/** The second of the day by which that share of a day's traffic has passed. */
function secondAt(share: number): number {
  let rest = share * totalWeight;
  for (const [hour, weight] of hourWeights.entries()) {
    if (rest < weight) return Math.floor((hour + rest / weight) * 3600);
    rest -= weight;
  }
  return lastSecond;
}
