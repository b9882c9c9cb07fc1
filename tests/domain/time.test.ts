import fc from 'fast-check';
import {
  addDays,
  businessDate,
  businessDateOf,
  daysBetween,
  epochMsOf,
  instantFromEpochMs,
  instantFromNairobi,
  isCalendarDay,
  nairobiText,
  parseBusinessDate,
  startOfBusinessDate,
  wholeMonths,
} from '../../domain/time.ts';

describe('instants', () => {
  test('a Nairobi wall clock is three hours ahead of UTC', () => {
    const instant = instantFromNairobi({
      year: 2026,
      month: 11,
      day: 14,
      hour: 2,
      minute: 5,
      second: 9,
    });

    expect(instant).toBe('2026-11-13T23:05:09.000Z');
  });

  test.each([
    { year: 2026, month: 2, day: 30, hour: 1, minute: 0, second: 0 },
    { year: 2025, month: 2, day: 29, hour: 1, minute: 0, second: 0 },
    { year: 2026, month: 1, day: 1, hour: 24, minute: 0, second: 0 },
    { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0 },
    { year: 9999, month: 1, day: 1, hour: 0, minute: 0, second: 0 },
    { year: 2026, month: 13, day: 1, hour: 0, minute: 0, second: 0 },
    { year: 2026, month: 1, day: 1, hour: 0, minute: 60, second: 0 },
  ])('no instant is made of %p', (civil) => {
    expect(instantFromNairobi(civil)).toBeUndefined();
  });

  test('reading and writing the wall clock gives the same instant', () => {
    const epochMs = fc.integer({ min: Date.parse('2007-01-01'), max: Date.parse('2100-01-01') });
    fc.assert(
      fc.property(epochMs, (ms) => {
        const instant = instantFromEpochMs(ms - (ms % 1000));
        const [year, month, day, hour, minute, second] = nairobiText(instant)
          .split(/[- :]/)
          .map(Number);
        const civil = { year, month, day, hour, minute, second } as Parameters<
          typeof instantFromNairobi
        >[0];
        expect(instantFromNairobi(civil)).toBe(instant);
      }),
    );
  });
});

describe('business dates', () => {
  test('the calendar has the days that a date can have', () => {
    const figure = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(
      fc.property(figure(1900, 2199), figure(1, 12), figure(1, 32), (year, month, day) => {
        const made = new Date(Date.UTC(year, month - 1, day));
        expect(isCalendarDay(year, month, day)).toBe(made.getUTCMonth() === month - 1);
      }),
      { numRuns: 2_000 },
    );
  });

  test('an instant falls on the day the clock in Nairobi shows', () => {
    const epochMs = fc.integer({ min: Date.parse('1950-01-01'), max: Date.parse('2150-01-01') });
    fc.assert(
      fc.property(epochMs, (ms) => {
        const instant = instantFromEpochMs(ms);
        expect(businessDateOf(instant)).toBe(nairobiText(instant).slice(0, 10));
      }),
    );
  });

  test('a day begins at midnight in Nairobi', () => {
    expect(startOfBusinessDate(businessDate('2026-11-14'))).toBe('2026-11-13T21:00:00.000Z');
    expect(businessDateOf(instantFromEpochMs(Date.parse('2026-11-13T21:00:00Z')))).toBe(
      '2026-11-14',
    );
    expect(businessDateOf(instantFromEpochMs(Date.parse('2026-11-13T20:59:59Z')))).toBe(
      '2026-11-13',
    );
  });

  test.each(['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '', '2026-01-01T00:00'])(
    '%p is no business date',
    (text) => {
      expect(parseBusinessDate(text)).toBeUndefined();
      expect(() => businessDate(text)).toThrow(RangeError);
    },
  );

  test('going forth and back the same days ends where it began', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 20_000 }), (days) => {
        const start = businessDate('2026-11-14');
        expect(daysBetween(start, addDays(start, days))).toBe(days);
      }),
    );
  });

  test('an instant reads back from its epoch', () => {
    expect(epochMsOf(instantFromEpochMs(1_700_000_000_000))).toBe(1_700_000_000_000);
  });

  test('the whole months between two dates are all of them and nothing else', () => {
    const start = businessDate('2023-11-14');
    const span = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 500 }));
    fc.assert(
      fc.property(span, ([skip, length]) => {
        const from = addDays(start, skip);
        const to = addDays(from, length);
        const days = Array.from({ length: length + 1 }, (_, day) => addDays(from, day));
        const isWhole = (date: string) => {
          const month = days.filter((day) => day.slice(0, 7) === date.slice(0, 7));
          const last = businessDate(month.at(-1) ?? '');
          return month[0]?.endsWith('-01') === true && addDays(last, 1).endsWith('-01');
        };
        const whole = days.filter(isWhole);
        const months = wholeMonths(from, to);

        expect(months?.from).toBe(whole[0]);
        expect(months && addDays(months.until, -1)).toBe(whole.at(-1));
      }),
    );
  });
});
