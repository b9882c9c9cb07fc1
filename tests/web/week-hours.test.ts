import { cents } from '../../domain/money.ts';
import { hourName, weekdayName, weekOf } from '../../web/src/overview/week-hours.ts';

const at = (weekday: number, hour: number, count: number, direction: 'in' | 'out' = 'in') => ({
  ...{ weekday, hour, direction, count, amountCents: cents(count * 100) },
});

describe('weekOf', () => {
  test('seven days of 24 hours, Monday first, each beside the busiest', () => {
    const { days, busiest } = weekOf([at(1, 0, 1), at(5, 17, 4), at(5, 17, 90, 'out')], 'in');

    expect(days.map((day) => day.length)).toEqual(Array(7).fill(24));
    expect(days[0]?.[0]).toMatchObject({ count: 1, percent: 25, amountCents: 100 });
    expect(days[4]?.[17]).toMatchObject({ count: 4, percent: 100 });
    expect(days[6]?.[23]).toMatchObject({ count: 0, percent: 0 });
    expect(busiest).toMatchObject({ weekday: 5, hour: 17 });
  });

  test('without money of a direction nothing is busiest', () => {
    expect(weekOf([at(1, 0, 1)], 'out').busiest).toBeUndefined();
  });
});

test('days and hours have their names', () => {
  expect(weekdayName(1, 'en', 'long')).toBe('Monday');
  expect(weekdayName(7, 'sw', 'long')).toBe('Jumapili');
  expect(hourName(9)).toBe('09:00–10:00');
});
